package io.headgraft.head;

import java.util.stream.IntStream;

/**
 * The inverse of a matrix that resembles the objective's Hessian: for each label c · S + l2 · I, S
 * being the covariance of the rows and c the mean of p (1 − p). Features go together, so that a
 * gradient is a hundred times as steep along some directions as along others; with this for its
 * first guess, L-BFGS needs a third of the iterations (J. Nocedal and S. J. Wright, "Numerical
 * Optimization", 2nd edition 2006, section 7.2, on the choice of the initial matrix).
 */
final class Preconditioner {

  private static final int BLOCK = 64;

  /** A guess needs no more rows than these. */
  private static final int MOST_ROWS = 2048;

  private static final double LEAST_CURVATURE = 1e-4;

  private final int labels;
  private final int features;
  private final double curvature;

  /** Lower triangle of the Cholesky factor, row by row. */
  private final double[] factor;

  /**
   * Factorizes.
   *
   * @param covariance as {@link #covariance} gives it
   * @param loss mean cross entropy where the descent begins
   * @param l2 positive
   */
  Preconditioner(double[] covariance, int labels, double loss, double l2) {
    this.labels = labels;
    this.features = (int) Math.sqrt(covariance.length);
    // Of a row that has its label right with probability p, most of p (1 - p) lies with two labels.
    double p = StrictMath.exp(-loss);
    this.curvature = Math.max(2 * p * (1 - p) / labels, LEAST_CURVATURE);
    this.factor = covariance.clone();
    for (int i = 0; i < features; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = curvature * covariance[i * features + j] + (i == j ? l2 : 0);
        sum -= dot(i, j);
        factor[i * features + j] = i == j ? Math.sqrt(sum) : sum / factor[j * features + j];
      }
    }
  }

  private double dot(int i, int j) {
    double sum = 0;
    for (int k = 0; k < j; k++) {
      sum += factor[i * features + k] * factor[j * features + k];
    }
    return sum;
  }

  /** The covariance of standardized rows, [feature][feature], from some of them, evenly spread. */
  static double[] covariance(Rows rows) {
    int features = rows.features()[0].length;
    int count = Math.min(MOST_ROWS, rows.size());
    float[][] some = new float[count][];
    for (int i = 0; i < count; i++) {
      some[i] = rows.features()[(int) ((long) rows.size() * i / count)];
    }
    double[] covariance = new double[features * features];
    DenseBlock block = new DenseBlock(BLOCK, features);
    for (int start = 0; start < count; start += BLOCK) {
      block.load(some, start, Math.min(BLOCK, count - start));
      block.addCovariance(covariance);
    }
    for (int i = 0; i < covariance.length; i++) {
      covariance[i] /= count;
    }
    return covariance;
  }

  /** Multiplies parameters by the inverse, in place. */
  void apply(double[] parameters) {
    IntStream.range(0, labels).parallel().forEach(label -> solve(parameters, label * features));
    for (int i = labels * features; i < parameters.length; i++) {
      parameters[i] /= curvature;
    }
  }

  private void solve(double[] values, int at) {
    for (int i = 0; i < features; i++) {
      double sum = values[at + i];
      int row = i * features;
      for (int j = 0; j < i; j++) {
        sum -= factor[row + j] * values[at + j];
      }
      values[at + i] = sum / factor[row + i];
    }
    for (int i = features - 1; i >= 0; i--) {
      int row = i * features;
      double value = values[at + i] / factor[row + i];
      values[at + i] = value;
      for (int j = 0; j < i; j++) {
        values[at + j] -= factor[row + j] * value;
      }
    }
  }
}
