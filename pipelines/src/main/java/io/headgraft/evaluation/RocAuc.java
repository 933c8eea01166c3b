package io.headgraft.evaluation;

import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Area under the receiver operating characteristic: the probability that a random positive example
 * scores higher than a random negative one, ties counting half (the Mann–Whitney statistic; J. A.
 * Hanley and B. J. McNeil, "The Meaning and Use of the Area under a ROC Curve", Radiology 143
 * (1982), 29–36; D. J. Hand and R. J. Till, Machine Learning 45 (2001), 171–186, section 2).
 */
final class RocAuc {

  private RocAuc() {}

  /**
   * The unweighted mean of the labels' one-vs-rest areas, over the labels that have at least one
   * positive and one negative example; NaN when none has. This is scikit-learn's {@code
   * roc_auc_score(multi_class="ovr", average="macro")}, which however rejects a split that lacks a
   * label; it is not the one-vs-one measure M of Hand and Till.
   */
  static double macro(int labels, int[] truth, double[][] probabilities) {
    return IntStream.range(0, labels)
        .mapToDouble(label -> oneVsRest(label, truth, probabilities))
        .filter(area -> !Double.isNaN(area))
        .average()
        .orElse(Double.NaN);
  }

  /** The area of one label against all others; NaN without a positive or a negative example. */
  static double oneVsRest(int label, int[] truth, double[][] probabilities) {
    double[] positives = sortedScores(i -> truth[i] == label, label, probabilities);
    double[] negatives = sortedScores(i -> truth[i] != label, label, probabilities);
    if (positives.length == 0 || negatives.length == 0) {
      return Double.NaN;
    }
    long twiceWins = 0;
    int below = 0;
    int notAbove = 0;
    for (double positive : positives) {
      while (below < negatives.length && negatives[below] < positive) {
        below++;
      }
      while (notAbove < negatives.length && negatives[notAbove] <= positive) {
        notAbove++;
      }
      twiceWins += below + notAbove;
    }
    return twiceWins / (2.0 * positives.length * negatives.length);
  }

  private static double[] sortedScores(IntPredicate examples, int label, double[][] probabilities) {
    return IntStream.range(0, probabilities.length)
        .filter(examples)
        .mapToDouble(i -> probabilities[i][label])
        .sorted()
        .toArray();
  }
}
