package io.headgraft.evaluation;

import java.util.Arrays;

/** What is done with the scores that a classifier gives the labels of one example. */
public final class Probabilities {

  private Probabilities() {}

  /**
   * The index of the highest score; of several equally high ones, the lowest index.
   *
   * @param scores at least one, none of them NaN
   */
  public static int argmax(double[] scores) {
    if (scores.length == 0) {
      throw new IllegalArgumentException("No scores to choose the highest from");
    }
    int best = 0;
    for (int i = 0; i < scores.length; i++) {
      if (Double.isNaN(scores[i])) {
        throw new IllegalArgumentException("Score " + i + " is NaN");
      }
      if (scores[i] > scores[best]) {
        best = i;
      }
    }
    return best;
  }

  /**
   * The probabilities e<sup>x_k</sup> / Σ_j e<sup>x_j</sup>, shifted by the highest logit so that
   * nothing overflows. A logit of −∞ gets probability 0.
   *
   * @param logits the highest of them finite, none of them NaN; left as they are
   */
  public static double[] softmax(double[] logits) {
    double highest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      highest = Math.max(highest, logit);
    }
    if (!Double.isFinite(highest)) {
      throw new IllegalArgumentException("The highest logit must be finite, not " + highest);
    }
    double[] probabilities = new double[logits.length];
    for (int k = 0; k < logits.length; k++) {
      // StrictMath: the same logits give the same bits on every machine.
      probabilities[k] = StrictMath.exp(logits[k] - highest);
    }
    double sum = Arrays.stream(probabilities).sum();
    for (int k = 0; k < logits.length; k++) {
      probabilities[k] /= sum;
    }
    return probabilities;
  }
}
