package io.headgraft.evaluation;

/**
 * Whether two classifiers that were measured on the same examples are right equally often, told
 * from the discordant pairs, the examples that one of them has right and the other wrong.
 *
 * <p>The exact test of Q. McNemar, "Note on the Sampling Error of the Difference between Correlated
 * Proportions or Percentages", Psychometrika 12 (1947), 153–157, two-sided, with the mid-p value of
 * M. W. Fagerland, S. Lydersen and P. Laake, "The McNemar Test for Binary Matched-Pairs Data: Mid-p
 * and Asymptotic Are Better than Exact Conditional", BMC Medical Research Methodology 13 (2013),
 * 91: the point probability of what was observed counts half.
 */
final class McNemar {

  private McNemar() {}

  /**
   * The mid-p value for examples that are independent of each other; 1 without discordant pairs,
   * which say nothing.
   *
   * @param onlyA how many examples a alone has right, not negative
   * @param onlyB how many examples b alone has right, not negative
   */
  static double midP(int onlyA, int onlyB) {
    int pairs = onlyA + onlyB;
    if (pairs == 0) {
      return 1;
    }
    int fewer = Math.min(onlyA, onlyB);
    double point = pointProbability(fewer, pairs);
    if (onlyA == onlyB) {
      return 1 - point / 2;
    }
    double tail = 0;
    double term = 1;
    for (int k = fewer; k >= 0; k--) {
      tail += term;
      term *= k / (pairs - k + 1.0);
    }
    return point * (2 * tail - 1);
  }

  /** The probability of so many heads with a fair coin; by logarithms, as 2^−1100 is 0. */
  private static double pointProbability(int heads, int throwsOfCoin) {
    double log = -throwsOfCoin * StrictMath.log(2);
    for (int i = 1; i <= heads; i++) {
      log += StrictMath.log((throwsOfCoin - heads + i) / (double) i);
    }
    return StrictMath.exp(log);
  }

  /**
   * The mid-p value for groups of examples that are independent of each other while the examples
   * within a group need not be, such as photos of one person, for which the test above claims too
   * much (M. Eliasziw and A. Donner, "Application of the McNemar Test to Non-Independent Matched
   * Pair Data", Statistics in Medicine 10 (1991), 1981–1991). If the classifiers do not differ, the
   * difference of each group is as likely to be in a's favour as in b's: the randomization test of
   * R. A. Fisher, "The Design of Experiments" (1935), section 21, over all 2<sup>groups</sup>
   * assignments of the signs, counted rather than drawn. For groups of one example it is the test
   * above. Time grows with the number of discordant groups times the number of discordant pairs.
   *
   * @param differences a group: how many more of its examples a has right than b
   */
  static double midPOfGroups(int[] differences) {
    int forA = 0;
    int forB = 0;
    for (int difference : differences) {
      forA += Math.max(difference, 0);
      forB += Math.max(-difference, 0);
    }
    if (forA == 0 && forB == 0) {
      return 1;
    }
    double[] probabilities = signFlips(differences, Math.min(forA, forB));
    double point = probabilities[probabilities.length - 1];
    if (forA == forB) {
      return 1 - point / 2;
    }
    double tail = 0;
    for (double probability : probabilities) {
      tail += probability;
    }
    return 2 * tail - point;
  }

  /** The probability that the differences with a plus sum to 0, 1, ... {@code most}. */
  private static double[] signFlips(int[] differences, int most) {
    double[] probabilities = new double[most + 1];
    probabilities[0] = 1;
    for (int difference : differences) {
      int size = Math.abs(difference);
      for (int sum = most; size > 0 && sum >= 0; sum--) {
        double plus = sum >= size ? probabilities[sum - size] : 0;
        probabilities[sum] = (probabilities[sum] + plus) / 2;
      }
    }
    return probabilities;
  }
}
