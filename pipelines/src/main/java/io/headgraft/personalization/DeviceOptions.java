package io.headgraft.personalization;

import io.headgraft.coreml.OnDeviceTraining;
import io.headgraft.head.UpdateRule;

/**
 * How a phone trains: Core ML's hyper-parameters, each with one value.
 *
 * @param rule how a step follows from a gradient
 * @param learningRate of each step, until a handler changes it; finite, not negative
 * @param miniBatchSize rows a step, 1 to {@value #MOST_ROWS}; the last mini-batch is filled up from
 *     the start of the epoch's order
 * @param epochs at least 1
 * @param shuffle whether each epoch has an order of its own; else the rows keep theirs
 * @param seed of these orders. Core ML does not say what generator it has, so the same seed gives
 *     another order here than on a phone
 */
public record DeviceOptions(
    UpdateRule rule,
    double learningRate,
    int miniBatchSize,
    int epochs,
    boolean shuffle,
    long seed) {

  /** Larger mini-batches than any phone's, and far from where an {@code int} ends. */
  public static final int MOST_ROWS = 1 << 20;

  /** Refuses what cannot be trained with. */
  public DeviceOptions {
    require(Double.isFinite(learningRate) && learningRate >= 0, "learning rate", learningRate);
    require(miniBatchSize >= 1 && miniBatchSize <= MOST_ROWS, "mini-batch size", miniBatchSize);
    require(epochs >= 1, "number of epochs", epochs);
  }

  private static void require(boolean condition, String what, Object value) {
    if (!condition) {
      throw new IllegalArgumentException("The %s cannot be %s".formatted(what, value));
    }
  }

  /** The defaults of a model. */
  public static DeviceOptions defaults(OnDeviceTraining training) {
    return new AllowedSettings(training, "the model").options(DeviceSettings.DEFAULTS);
  }

  /** The same with another learning rate. */
  public DeviceOptions withLearningRate(double rate) {
    return new DeviceOptions(rule, rate, miniBatchSize, epochs, shuffle, seed);
  }

  /** The same with another update rule. */
  public DeviceOptions withRule(UpdateRule other) {
    return new DeviceOptions(other, learningRate, miniBatchSize, epochs, shuffle, seed);
  }

  /**
   * Checks that a training with these options may go on with others.
   *
   * @throws IllegalArgumentException if more than the learning rate and the numbers of the update
   *     rule differ: the rows have their order already
   */
  void requireGoesOnWith(DeviceOptions other) {
    if (!other.withLearningRate(learningRate).withRule(rule).equals(this)) {
      throw new IllegalArgumentException(
          "Between mini-batches the learning rate and the update rule's numbers may change, not %s to %s"
              .formatted(this, other));
    }
  }
}
