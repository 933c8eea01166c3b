package io.headgraft.head;

import java.util.Arrays;

/**
 * Numbers that are trained, the sum of their gradients over a mini-batch, and what the update rule
 * keeps beside each.
 *
 * @param values as they are now; change with every step
 * @param gradient the sum so far, as long as the values
 * @param states [state], each as long as the values
 */
public record Parameters(float[] values, float[] gradient, float[][] states) {

  /** Goes on from a state. */
  Parameters(float[] values, float[][] states) {
    this(values, new float[values.length], states);
  }

  /**
   * Begins with values, which are kept and changed.
   *
   * @param states how many numbers the update rule keeps beside each
   */
  public static Parameters begin(float[] values, int states) {
    return new Parameters(values, new float[states][values.length]);
  }

  /**
   * Follows the mean gradient of a batch, and the penalty's, and forgets it.
   *
   * @param batch its number of rows
   * @param steps before this one
   */
  public void step(UpdateRule rule, int batch, double l2, double learningRate, long steps) {
    float mean = 1f / batch;
    float penalty = (float) l2;
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = mean * gradient[i] + penalty * values[i];
    }
    rule.step(values, gradient, states, learningRate, steps);
    forget();
  }

  /** Begins a new sum. */
  public void forget() {
    Arrays.fill(gradient, 0);
  }
}
