package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.ImageClassifier;
import io.headgraft.coreml.ModelFile;
import io.headgraft.coreml.UpdatableClassifier;
import io.headgraft.coreml.UpdatableClassifier.OnDeviceTraining;
import io.headgraft.coreml.proto.Model;
import io.headgraft.head.Head;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Grafts a head on the backbone and ships the result: the trained model and its empty twin are
 * written, read back, run, and compared with the head.
 */
public final class EmitModel {

  private static final int BATCH_SIZE = 4;

  private final WorkDirectory workdir;
  private final Backbone backbone;
  private final EmitOptions options;

  /**
   * An image to check the models on.
   *
   * @param pixels as the network takes them
   * @param feature as it was cached
   */
  public record CheckImage(byte[] pixels, float[] feature) {}

  /**
   * What was shipped.
   *
   * @param head the name of the chosen head
   * @param images that the models were checked on
   * @param maxProbabilityDifference between a model and its head, over all images and labels
   * @param placeholderWins images that the trained model takes for a placeholder
   * @param placeholderProbability of all placeholders together, in the mean over the images
   */
  public record Result(
      String head,
      List<String> models,
      int images,
      double maxProbabilityDifference,
      int placeholderWins,
      double placeholderProbability) {}

  /** Prepares an emission with a backbone, which has to be the one that made the features. */
  public EmitModel(WorkDirectory workdir, Backbone backbone, EmitOptions options) {
    this.workdir = workdir;
    this.backbone = backbone;
    this.options = options;
  }

  /**
   * Writes and checks the models of a run.
   *
   * @throws HeadgraftException if a model does not give what its head gives
   */
  public Result run(TrainedHead trained, List<CheckImage> images) {
    Head head = trained.head();
    int real = head.labels().size();
    String folder = "runs/" + trained.run() + "/models/";
    GraftedHead classifier = GraftedHead.trained(head, options);
    GraftedHead empty = GraftedHead.empty(head, options);
    List<String> models = List.of(folder + "classifier.mlmodel", folder + "empty.mlmodel");

    // The trained model is held against the head itself, not against what was made of it.
    EmittedModelCheck.Result trainedCheck =
        emit(
            models.get(0),
            model(classifier, trained),
            real,
            expected(images, feature -> widened(head.probabilities(feature), classifier)));
    EmittedModelCheck.Result emptyCheck =
        emit(models.get(1), model(empty, trained), real, expected(images, empty::probabilities));
    Result result =
        new Result(
            head.name(),
            models.stream().map(workdir::uri).toList(),
            images.size(),
            Math.max(trainedCheck.maxDifference(), emptyCheck.maxDifference()),
            trainedCheck.placeholderWins(),
            trainedCheck.placeholderProbability());
    requireEqual(result);
    return result;
  }

  private interface HeadFunction {
    double[] probabilities(float[] feature);
  }

  private static List<EmittedModelCheck.Expected> expected(
      List<CheckImage> images, HeadFunction head) {
    List<EmittedModelCheck.Expected> expected = new ArrayList<>();
    for (CheckImage image : images) {
      expected.add(
          new EmittedModelCheck.Expected(image.pixels(), head.probabilities(image.feature())));
    }
    return expected;
  }

  private static double[] widened(double[] probabilities, GraftedHead head) {
    return Arrays.copyOf(probabilities, head.labels().size());
  }

  private Model model(GraftedHead head, TrainedHead trained) {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("io.headgraft.run", trained.run());
    metadata.put("io.headgraft.pipeline", trained.pipeline());
    // The file's name alone: the folder is nobody's business but the builder's.
    metadata.put("io.headgraft.backbone", backbone.name().replaceFirst(".*[/\\\\]", ""));
    metadata.put("io.headgraft.backbone-trained", String.valueOf(backbone.trained()));
    return UpdatableClassifier.build(
        backbone.model(),
        backbone.featureLayer(),
        head.labels(),
        head.dense(),
        head.standardization(),
        new OnDeviceTraining(options.learningRate()),
        metadata);
  }

  private EmittedModelCheck.Result emit(
      String name, Model model, int realLabels, List<EmittedModelCheck.Expected> images) {
    workdir.write(name, model.toByteArray());
    Model readBack = ModelFile.parse(workdir.read(name), workdir.uri(name));
    try (ImageClassifier classifier =
        ImageClassifier.load(readBack, workdir.uri(name), BATCH_SIZE)) {
      return EmittedModelCheck.run(classifier, images, realLabels);
    }
  }

  private void requireEqual(Result result) {
    if (result.maxProbabilityDifference() > options.maxProbabilityDifference()) {
      throw HeadgraftException.unusable(
          "The emitted models differ from the trained head by up to %.2e in a probability, emit.max-probability-difference allows %.0e: they are not shipped"
              .formatted(result.maxProbabilityDifference(), options.maxProbabilityDifference()));
    }
    if (result.placeholderWins() > 0) {
      throw HeadgraftException.unusable(
          "The emitted model takes %d of %d photos for a placeholder: it is not shipped"
              .formatted(result.placeholderWins(), result.images()));
    }
  }
}
