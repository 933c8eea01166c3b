package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.ImageClassifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Runs an emitted model on images, through its own graph, and compares it with its head. */
final class EmittedModelCheck {

  /**
   * What was found.
   *
   * @param maxDifference of a probability
   * @param placeholders of the model
   */
  record Result(double maxDifference, PlaceholderShare placeholders) {}

  private record Image(Supplier<byte[]> pixels, double[] expected) {}

  private final ImageClassifier model;
  private final int realLabels;

  /**
   * Prepares a check.
   *
   * @param realLabels how many of the model's labels are no placeholders; they come first
   */
  EmittedModelCheck(ImageClassifier model, int realLabels) {
    this.model = model;
    this.realLabels = realLabels;
  }

  /**
   * Runs all images.
   *
   * @throws HeadgraftException if the model has other labels than it should
   */
  Result run(List<EmitModel.CheckImage> images, ModelDraft draft) {
    if (!model.labels().equals(draft.labels())) {
      throw HeadgraftException.unusable(
          "The emitted model %s has the labels %s, not %s"
              .formatted(draft.variant().file(), model.labels(), draft.labels()));
    }
    List<Image> all =
        IntStream.range(0, images.size())
            .mapToObj(i -> new Image(images.get(i).pixels(), draft.expected().get(i)))
            .toList();
    int size = model.batchSize();
    int batches = (all.size() + size - 1) / size;
    List<Result> results = new ArrayList<>();
    IntStream.range(0, batches)
        .parallel()
        .mapToObj(i -> all.subList(i * size, Math.min(all.size(), (i + 1) * size)))
        .map(this::batch)
        .forEachOrdered(results::addAll);
    return new Result(
        results.stream().mapToDouble(Result::maxDifference).max().orElse(0),
        PlaceholderShare.mean(results.stream().map(Result::placeholders).toList()));
  }

  private List<Result> batch(List<Image> images) {
    float[][] found =
        model.probabilities(images.stream().map(image -> image.pixels().get()).toList());
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      results.add(compare(found[i], images.get(i).expected()));
    }
    return results;
  }

  private Result compare(float[] found, double[] expected) {
    double[] probabilities = new double[found.length];
    double difference = 0;
    for (int label = 0; label < found.length; label++) {
      probabilities[label] = found[label];
      double gap = Math.abs(found[label] - expected[label]);
      // Not a number is as far off as can be.
      difference = Math.max(difference, Double.isNaN(gap) ? Double.POSITIVE_INFINITY : gap);
    }
    return new Result(difference, PlaceholderShare.of(probabilities, realLabels));
  }
}
