package io.headgraft.head;

import java.util.Arrays;

/** A dense layer and its softmax while it is trained in mini-batches. */
final class SoftmaxLayer {

  private final UpdateRule rule;
  private final float[][] weights;
  private final float[] bias;
  private final float[][] gradient;
  private final float[] biasGradient;
  private final float[][][] weightStates;
  private final float[][] biasStates;
  private final float[] probabilities;
  private long steps;

  /** Goes on from a state, whose arrays it changes. */
  SoftmaxLayer(LayerState state, UpdateRule rule) {
    this.rule = rule;
    this.weights = state.weights();
    this.bias = state.bias();
    this.weightStates = state.weightStates();
    this.biasStates = state.biasStates();
    this.steps = state.steps();
    this.gradient = new float[weights.length][weights[0].length];
    this.biasGradient = new float[bias.length];
    this.probabilities = new float[bias.length];
  }

  LayerState state() {
    return new LayerState(weights, bias, weightStates, biasStates, steps);
  }

  long steps() {
    return steps;
  }

  /**
   * Adds the gradient of one row's cross entropy.
   *
   * @param weight that the row counts
   * @return the row's cross entropy, weighted
   */
  double addGradient(float[] row, int label, float weight) {
    double loss = softmax(row, label);
    for (int k = 0; k < weights.length; k++) {
      float error = weight * (probabilities[k] - (k == label ? 1 : 0));
      addScaled(gradient[k], error, row);
      biasGradient[k] += error;
    }
    return weight * loss;
  }

  /** Follows the mean gradient of a batch, and the penalty's. */
  void step(int batch, double l2, double learningRate) {
    for (int k = 0; k < weights.length; k++) {
      finish(gradient[k], weights[k], 1f / batch, (float) l2);
      rule.step(weights[k], gradient[k], weightStates[k], learningRate, steps);
      Arrays.fill(gradient[k], 0);
    }
    finish(biasGradient, bias, 1f / batch, 0);
    rule.step(bias, biasGradient, biasStates, learningRate, steps);
    Arrays.fill(biasGradient, 0);
    steps++;
  }

  private static void finish(float[] sum, float[] values, float mean, float l2) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] = mean * sum[i] + l2 * values[i];
    }
  }

  /** Leaves the probabilities, and gives −ln of the label's. */
  private double softmax(float[] row, int label) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int k = 0; k < weights.length; k++) {
      probabilities[k] = bias[k] + dot(weights[k], row);
      largest = Math.max(largest, probabilities[k]);
    }
    double own = probabilities[label] - largest;
    float sum = 0;
    for (int k = 0; k < weights.length; k++) {
      // StrictMath: the same rows give the same bits on every machine.
      probabilities[k] = (float) StrictMath.exp(probabilities[k] - largest);
      sum += probabilities[k];
    }
    for (int k = 0; k < weights.length; k++) {
      probabilities[k] /= sum;
    }
    return StrictMath.log(sum) - own;
  }

  /** The logits of rows, [row][label]. */
  static double[][] logits(LayerState state, float[][] rows) {
    double[][] logits = new double[rows.length][state.bias().length];
    for (int i = 0; i < rows.length; i++) {
      for (int k = 0; k < logits[i].length; k++) {
        logits[i][k] = state.bias()[k] + dot(state.weights()[k], rows[i]);
      }
    }
    return logits;
  }

  /** Four sums side by side, which need not wait for each other. */
  private static float dot(float[] a, float[] b) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int whole = a.length - a.length % 4;
    for (int i = 0; i < whole; i += 4) {
      sum0 += a[i] * b[i];
      sum1 += a[i + 1] * b[i + 1];
      sum2 += a[i + 2] * b[i + 2];
      sum3 += a[i + 3] * b[i + 3];
    }
    float sum = sum0 + sum1 + (sum2 + sum3);
    for (int i = whole; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void addScaled(float[] target, float factor, float[] values) {
    for (int i = 0; i < target.length; i++) {
      target[i] += factor * values[i];
    }
  }
}
