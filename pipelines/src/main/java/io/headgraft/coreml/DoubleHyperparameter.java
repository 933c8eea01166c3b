package io.headgraft.coreml;

import io.headgraft.coreml.proto.DoubleParameter;
import io.headgraft.coreml.proto.DoubleRange;

/**
 * A real hyper-parameter of on-device training, and what an app may set it to.
 *
 * @param defaultValue within the range
 * @param min the least allowed value
 * @param max the largest
 */
public record DoubleHyperparameter(double defaultValue, double min, double max) {

  /** Refuses what a phone would refuse. */
  public DoubleHyperparameter {
    if (!Double.isFinite(min) || !Double.isFinite(max)) {
      throw new IllegalArgumentException("[%s, %s] is no range".formatted(min, max));
    }
    if (!(defaultValue >= min && defaultValue <= max)) {
      throw new IllegalArgumentException(
          "the default %s is not within [%s, %s]".formatted(defaultValue, min, max));
    }
  }

  DoubleParameter message() {
    return DoubleParameter.newBuilder()
        .setDefaultValue(defaultValue)
        .setRange(DoubleRange.newBuilder().setMinValue(min).setMaxValue(max))
        .build();
  }
}
