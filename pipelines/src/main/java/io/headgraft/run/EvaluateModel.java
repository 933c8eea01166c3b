package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.ImageClassifier;
import io.headgraft.dataset.DatasetOptions;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.ListedDataset;
import io.headgraft.dataset.Split;
import io.headgraft.evaluation.Metrics;
import io.headgraft.features.Progress;
import io.headgraft.image.ImageOptions;
import io.headgraft.image.Rejection;
import io.headgraft.run.ClassificationTask.Classified;
import io.headgraft.run.LoadedClassifiers.PackedModel;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * Measures a Core ML image classifier on labelled images, which go through the model's own graph.
 */
public final class EvaluateModel {

  private final SparkSession spark;
  private final DatasetOptions dataset;
  private final ImageOptions image;
  private final Progress progress;

  /**
   * What was measured.
   *
   * @param split null if all images were taken
   * @param images that were classified
   * @param unknownLabels how many of these have each label that the model does not know. They count
   *     as wrong, and their labels follow the model's own in the metrics; log-loss and AUC are
   *     those of the other images
   * @param rejected files that were not used: of the whole data set where they could not be listed
   *     or read or are duplicates, of the split where they are no images
   * @param metrics as a report has them of a head
   */
  public record Result(
      String model,
      String data,
      String split,
      int images,
      Map<String, Integer> unknownLabels,
      Map<Rejection, Integer> rejected,
      Metrics metrics) {}

  /**
   * Prepares a measurement.
   *
   * @param dataset that gives the images their splits, where the data set names none
   * @param image how an image comes to the model's input, as in training
   */
  public EvaluateModel(
      SparkSession spark, DatasetOptions dataset, ImageOptions image, Progress progress) {
    this.spark = spark;
    this.dataset = dataset;
    this.image = image;
    this.progress = progress;
  }

  /**
   * Classifies the images of a data set.
   *
   * @param name what to call the model
   * @param file the bytes of a {@code .mlmodel} file
   * @param batchSize how many images are computed together, at least 1
   * @param data URI of a folder or a manifest
   * @param split the images to take; if empty, all
   * @throws HeadgraftException if the model or the data set cannot be used, or if the model knows
   *     the label of no image
   */
  public Result run(String name, byte[] file, int batchSize, String data, Optional<Split> split) {
    PackedModel model = PackedModel.of(name, file, batchSize);
    // The model first: what is wrong with it should not wait for the images.
    ImageClassifier classifier = LoadedClassifiers.get(model);
    ListedDataset listed = ListedDataset.read(spark, data, dataset, image);
    List<LabelledImage> images =
        listed.images().stream()
            .filter(each -> split.isEmpty() || split.get() == each.split())
            .toList();
    if (images.isEmpty()) {
      throw HeadgraftException.unusable(
          split.isEmpty()
              ? data + " holds no image that can be used"
              : "%s holds no image in the %s split".formatted(data, split.get().text()));
    }
    Map<Rejection, Integer> rejected = new EnumMap<>(Rejection.class);
    listed.rejected().forEach(each -> rejected.merge(each.reason(), 1, Integer::sum));
    LabelledPredictions predictions = new LabelledPredictions(name, classifier.labels());
    predictions.requireKnown(images.stream().map(LabelledImage::label).toList());
    for (Classified classified :
        new ClassifyPhotos(spark, "evaluate", image, progress).run(model, images)) {
      LabelledImage photo = images.get(classified.position());
      if (classified.reason() == null) {
        predictions.add(photo.path(), photo.label(), classified.probabilities());
      } else {
        rejected.merge(classified.reason(), 1, Integer::sum);
      }
    }
    if (predictions.known() == 0) {
      throw HeadgraftException.unusable(
          "None of the %d images of %s can be used whose label %s knows; files not used: %s"
              .formatted(images.size(), data, name, rejected));
    }
    return new Result(
        name,
        data,
        split.map(Split::text).orElse(null),
        predictions.size(),
        predictions.unknownLabels(),
        rejected,
        predictions.metrics());
  }
}
