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

  /** Begins a new sum. */
  public void forget() {
    Arrays.fill(gradient, 0);
  }
}
