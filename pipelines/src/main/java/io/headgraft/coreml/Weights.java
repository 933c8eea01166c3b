package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.WeightParams;

/** The numbers of a layer, as a file holds them. */
final class Weights {

  private Weights() {}

  /** How many there are, in whatever precision. */
  static long count(WeightParams weights) {
    long quantizedBits = 8L * weights.getRawValue().size();
    return weights.getFloatValueCount()
        + weights.getFloat16Value().size() / 2
        + quantizedBits / Math.max(1, weights.getQuantization().getNumberOfBits());
  }

  /**
   * Full-precision weights.
   *
   * @param count how many there have to be, by the layer's own shape
   * @param where model, layer and role, for messages
   * @throws HeadgraftException if they are stored in another form, or are not {@code count} many
   */
  static float[] floats(WeightParams weights, long count, String where) {
    if (weights.getFloatValueCount() == 0
        && (!weights.getFloat16Value().isEmpty()
            || !weights.getRawValue().isEmpty()
            || !weights.getInt8RawValue().isEmpty())) {
      throw HeadgraftException.unusable(
          where + " are stored in half precision or quantized, which cannot be run yet");
    }
    if (weights.getFloatValueCount() != count) {
      throw HeadgraftException.unusable(
          "%s are %d numbers, the layer's shape needs %d"
              .formatted(where, weights.getFloatValueCount(), count));
    }
    float[] values = new float[weights.getFloatValueCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = weights.getFloatValue(i);
      if (!Float.isFinite(values[i])) {
        throw HeadgraftException.unusable(where + " hold " + values[i] + " at position " + i);
      }
    }
    return values;
  }
}
