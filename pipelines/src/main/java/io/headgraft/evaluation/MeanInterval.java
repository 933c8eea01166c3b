package io.headgraft.evaluation;

import java.util.Arrays;

/** The interval of a mean over values that come in groups. */
public final class MeanInterval {

  private MeanInterval() {}

  /**
   * At 95 % confidence, by the bootstrap that draws whole groups.
   *
   * @param values at least one
   * @param groups [value], numbers of any kind
   * @param replicates at least 39
   */
  public static Interval of(double[] values, int[] groups, int replicates, long seed) {
    int[] names = Arrays.stream(groups).distinct().sorted().toArray();
    int[] sizes = new int[names.length];
    double[] totals = new double[names.length];
    for (int i = 0; i < values.length; i++) {
      int group = Arrays.binarySearch(names, groups[i]);
      sizes[group]++;
      totals[group] += values[i];
    }
    return new ClusterBootstrap(sizes, replicates, seed).intervals(new double[][] {totals})[0];
  }
}
