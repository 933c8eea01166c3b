package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.ImageClassifier;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.features.Progress;
import io.headgraft.head.Examples;
import io.headgraft.head.Head;
import io.headgraft.image.ImageOptions;
import io.headgraft.run.ClassificationTask.Classified;
import io.headgraft.run.LoadedClassifiers.PackedModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * The champion on today's test photos: its head on today's features where it was trained on the
 * same kind; else the model that is live on the photos themselves, brought to its input as its own
 * run did.
 */
final class ChampionAnswers {

  private static final int BATCH_SIZE = 4;

  /** No label of a data set is empty. */
  private static final String NO_LABEL = "";

  private final SparkSession spark;
  private final ShippedRun champion;
  private final List<String> labels;
  private final Examples test;

  /**
   * What came of it.
   *
   * @param answers if there are any
   * @param how they were got, or why there are none, for people
   */
  record Result(Optional<Answers> answers, String how) {

    static Result none(String why) {
      return new Result(Optional.empty(), why);
    }
  }

  /**
   * Prepares.
   *
   * @param labels of today's data set
   * @param test its test photos, at least one
   */
  ChampionAnswers(SparkSession spark, ShippedRun champion, List<String> labels, Examples test) {
    this.spark = spark;
    this.champion = champion;
    this.labels = labels;
    this.test = test;
  }

  /**
   * Has the champion classify the test photos.
   *
   * @param pipeline the fingerprint of what makes today's features
   * @param images of today's data set, the test photos among them
   */
  Result on(String pipeline, List<LabelledImage> images) {
    Optional<Head> head = champion.headOn(pipeline);
    if (head.isPresent()) {
      return answered(
          "its head ran on today's features",
          head.get().labels(),
          head.get().probabilities(test.features()));
    }
    Optional<String> file =
        Stream.of(ModelVariant.CLASSIFIER, ModelVariant.PLAIN)
            .map(variant -> champion.file("models/" + variant.file()))
            .filter(champion.workdir()::exists)
            .findFirst();
    return file.isPresent()
        ? byModel(file.get(), images)
        : Result.none(
            "its features are not today's, and neither classifier.mlmodel nor plain.mlmodel is among its models");
  }

  private Result byModel(String file, List<LabelledImage> images) {
    String name = champion.workdir().uri(file);
    PackedModel model = PackedModel.of(name, champion.workdir().read(file), BATCH_SIZE);
    ImageClassifier classifier;
    try {
      classifier = LoadedClassifiers.get(model);
    } catch (HeadgraftException e) {
      return Result.none("its model cannot be run: " + e.getMessage());
    }
    ImageOptions options = imageOptions();
    return answered(
        "its features are not today's, so its model %s ran on the photos, image.crop = %s"
            .formatted(file, options.crop()),
        realLabels(classifier),
        probabilities(model, options, testPhotos(images)));
  }

  /** The model's, without names for its placeholders: one that a label has today is no answer. */
  private List<String> realLabels(ImageClassifier classifier) {
    return classifier.labels().stream()
        .map(label -> champion.labels().contains(label) ? label : NO_LABEL)
        .toList();
  }

  /** Those of the champion's own run: as an app has to bring photos to its model. */
  private ImageOptions imageOptions() {
    Object image = champion.record().configuration().get("image");
    return Settings.of(image == null ? Map.of() : Map.of("image", image)).image();
  }

  private List<LabelledImage> testPhotos(List<LabelledImage> images) {
    Map<String, LabelledImage> byId = new HashMap<>();
    images.forEach(image -> byId.put(image.imageId(), image));
    return Stream.of(test.imageIds()).map(byId::get).toList();
  }

  private double[][] probabilities(
      PackedModel model, ImageOptions options, List<LabelledImage> photos) {
    List<Classified> classified =
        new ClassifyPhotos(spark, "gate", options, Progress.NONE).run(model, photos);
    double[][] probabilities = new double[photos.size()][];
    for (Classified photo : classified) {
      if (photo.reason() != null) {
        throw HeadgraftException.unusable(
            "The champion cannot be measured on %s: %s"
                .formatted(photos.get(photo.position()).path(), photo.detail()));
      }
      float[] row = photo.probabilities();
      probabilities[photo.position()] =
          IntStream.range(0, row.length).mapToDouble(i -> row[i]).toArray();
    }
    return probabilities;
  }

  private Result answered(String how, List<String> own, double[][] probabilities) {
    Answers answers = Answers.of(own, probabilities, labels, test.labels());
    if (IntStream.range(0, test.size()).noneMatch(answers::knows)) {
      return Result.none("it knows the label of none of today's test photos");
    }
    return new Result(Optional.of(answers), how + labelsThatDiffer(own));
  }

  private String labelsThatDiffer(List<String> own) {
    List<String> unknown = labels.stream().filter(label -> !own.contains(label)).toList();
    List<String> gone =
        own.stream().filter(label -> !label.equals(NO_LABEL) && !labels.contains(label)).toList();
    return (unknown.isEmpty() ? "" : "; it does not know the labels " + unknown)
        + (gone.isEmpty() ? "" : "; today's data set has no more the labels " + gone);
  }
}
