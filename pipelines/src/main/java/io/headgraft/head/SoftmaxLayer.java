package io.headgraft.head;

/**
 * A dense layer and its softmax while it is trained in mini-batches, from weights of zero: the
 * objective is convex, so where it starts does not matter.
 */
final class SoftmaxLayer {

  private final float learningRate;
  private final float momentum;
  private final float[][] weights;
  private final float[][] gradient;
  private final float[][] velocity;
  private final float[] bias;
  private final float[] biasGradient;
  private final float[] biasVelocity;
  private final float[] probabilities;

  SoftmaxLayer(int labels, int features, HeadOptions.Sgd options) {
    learningRate = (float) options.learningRate();
    momentum = (float) options.momentum();
    weights = new float[labels][features];
    gradient = new float[labels][features];
    velocity = new float[labels][features];
    bias = new float[labels];
    biasGradient = new float[labels];
    biasVelocity = new float[labels];
    probabilities = new float[labels];
  }

  /** Adds the gradient of one row's cross entropy. */
  void addGradient(float[] row, int label) {
    softmax(row);
    for (int k = 0; k < weights.length; k++) {
      float error = probabilities[k] - (k == label ? 1 : 0);
      addScaled(gradient[k], error, row);
      biasGradient[k] += error;
    }
  }

  /** Follows the mean gradient of a batch, and the penalty's. */
  void step(int batch, double l2) {
    float mean = 1f / batch;
    for (int k = 0; k < weights.length; k++) {
      descend(weights[k], gradient[k], velocity[k], mean, (float) l2);
    }
    descend(bias, biasGradient, biasVelocity, mean, 0);
  }

  private void descend(float[] values, float[] sum, float[] speed, float mean, float l2) {
    for (int i = 0; i < values.length; i++) {
      speed[i] = momentum * speed[i] + mean * sum[i] + l2 * values[i];
      values[i] -= learningRate * speed[i];
      sum[i] = 0;
    }
  }

  private void softmax(float[] row) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int k = 0; k < weights.length; k++) {
      probabilities[k] = bias[k] + dot(weights[k], row);
      largest = Math.max(largest, probabilities[k]);
    }
    float sum = 0;
    for (int k = 0; k < weights.length; k++) {
      probabilities[k] = (float) Math.exp(probabilities[k] - largest);
      sum += probabilities[k];
    }
    for (int k = 0; k < weights.length; k++) {
      probabilities[k] /= sum;
    }
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

  boolean isFinite() {
    for (float[] row : weights) {
      for (float weight : row) {
        if (!Float.isFinite(weight)) {
          return false;
        }
      }
    }
    return true;
  }

  double[][] weights() {
    double[][] copy = new double[weights.length][];
    for (int k = 0; k < copy.length; k++) {
      copy[k] = doubles(weights[k]);
    }
    return copy;
  }

  double[] bias() {
    return doubles(bias);
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
