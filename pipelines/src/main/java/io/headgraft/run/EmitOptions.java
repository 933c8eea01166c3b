package io.headgraft.run;

import io.headgraft.coreml.KnnPipeline;
import io.headgraft.coreml.OnDeviceTraining;
import java.util.List;

/**
 * What is shipped, and how.
 *
 * @param head lbfgs, sgd, adam or best
 * @param models that are written, at least one
 * @param standardizeAsLayer whether the standardization is a layer of its own; else it is folded
 *     into the weights
 * @param seed of the empty model's weights
 * @param maxProbabilityDifference between model and head, above which a run fails
 */
public record EmitOptions(
    String head,
    List<ModelVariant> models,
    boolean standardizeAsLayer,
    PlaceholderOptions placeholders,
    long seed,
    double maxProbabilityDifference,
    Storage storage,
    Metadata metadata,
    OnDeviceTraining training,
    Neighbours knn) {

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
