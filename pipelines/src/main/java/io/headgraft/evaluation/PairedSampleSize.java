package io.headgraft.evaluation;

/**
 * How many examples it takes to find a difference of accuracy between two classifiers measured on
 * the same examples with a two-sided {@link McNemar} test, in 80 of 100 cases.
 *
 * <p>R. J. Connor, "Sample Size for Testing Differences in Proportions for the Paired-Sample
 * Design", Biometrics 43 (1987), 207–211, page 209: with ψ the share of discordant pairs and δ the
 * difference, n δ² = (z_{1−α/2} √ψ + z_{0.8} √(ψ − δ²))². It approximates the binomial distribution
 * by the normal one, so below some ten discordant pairs it is a rough guide.
 */
final class PairedSampleSize {

  private static final double POWER = 0.8;

  private final double zLevel;
  private final double zPower;

  /**
   * Prepares for tests of one significance level.
   *
   * @param level above 0 and below 1
   */
  PairedSampleSize(double level) {
    zLevel = -NormalDistribution.quantile(level / 2);
    zPower = NormalDistribution.quantile(POWER);
  }

  /**
   * The number of examples for a difference, not rounded.
   *
   * @param difference above 0
   * @param discordant the share of discordant pairs, {@code difference} to 1
   */
  double examples(double difference, double discordant) {
    // Rounding may leave less than nothing where all pairs are discordant in one direction.
    double variance = Math.max(0, discordant - difference * difference);
    double root = zLevel * Math.sqrt(discordant) + zPower * Math.sqrt(variance);
    return root * root / (difference * difference);
  }

  /**
   * The smallest difference that so many examples suffice for; NaN if they are too few for any. No
   * difference is larger than the share of discordant pairs: where only such a one would do, the
   * smallest that suffices with all discordant pairs in one direction, δ = ψ.
   *
   * @param examples above 0
   * @param discordant the share of discordant pairs, 0 to 1
   */
  double detectableDifference(double examples, double discordant) {
    if (examples < zLevel * zLevel) {
      return Double.NaN;
    }
    // Both are Connor's equation, which is quadratic in δ, and in √(1 − δ) where δ = ψ.
    double scale = examples + zPower * zPower;
    double root = Math.sqrt(scale - zLevel * zLevel);
    double difference =
        Math.sqrt(discordant) * (zLevel * Math.sqrt(examples) + zPower * root) / scale;
    if (difference <= discordant) {
      return difference;
    }
    double rest = (Math.sqrt(examples) * root - zLevel * zPower) / scale;
    return 1 - rest * rest;
  }
}
