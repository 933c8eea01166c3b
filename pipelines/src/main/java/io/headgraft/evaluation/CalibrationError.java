package io.headgraft.evaluation;

/**
 * How far a classifier's confidence is from its accuracy.
 *
 * <p>C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On Calibration of Modern Neural Networks",
 * ICML 2017, equation 3, with the 15 bins of their experiments.
 */
final class CalibrationError {

  private static final int BINS = 15;

  private CalibrationError() {}

  /**
   * The expected calibration error of the predicted label: the examples are put in bins by their
   * confidence, and the bins' gaps between mean confidence and accuracy are averaged, each bin
   * weighing what share of the examples it holds.
   */
  static double expected(int[] truth, int[] predicted, double[][] probabilities) {
    double[] overconfidence = new double[BINS];
    for (int i = 0; i < truth.length; i++) {
      double confidence = probabilities[i][predicted[i]];
      overconfidence[bin(confidence)] += confidence - (predicted[i] == truth[i] ? 1 : 0);
    }
    double error = 0;
    for (double gap : overconfidence) {
      error += Math.abs(gap);
    }
    return error / truth.length;
  }

  /**
   * Bin m of 0 to 14 is (m/15, (m+1)/15], closed above as in the paper.
   *
   * @param confidence above 0; a rounding error above 1 at most
   */
  static int bin(double confidence) {
    return Math.min((int) Math.ceil(confidence * BINS), BINS) - 1;
  }
}
