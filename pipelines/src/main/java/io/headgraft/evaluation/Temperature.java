package io.headgraft.evaluation;

import java.util.Arrays;

/**
 * One number that logits are divided by so that the probabilities are as likely as can be on a
 * split that the classifier was not trained on. It changes no predicted label.
 *
 * <p>C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On Calibration of Modern Neural Networks",
 * ICML 2017, section 4.2.
 *
 * @param value {@value #LOWEST} to {@value #HIGHEST}; above 1 it makes the classifier less sure
 * @param atBound whether the best value may lie beyond these bounds. At the lowest, all examples of
 *     the split are right, and the surer the better: what suits the split says little about other
 *     examples. At the highest, the logits say nothing about the labels
 */
public record Temperature(double value, boolean atBound) {

  /** The lowest temperature that is fitted. */
  public static final double LOWEST = 0.05;

  /** The highest temperature that is fitted. */
  public static final double HIGHEST = 20;

  /** Rejects what is out of range. */
  public Temperature {
    if (!(value >= LOWEST && value <= HIGHEST)) {
      throw new IllegalArgumentException(
          "A temperature lies between " + LOWEST + " and " + HIGHEST + ", not at " + value);
    }
  }

  /**
   * Fits the temperature that minimizes the negative log-likelihood. As a function of β = 1/T that
   * is convex, so its slope is bisected, until no number lies between the ends. Where no
   * temperature is better than another, as with equal logits, it is 1.
   *
   * @param logits {@code [example][label]}, finite
   * @param truth the index of each example's label; at least one example
   */
  public static Temperature fit(double[][] logits, int[] truth) {
    check(logits, truth);
    double low = 1 / HIGHEST;
    double high = 1 / LOWEST;
    double slopeAtLow = slope(low, logits, truth);
    double slopeAtHigh = slope(high, logits, truth);
    if (slopeAtLow == 0 && slopeAtHigh == 0) {
      return new Temperature(1, false);
    }
    if (slopeAtHigh <= 0) {
      return new Temperature(LOWEST, true);
    }
    if (slopeAtLow >= 0) {
      return new Temperature(HIGHEST, true);
    }
    return new Temperature(1 / root(low, high, logits, truth), false);
  }

  private static void check(double[][] logits, int[] truth) {
    if (truth.length == 0) {
      throw new IllegalArgumentException("No examples: no temperature can be fitted");
    }
    if (truth.length != logits.length) {
      throw new IllegalArgumentException(
          "%d examples, but logits of %d".formatted(truth.length, logits.length));
    }
    for (int i = 0; i < truth.length; i++) {
      if (truth[i] < 0 || truth[i] >= logits[i].length) {
        throw new IllegalArgumentException(
            "Invalid label of example %d: %d of %d labels"
                .formatted(i, truth[i], logits[i].length));
      }
      for (double logit : logits[i]) {
        if (!Double.isFinite(logit)) {
          throw new IllegalArgumentException("Invalid logit of example " + i + ": " + logit);
        }
      }
    }
  }

  private static double root(double negative, double positive, double[][] logits, int[] truth) {
    double low = negative;
    double high = positive;
    double middle = (low + high) / 2;
    while (middle > low && middle < high) {
      if (slope(middle, logits, truth) < 0) {
        low = middle;
      } else {
        high = middle;
      }
      middle = (low + high) / 2;
    }
    return middle;
  }

  /** Of the negative log-likelihood: the mean logit under β minus that of the true label. */
  private static double slope(double beta, double[][] logits, int[] truth) {
    double sum = 0;
    for (int i = 0; i < truth.length; i++) {
      double[] probabilities = softmax(logits[i], beta);
      for (int k = 0; k < probabilities.length; k++) {
        sum += probabilities[k] * (logits[i][k] - logits[i][truth[i]]);
      }
    }
    return sum;
  }

  /**
   * The probabilities at this temperature.
   *
   * @param logits of one example; left as they are
   */
  public double[] probabilities(double[] logits) {
    return softmax(logits, 1 / value);
  }

  private static double[] softmax(double[] logits, double beta) {
    return Probabilities.softmax(Arrays.stream(logits).map(logit -> logit * beta).toArray());
  }
}
