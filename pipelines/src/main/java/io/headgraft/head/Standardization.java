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
    double[] factor = new double[features];
    for (float[] row : rows) {
      for (int i = 0; i < features; i++) {
        factor[i] += (row[i] - mean[i]) * (row[i] - mean[i]);
      }
    }
    for (int i = 0; i < features; i++) {
      factor[i] = factor[i] > 0 ? Math.sqrt(rows.length / factor[i]) : 0;
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
}
