package io.headgraft.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Metrics of a classifier on one split. The predicted label of an example is the most probable one,
 * of equally probable ones the first.
 *
 * @param examples how many examples the split has
 * @param accuracy the share of the examples whose label is predicted
 * @param accuracyInterval the accuracy's {@link Wilson} interval at 95 % confidence
 * @param logLoss the mean of −ln(p + 10<sup>−100</sup>), in nats, p being the probability of the
 *     example's label (I. J. Good, "Rational Decisions", Journal of the Royal Statistical Society B
 *     14 (1952), 107–114). The addend bounds what an impossible example costs, at 230.26, and is
 *     too small to move any other
 * @param brier the mean over the examples of Σ_k (p_k − y_k)², 0 to 2, y being 1 for the example's
 *     label and 0 for all others (G. W. Brier, "Verification of Forecasts Expressed in Terms of
 *     Probability", Monthly Weather Review 78 (1950), 1–3). For two labels this is twice the score
 *     that counts the positive label only
 * @param ece the expected calibration error of the predicted label in 15 bins of equal width,
 *     closed above ({@link Reliability})
 * @param macroF1 the unweighted mean of the F1 of those labels that an example has or is predicted
 *     to have, as scikit-learn's {@code f1_score(average="macro", zero_division=0)}
 * @param macroAuc the unweighted mean of the one-vs-rest areas under the ROC curve (Mann–Whitney,
 *     ties count half) of those labels that some examples have and some have not; NaN when there is
 *     no such label, that is, when all examples have the same one
 * @param confusion the number of examples by label and predicted label, {@code [true][predicted]}.
 *     Not copied: it must not be changed, and two records are equal only if they share it
 * @param perLabel precision, recall and F1 of every label, in the order of the labels, also of
 *     labels that no example has
 */
@SuppressWarnings("ArrayRecordComponent") // What an array costs is said at confusion.
public record Metrics(
    int examples,
    double accuracy,
    Interval accuracyInterval,
    double logLoss,
    double brier,
    double ece,
    double macroF1,
    double macroAuc,
    int[][] confusion,
    List<LabelMetrics> perLabel) {

  private static final double LEAST_PROBABILITY = 1e-100;

  /** Wide enough for a softmax in single precision. */
  private static final double SUM_TOLERANCE = 1e-6;

  /** Copies the list. */
  public Metrics {
    perLabel = List.copyOf(perLabel);
  }

  /**
   * Measures predictions.
   *
   * @param labels all labels that the classifier knows
   * @param truth the index of each example's label; at least one example
   * @param probabilities each example's probability of each label, {@code [example][label]}; each
   *     row sums to 1 within 10<sup>−6</sup>
   * @throws IllegalArgumentException if there are no examples, of which nothing can be said, or if
   *     the arguments do not fit together
   */
  public static Metrics of(List<String> labels, int[] truth, double[][] probabilities) {
    checkExamples(labels.size(), truth, probabilities);
    int[] predicted = Arrays.stream(probabilities).mapToInt(Probabilities::argmax).toArray();
    int[][] confusion = confusion(labels.size(), truth, predicted);
    int hits = IntStream.range(0, labels.size()).map(k -> confusion[k][k]).sum();
    List<LabelMetrics> perLabel =
        IntStream.range(0, labels.size())
            .mapToObj(k -> LabelMetrics.of(labels.get(k), k, confusion))
            .toList();
    return new Metrics(
        truth.length,
        (double) hits / truth.length,
        Wilson.interval(hits, truth.length),
        logLoss(truth, probabilities),
        brier(truth, probabilities),
        Reliability.of(truth, predicted, probabilities).expectedCalibrationError(),
        macroF1(perLabel, truth, predicted),
        RocAuc.macro(labels.size(), truth, probabilities),
        confusion,
        perLabel);
  }

  static void checkExamples(int labels, int[] truth, double[][] probabilities) {
    if (truth.length == 0) {
      throw new IllegalArgumentException("No examples: an empty split has no metrics");
    }
    if (truth.length != probabilities.length) {
      throw new IllegalArgumentException(
          "%d examples, but probabilities of %d".formatted(truth.length, probabilities.length));
    }
    for (int i = 0; i < truth.length; i++) {
      if (truth[i] < 0 || truth[i] >= labels) {
        throw new IllegalArgumentException(
            "Invalid label of example %d: %d of %d labels".formatted(i, truth[i], labels));
      }
      if (probabilities[i].length != labels) {
        throw new IllegalArgumentException(
            "Example %d has %d probabilities for %d labels"
                .formatted(i, probabilities[i].length, labels));
      }
      checkDistribution(i, probabilities[i]);
    }
  }

  private static void checkDistribution(int example, double[] probabilities) {
    double sum = 0;
    for (double probability : probabilities) {
      if (!(probability >= 0)) {
        throw new IllegalArgumentException(
            "Invalid probability of example " + example + ": " + probability);
      }
      sum += probability;
    }
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw new IllegalArgumentException(
          "Probabilities of example " + example + " sum to " + sum + ", not to 1");
    }
  }

  private static int[][] confusion(int labels, int[] truth, int[] predicted) {
    int[][] confusion = new int[labels][labels];
    for (int i = 0; i < truth.length; i++) {
      confusion[truth[i]][predicted[i]]++;
    }
    return confusion;
  }

  private static double logLoss(int[] truth, double[][] probabilities) {
    double sum = 0;
    for (int i = 0; i < truth.length; i++) {
      // StrictMath: the same predictions give the same bits on every machine.
      sum -= StrictMath.log(probabilities[i][truth[i]] + LEAST_PROBABILITY);
    }
    return sum / truth.length;
  }

  private static double brier(int[] truth, double[][] probabilities) {
    double sum = 0;
    for (int i = 0; i < truth.length; i++) {
      for (int k = 0; k < probabilities[i].length; k++) {
        double error = probabilities[i][k] - (k == truth[i] ? 1 : 0);
        sum += error * error;
      }
    }
    return sum / truth.length;
  }

  private static double macroF1(List<LabelMetrics> perLabel, int[] truth, int[] predicted) {
    return IntStream.concat(Arrays.stream(truth), Arrays.stream(predicted))
        .distinct()
        .sorted()
        .mapToDouble(label -> perLabel.get(label).f1())
        .average()
        .orElseThrow();
  }
}
