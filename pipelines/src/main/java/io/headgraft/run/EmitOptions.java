package io.headgraft.run;

import io.headgraft.coreml.KnnPipeline;
import io.headgraft.coreml.OnDeviceTraining;
import java.util.List;

/**
 * What is shipped, and how.
 *
 * @param head lbfgs, sgd, adam or best
 * @param models that are written, at least one
 * @param front between the backbone and the trainable layer
 * @param oldLabelRate the share of the learning rate that real labels' rows and biases learn at, in
 *     (0, 1]
 * @param seed of the empty model's weights
 * @param maxProbabilityDifference between model and head, above which a run fails
 */
public record EmitOptions(
    String head,
    List<ModelVariant> models,
    Front front,
    double oldLabelRate,
    PlaceholderOptions placeholders,
    long seed,
    double maxProbabilityDifference,
    Storage storage,
    Metadata metadata,
    OnDeviceTraining training,
    Neighbours knn) {

  /**
   * What stands between the backbone and the trainable layer.
   *
   * @param shrinkage of the whitening, in (0, 1]
   */
  public record Front(Form form, double shrinkage) {

    /** What becomes of the standardization. */
    public enum Form {
      /** It is multiplied into the head. */
      FOLDED,
      /** It is a layer. */
      LAYER,
      /** It is a layer, and a whitening inside labels is one behind it. */
      WHITEN
    }
  }

  /**
   * How models are stored.
   *
   * @param halfPrecision whether weights that do not train on the device are
   * @param maxHalfPrecisionDifference what takes the place of {@code maxProbabilityDifference} then
   * @param packages whether there is a package beside each file
   */
  public record Storage(
      boolean halfPrecision, double maxHalfPrecisionDifference, boolean packages) {}

  /**
   * What models say of themselves, unless it is empty.
   *
   * @param version if empty, the run's id
   * @param description if empty, what kind of model it is
   */
  public record Metadata(String author, String license, String version, String description) {}

  /**
   * The nearest-neighbours model.
   *
   * @param examples training photos that it knows from the start, at most
   */
  public record Neighbours(KnnPipeline.Settings settings, int examples) {}

  /** How far a model's probability may be from what it should be. */
  double allowedDifference() {
    return storage.halfPrecision()
        ? storage.maxHalfPrecisionDifference()
        : maxProbabilityDifference;
  }
}
