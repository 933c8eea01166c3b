package io.headgraft.evaluation;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * How far a classifier's confidence, the probability of the label that it predicts, is from its
 * accuracy: what a reliability diagram shows.
 *
 * <p>C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On Calibration of Modern Neural Networks",
 * ICML 2017, section 2, with the 15 bins of their experiments.
 *
 * @param bins by increasing confidence, without those that hold no example
 */
public record Reliability(List<Bin> bins) {

  private static final int BINS = 15;

  /**
   * The examples whose confidence lies in one of 15 intervals of equal width, (from, to], closed
   * above as in the paper.
   *
   * @param count how many examples that are, at least 1
   * @param meanConfidence the mean probability of the predicted labels
   * @param accuracy the share of the examples whose label is predicted
   * @param accuracyInterval the accuracy's {@link Wilson} interval at 95 % confidence
   */
  public record Bin(
      double from,
      double to,
      int count,
      double meanConfidence,
      double accuracy,
      Interval accuracyInterval) {}

  /** Copies the list. */
  public Reliability {
    bins = List.copyOf(bins);
  }

  /**
   * Bins the examples of a split.
   *
   * @param truth the index of each example's label; at least one example
   * @param probabilities each example's probability of each label, {@code [example][label]}; each
   *     row sums to 1 within 10<sup>−6</sup>
   * @throws IllegalArgumentException if there are no examples, or if the arguments do not fit
   *     together
   */
  public static Reliability of(int[] truth, double[][] probabilities) {
    Metrics.checkExamples(
        probabilities.length == 0 ? 0 : probabilities[0].length, truth, probabilities);
    return of(
        truth,
        Arrays.stream(probabilities).mapToInt(Probabilities::argmax).toArray(),
        probabilities);
  }

  static Reliability of(int[] truth, int[] predicted, double[][] probabilities) {
    int[] counts = new int[BINS];
    int[] hits = new int[BINS];
    double[] confidences = new double[BINS];
    for (int i = 0; i < truth.length; i++) {
      double confidence = probabilities[i][predicted[i]];
      int bin = bin(confidence);
      counts[bin]++;
      confidences[bin] += confidence;
      hits[bin] += predicted[i] == truth[i] ? 1 : 0;
    }
    return new Reliability(
        IntStream.range(0, BINS)
            .mapToObj(m -> counts[m] == 0 ? null : bin(m, counts[m], hits[m], confidences[m]))
            .filter(Objects::nonNull)
            .toList());
  }

  private static Bin bin(int index, int count, int hits, double confidences) {
    return new Bin(
        (double) index / BINS,
        (index + 1.0) / BINS,
        count,
        confidences / count,
        (double) hits / count,
        Wilson.interval(hits, count));
  }

  /**
   * Bin m of 0 to 14 is (m/15, (m+1)/15].
   *
   * @param confidence above 0; a rounding error above 1 at most
   */
  static int bin(double confidence) {
    return Math.min((int) Math.ceil(confidence * BINS), BINS) - 1;
  }

  /**
   * The expected calibration error (equation 3 of the paper): the mean gap between confidence and
   * accuracy, each bin weighing what share of the examples it holds.
   */
  public double expectedCalibrationError() {
    double error = 0;
    int examples = 0;
    for (Bin bin : bins) {
      error += bin.count * Math.abs(bin.meanConfidence - bin.accuracy);
      examples += bin.count;
    }
    return error / examples;
  }
}
