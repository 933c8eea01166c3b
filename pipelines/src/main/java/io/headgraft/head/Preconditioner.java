package io.headgraft.head;

import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;

/**
 * The inverse of a matrix that resembles the objective's Hessian: for each label c · S + l2 · I, S
 * being the covariance of the rows and c the mean of p (1 − p). Features go together, so that a
 * gradient is a hundred times as steep along some directions as along others; with this for its
 * first guess, L-BFGS needs a third of the iterations (J. Nocedal and S. J. Wright, "Numerical
 * Optimization", 2nd edition 2006, section 7.2, on the choice of the initial matrix).
 */
final class Preconditioner {

  /** A guess needs no more rows than these. */
  private static final int MOST_ROWS = 2048;

  private static final double LEAST_CURVATURE = 1e-4;

  private final int labels;
  private final int features;

  /** The features, filled up to whole blocks. */
  private final int size;

  private final double curvature;
  private final Cholesky factor;

  /**
   * Factorizes.
   *
   * @param covariance as {@link #covariance} gives it
   * @param loss mean cross entropy where the descent begins
   * @param l2 positive
   */
  Preconditioner(double[] covariance, int features, int labels, double loss, double l2) {
    this.labels = labels;
    this.features = features;
    this.size = (int) Math.sqrt(covariance.length);
    // Of a row that has its label right with probability p, most of p (1 - p) lies with two labels.
    double p = StrictMath.exp(-loss);
    this.curvature = Math.max(2 * p * (1 - p) / labels, LEAST_CURVATURE);
    double[] matrix = new double[covariance.length];
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = curvature * covariance[i] + (i % (size + 1) == 0 ? l2 : 0);
    }
    this.factor = new Cholesky(matrix);
  }

  /**
   * The covariance of standardized rows, from some of them, evenly spread.
   *
   * @return [feature][feature], filled up with zeros to a multiple of {@link Kernels#ROWS} each way
   */
  static double[] covariance(Rows rows) {
    float[][] all = rows.features();
    int count = Math.min(MOST_ROWS, all.length);
    double[] covariance =
        Products.sum(
            count,
            all[0].length,
            (row, from, to) -> {
              float[] values = all[(int) ((long) all.length * row / count)];
              for (int i = from; i < to.length; i++) {
                to[i] = values[i];
              }
            });
    for (int i = 0; i < covariance.length; i++) {
      covariance[i] /= count;
    }
    return covariance;
  }

  /** Multiplies parameters by the inverse, in place. */
  void apply(double[] parameters) {
    // The kernels take labels in pairs: more parts would read the factor more often for nothing.
    int parts = Math.min(ForkJoinPool.getCommonPoolParallelism() + 1, (labels + 1) / 2);
    IntStream.range(0, parts)
        .parallel()
        .forEach(i -> apply(parameters, labels * i / parts, labels * (i + 1) / parts));
    for (int i = labels * features; i < parameters.length; i++) {
      parameters[i] /= curvature;
    }
  }

  /** Some labels' weights, each of which goes its own way. */
  private void apply(double[] parameters, int from, int to) {
    double[] values = new double[(to - from) * size];
    for (int k = from; k < to; k++) {
      System.arraycopy(parameters, k * features, values, (k - from) * size, features);
    }
    factor.solve(values);
    for (int k = from; k < to; k++) {
      System.arraycopy(values, (k - from) * size, parameters, k * features, features);
    }
  }
}
