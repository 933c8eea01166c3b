package io.headgraft.evaluation;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Percentile intervals at 95 % confidence of means over examples that come in groups: whole groups
 * are drawn with replacement, as many as there are, so that examples of one group need not be
 * independent of each other. With groups of one example it is the ordinary bootstrap.
 *
 * <p>B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), section 13.3; for
 * groups: A. C. Davison and D. V. Hinkley, "Bootstrap Methods and Their Application" (1997),
 * section 3.8, and C. A. Field and A. H. Welsh, "Bootstrapping Clustered Data", Journal of the
 * Royal Statistical Society B 69 (2007), 369–390. Where there are few groups, some twenty, the
 * intervals are too narrow; of a single one nothing can be learnt, and its interval is a point.
 */
final class ClusterBootstrap {

  private static final double TAIL = 0.025;

  private final int[] sizes;
  private final int replicates;
  private final long seed;

  /**
   * Prepares for groups.
   *
   * @param sizes a group: its number of examples, at least 1
   * @param replicates at least 39, the fewest whose outermost values are the bounds
   */
  ClusterBootstrap(int[] sizes, int replicates, long seed) {
    this.sizes = sizes;
    this.replicates = replicates;
    this.seed = seed;
  }

  /**
   * An interval for each of several means, from the same draws.
   *
   * @param totals a mean, a group: the sum over the examples, {@code [mean][group]}
   */
  Interval[] intervals(int[][] totals) {
    // Of whole numbers, no sum is rounded.
    return intervals(
        Arrays.stream(totals)
            .map(mean -> Arrays.stream(mean).asDoubleStream().toArray())
            .toArray(double[][]::new));
  }

  /** The same of totals that are no whole numbers. */
  Interval[] intervals(double[][] totals) {
    double[][] means = new double[totals.length][replicates];
    SplittableRandom random = new SplittableRandom(seed);
    int[] draws = new int[sizes.length];
    for (int replicate = 0; replicate < replicates; replicate++) {
      Arrays.setAll(draws, i -> random.nextInt(sizes.length));
      double examples = 0;
      for (int group : draws) {
        examples += sizes[group];
      }
      for (int mean = 0; mean < totals.length; mean++) {
        means[mean][replicate] = sum(totals[mean], draws) / examples;
      }
    }
    return Arrays.stream(means).map(ClusterBootstrap::percentiles).toArray(Interval[]::new);
  }

  private static double sum(double[] values, int[] draws) {
    double sum = 0;
    for (int group : draws) {
      sum += values[group];
    }
    return sum;
  }

  /** The k-th lowest and k-th highest, with k = ⌊(replicates + 1) 0.025⌋ as in section 12.5. */
  private static Interval percentiles(double[] values) {
    Arrays.sort(values);
    int k = (int) ((values.length + 1) * TAIL);
    return new Interval(values[k - 1], values[values.length - k]);
  }
}
