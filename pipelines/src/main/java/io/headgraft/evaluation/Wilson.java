package io.headgraft.evaluation;

/**
 * The score interval of a share (a binomial proportion), without continuity correction. Unlike the
 * normal approximation it holds its level for few trials and for shares near 0 and 1, which is
 * where the accuracy of a good classifier on a small test split lies.
 *
 * <p>E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal
 * of the American Statistical Association 22 (1927), 209–212; method 3 of R. G. Newcombe,
 * "Two-Sided Confidence Intervals for the Single Proportion: Comparison of Seven Methods",
 * Statistics in Medicine 17 (1998), 857–872.
 */
public final class Wilson {

  private Wilson() {}

  /**
   * The interval at 95 % confidence.
   *
   * @param successes 0 to {@code trials}
   * @param trials at least 1
   */
  public static Interval interval(int successes, int trials) {
    return interval(successes, trials, 0.95);
  }

  /**
   * All shares π for which the observed one lies within z standard errors, √(π(1−π)/trials), of π.
   *
   * @param successes 0 to {@code trials}
   * @param trials at least 1
   * @param confidence above 0 and below 1
   */
  public static Interval interval(int successes, int trials, double confidence) {
    if (trials < 1) {
      throw new IllegalArgumentException("An interval needs at least 1 trial, not " + trials);
    }
    if (successes < 0 || successes > trials) {
      throw new IllegalArgumentException(
          "Invalid number of successes in " + trials + " trials: " + successes);
    }
    if (!(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException(
          "A confidence lies between 0 and 1, exclusive, not at " + confidence);
    }
    double z = -NormalDistribution.quantile((1 - confidence) / 2);
    double share = (double) successes / trials;
    double scale = trials + z * z;
    double centre = (successes + z * z / 2) / scale;
    double halfWidth = z * Math.sqrt(successes * (1 - share) + z * z / 4) / scale;
    // At the ends the formula gives 0 and 1 but for rounding.
    return new Interval(
        successes == 0 ? 0 : centre - halfWidth, successes == trials ? 1 : centre + halfWidth);
  }
}
