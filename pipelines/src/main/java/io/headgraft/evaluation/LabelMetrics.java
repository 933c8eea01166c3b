package io.headgraft.evaluation;

/**
 * Metrics of one label on one split. What is undefined is 0, as with scikit-learn's {@code
 * zero_division=0}.
 *
 * @param label the label
 * @param support how many examples have the label
 * @param precision the share of the examples predicted to have the label that do have it
 * @param recall the share of the examples with the label that are predicted to have it
 * @param f1 the harmonic mean of precision and recall
 */
public record LabelMetrics(String label, int support, double precision, double recall, double f1) {

  static LabelMetrics of(String label, int index, int[][] confusion) {
    int hits = confusion[index][index];
    int support = 0;
    int predicted = 0;
    for (int k = 0; k < confusion.length; k++) {
      support += confusion[index][k];
      predicted += confusion[k][index];
    }
    return new LabelMetrics(
        label,
        support,
        ratio(hits, predicted),
        ratio(hits, support),
        ratio(2.0 * hits, (double) support + predicted));
  }

  private static double ratio(double numerator, double denominator) {
    return denominator == 0 ? 0 : numerator / denominator;
  }
}
