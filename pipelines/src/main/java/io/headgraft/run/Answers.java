package io.headgraft.run;

import io.headgraft.evaluation.Comparisons;
import io.headgraft.evaluation.Probabilities;
import java.text.Normalizer;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * What a classifier says of the test photos, in the labels of today's data set, which need not be
 * its own.
 *
 * @param predicted a photo: the index of the label among today's, or {@link #OTHER}
 * @param probability a photo: that of its own label; NaN where the classifier does not know it
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them, or changes the numbers.
record Answers(int[] predicted, double[] probability) {

  /** A label that today's data set does not have, a placeholder for one: never right. */
  static final int OTHER = -1;

  private static final double LEAST_PROBABILITY = 1e-100;

  /**
   * Translates a classifier's answers.
   *
   * @param own the classifier's labels, in the order of its probabilities
   * @param probabilities [photo][own label]
   * @param labels of today
   * @param truth a photo: the index of its label among today's
   */
  static Answers of(List<String> own, double[][] probabilities, List<String> labels, int[] truth) {
    List<String> names =
        own.stream().map(name -> Normalizer.normalize(name, Normalizer.Form.NFC)).toList();
    int[] predicted = new int[truth.length];
    double[] probability = new double[truth.length];
    for (int i = 0; i < truth.length; i++) {
      predicted[i] = labels.indexOf(names.get(Probabilities.argmax(probabilities[i])));
      int known = names.indexOf(labels.get(truth[i]));
      probability[i] = known < 0 ? Double.NaN : probabilities[i][known];
    }
    return new Answers(predicted, probability);
  }

  Comparisons.Predictions named(String name) {
    return new Comparisons.Predictions(name, predicted);
  }

  boolean knows(int photo) {
    return !Double.isNaN(probability[photo]);
  }

  /**
   * The mean of −ln p over some photos, in nats, bounded as {@link
   * io.headgraft.evaluation.Metrics#logLoss} is.
   */
  double logLoss(IntPredicate photos) {
    return IntStream.range(0, probability.length)
        .filter(photos)
        .mapToDouble(i -> -StrictMath.log(probability[i] + LEAST_PROBABILITY))
        .average()
        .orElse(Double.NaN);
  }
}
