package io.headgraft.head;

import java.io.Serializable;

/**
 * Brings each feature to mean 0 and standard deviation 1 over the training rows.
 *
 * @param mean of each feature
 * @param factor one over each feature's standard deviation; 0 for one that is the same in all rows,
 *     which so counts for nothing
 */
public record Standardization(double[] mean, double[] factor) implements Serializable {

  /** Learns from rows of features; there is at least one. */
  public static Standardization fit(float[][] rows) {
    int features = rows[0].length;
    double[] mean = new double[features];
    for (float[] row : rows) {
      for (int i = 0; i < features; i++) {
        mean[i] += row[i];
      }
    }
    for (int i = 0; i < features; i++) {
      mean[i] /= rows.length;
    }
    double[] squares = new double[features];
    for (float[] row : rows) {
      for (int i = 0; i < features; i++) {
        squares[i] += (row[i] - mean[i]) * (row[i] - mean[i]);
      }
    }
    return of(mean, squares, rows.length);
  }

  /**
   * From what is known of the rows.
   *
   * @param squares sum of each feature's squared differences from its mean
   */
  static Standardization of(double[] mean, double[] squares, long rows) {
    double[] factor = new double[mean.length];
    for (int i = 0; i < factor.length; i++) {
      factor[i] = squares[i] > 0 ? Math.sqrt(rows / squares[i]) : 0;
    }
    return new Standardization(mean, factor);
  }

  /** The standardized features of one row. */
  public double[] apply(float[] row) {
    double[] standardized = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      standardized[i] = (row[i] - mean[i]) * factor[i];
    }
    return standardized;
  }

  /** The same from a feature on, into their places. */
  void apply(float[] row, int from, double[] to) {
    for (int i = from; i < row.length; i++) {
      to[i] = (row[i] - mean[i]) * factor[i];
    }
  }

  /** The same, rounded as the trainers keep them. */
  float[] applyInSinglePrecision(float[] row) {
    float[] standardized = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      standardized[i] = (float) ((row[i] - mean[i]) * factor[i]);
    }
    return standardized;
  }
}
