package io.headgraft.head;

import io.headgraft.evaluation.Probabilities;

/**
 * How good logits are.
 *
 * @param logLoss the mean of −ln p of the examples' labels, in nats
 * @param accuracy the share of the examples whose label has the highest logit
 */
record Scores(double logLoss, double accuracy) {

  /**
   * Of logits, or of logarithms of probabilities.
   *
   * @param labels [example], at least one
   * @param logits [example][label]
   */
  static Scores of(int[] labels, double[][] logits) {
    double loss = 0;
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      double[] row = logits[i];
      int best = Probabilities.argmax(row);
      double sum = 0;
      for (double logit : row) {
        sum += StrictMath.exp(logit - row[best]);
      }
      // As the metrics have it: a label that is impossible costs much, but not everything.
      loss -= StrictMath.log(StrictMath.exp(row[labels[i]] - row[best]) / sum + 1e-100);
      right += best == labels[i] ? 1 : 0;
    }
    return new Scores(loss / labels.length, (double) right / labels.length);
  }
}
