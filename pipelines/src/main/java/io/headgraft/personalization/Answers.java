package io.headgraft.personalization;

import io.headgraft.evaluation.Probabilities;
import java.util.Arrays;

/**
 * What a model says of some photos.
 *
 * @param predicted [photo]; -1 where training has led to no numbers
 * @param loss [photo], −ln of the probability of its own class, at most that of 1e-100
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them, or changes them.
record Answers(int[] classes, int[] predicted, double[] loss) {

  /** As all metrics have it: a label that is impossible costs much, but not everything. */
  private static final double LEAST = 1e-100;

  static Answers ofLogits(double[][] logits, int[] classes) {
    return of(
        Arrays.stream(logits)
            .map(
                row ->
                    Arrays.stream(row).allMatch(Double::isFinite)
                        ? Probabilities.softmax(row)
                        : null)
            .toArray(double[][]::new),
        classes);
  }

  /**
   * Of probabilities.
   *
   * @param probabilities [photo][class], null where there are none
   */
  static Answers of(double[][] probabilities, int[] classes) {
    int[] predicted = new int[classes.length];
    double[] loss = new double[classes.length];
    for (int i = 0; i < classes.length; i++) {
      double[] row = probabilities[i];
      predicted[i] = row == null ? -1 : Probabilities.argmax(row);
      loss[i] = -StrictMath.log((row == null ? 0 : row[classes[i]]) + LEAST);
    }
    return new Answers(classes, predicted, loss);
  }

  double accuracy() {
    int right = 0;
    for (int i = 0; i < classes.length; i++) {
      right += predicted[i] == classes[i] ? 1 : 0;
    }
    return (double) right / classes.length;
  }

  /** The share of the photos that are taken for a class behind the first so many. */
  double shareBehind(int known) {
    return (double) Arrays.stream(predicted).filter(one -> one >= known).count() / predicted.length;
  }

  /** The mean loss of these photos and others. */
  double logLossWith(Answers others) {
    return (Arrays.stream(loss).sum() + Arrays.stream(others.loss).sum())
        / (loss.length + others.loss.length);
  }
}
