package io.headgraft.evaluation;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * P values adjusted for the number of tests, so that the chance of any false finding among them
 * stays within the level of a single test, however the tests depend on each other.
 *
 * <p>S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
 * Statistics 6 (1979), 65–70; as adjusted p values: S. P. Wright, "Adjusted P-Values for
 * Simultaneous Inference", Biometrics 48 (1992), 1005–1013.
 */
final class Holm {

  private Holm() {}

  /**
   * The adjusted values, in the order of the given ones: the j-th smallest of m times m − j + 1.
   */
  static double[] adjust(double[] p) {
    double[] adjusted = new double[p.length];
    int[] order =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .mapToInt(i -> i)
            .toArray();
    double highest = 0;
    for (int rank = 0; rank < order.length; rank++) {
      highest = Math.max(highest, (p.length - rank) * p[order[rank]]);
      adjusted[order[rank]] = Math.min(1, highest);
    }
    return adjusted;
  }
}
