package io.headgraft.coreml;

/**
 * A 1×1 convolution and what stands between it and the head: a ReLU, if there is one, the mean over
 * all pixels, and fixed normalizations, together {@code factor * mean + shift}.
 *
 * @param weights [output][input]
 * @param bias [output]
 * @param relu whether the mean is that of the positive values alone
 * @param factor [output]
 * @param shift [output]
 */
public record PooledConvolution(
    float[][] weights, float[] bias, boolean relu, double[] factor, double[] shift) {

  /** Refuses sizes that do not match. */
  public PooledConvolution {
    if (weights.length == 0
        || weights.length != bias.length
        || weights.length != factor.length
        || weights.length != shift.length) {
      throw new IllegalArgumentException(
          "%d rows of weights, %d biases, %d factors and %d shifts"
              .formatted(weights.length, bias.length, factor.length, shift.length));
    }
  }

  /** The number of channels that it reads. */
  public int inputs() {
    return weights[0].length;
  }

  /** The number of features that it makes. */
  public int outputs() {
    return bias.length;
  }

  /** The same with other weights. */
  public PooledConvolution with(float[][] otherWeights, float[] otherBias) {
    return new PooledConvolution(otherWeights, otherBias, relu, factor, shift);
  }
}
