package io.headgraft.personalization;

import com.google.protobuf.CodedOutputStream;
import io.headgraft.HeadgraftException;
import io.headgraft.coreml.ImageClassifier;
import io.headgraft.coreml.ModelFile;
import io.headgraft.coreml.Validator;
import io.headgraft.coreml.proto.Model;
import io.headgraft.features.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Where an updated model goes: written under a temporary name, read back, held against Core ML's
 * rules, run through its own graph, and moved to its place if it predicts what the simulation does.
 *
 * @param file as the user names it
 */
record UpdatedFile(Path file) {

  /** A probability's difference between the file, run by the engine, and the simulation. */
  private static final double TOLERANCE = 1e-4;

  /**
   * Names the file.
   *
   * @throws HeadgraftException (exit code 2) if nothing can be written there
   */
  static UpdatedFile at(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw HeadgraftException.usage(
          "--out is %s, but %s is no folder that can be written to".formatted(file, folder));
    }
    if (Files.isDirectory(file)) {
      throw HeadgraftException.usage(
          "--out is %s, which is a folder: name a .mlmodel file".formatted(file));
    }
    return new UpdatedFile(file);
  }

  /**
   * Writes a model.
   *
   * @param photos to compare on
   * @return the largest difference of a probability
   * @throws HeadgraftException (exit code 3) if it does not hold what it should; then there is no
   *     file, or what was there before
   */
  double write(PhoneModel phone, List<PhotoValues> photos, PhotoReader reader, Progress progress) {
    Path temporary =
        file.toAbsolutePath().resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    try {
      try {
        write(phone.model(), temporary);
        Model back = ModelFile.parse(Files.readAllBytes(temporary), file.toString());
        Validator.requireValid(back, file.toString());
        double difference = difference(back, phone, photos, reader, progress);
        if (!(difference <= TOLERANCE)) {
          throw HeadgraftException.unusable(
              "%s is not written: read back, its probabilities differ from the simulation's by %s, more than %s"
                  .formatted(file, difference, TOLERANCE));
        }
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return difference;
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw HeadgraftException.unusable(
          "%s cannot be written: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** The same model is the same bytes. */
  private static void write(Model model, Path to) throws IOException {
    try (OutputStream out = Files.newOutputStream(to)) {
      CodedOutputStream coded = CodedOutputStream.newInstance(out);
      coded.useDeterministicSerialization();
      model.writeTo(coded);
      coded.flush();
    }
  }

  private double difference(
      Model back,
      PhoneModel phone,
      List<PhotoValues> photos,
      PhotoReader reader,
      Progress progress) {
    double[][] expected = phone.probabilities(PhotoValues.matrix(photos));
    int size = PhotoReader.BATCH;
    AtomicInteger done = new AtomicInteger();
    try (ImageClassifier classifier = ImageClassifier.load(back, file.toString(), size)) {
      if (!classifier.labels().equals(phone.labels())) {
        throw HeadgraftException.unusable(
            "%s is not written: read back, its labels are %s, not %s"
                .formatted(file, classifier.labels(), phone.labels()));
      }
      return IntStream.range(0, (expected.length + size - 1) / size)
          .parallel()
          .mapToDouble(
              batch -> {
                int from = batch * size;
                int to = Math.min(expected.length, from + size);
                float[][] found =
                    classifier.probabilities(
                        photos.subList(from, to).stream()
                            .map(each -> reader.pixels(each.photo()))
                            .toList());
                progress.update(done.addAndGet(to - from), expected.length);
                return IntStream.range(0, found.length)
                    .mapToDouble(i -> difference(found[i], expected[from + i]))
                    .max()
                    .orElse(0);
              })
          .max()
          .orElse(0);
    }
  }

  private static double difference(float[] found, double[] expected) {
    return IntStream.range(0, found.length)
        .mapToDouble(label -> Math.abs(found[label] - expected[label]))
        // Not a number is as far off as can be.
        .map(gap -> Double.isNaN(gap) ? Double.POSITIVE_INFINITY : gap)
        .max()
        .orElse(0);
  }
}
