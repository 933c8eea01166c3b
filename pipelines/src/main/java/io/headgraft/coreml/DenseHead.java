package io.headgraft.coreml;

import java.util.Arrays;
import java.util.List;

/**
 * The last layer of a classifier, and a fixed batch normalization behind it: {@code scales *
 * (weights · features + bias) + shifts}. By gradients that pass back through scales, rows and
 * biases that have been divided by them learn at their square times the learning rate.
 *
 * @param labels of the outputs
 * @param weights [label][feature]
 * @param bias [label]
 * @param scales [label]
 * @param shifts [label]
 */
public record DenseHead(
    List<String> labels, float[][] weights, float[] bias, float[] scales, float[] shifts) {

  /** Refuses sizes that do not match. */
  public DenseHead {
    labels = List.copyOf(labels);
    if (labels.isEmpty() || labels.size() != bias.length || weights.length != bias.length) {
      throw new IllegalArgumentException(
          "%d labels for %d rows of weights and %d biases"
              .formatted(labels.size(), weights.length, bias.length));
    }
    if (scales.length != bias.length || shifts.length != bias.length) {
      throw new IllegalArgumentException(
          "%d scales and %d shifts for %d labels"
              .formatted(scales.length, shifts.length, bias.length));
    }
  }

  /** Without a batch normalization. */
  public DenseHead(List<String> labels, float[][] weights, float[] bias) {
    this(labels, weights, bias, ones(bias.length), new float[bias.length]);
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** The same with other weights. */
  public DenseHead with(float[][] otherWeights, float[] otherBias) {
    return new DenseHead(labels, otherWeights, otherBias, scales, shifts);
  }

  /** Whether there are scales other than one. */
  boolean scaled() {
    return !Arrays.equals(scales, ones(scales.length));
  }

  /** The number of features that it reads. */
  public int inputs() {
    return weights[0].length;
  }

  /** The number of classes that it tells apart. */
  public int outputs() {
    return bias.length;
  }
}
