package io.headgraft.head;

import java.util.Arrays;

/**
 * A block of rows in double precision, laid out both ways, so that each product runs along memory:
 * by rows for what goes back to the features, by features for what comes from them.
 *
 * <p>Each number is the same sum in the same order whatever block a row is in.
 */
final class DenseBlock {

  /** Rows, or features, that a loop takes at once: fewer passes over what it adds to. */
  private static final int AT_ONCE = 4;

  private final int size;
  private final int features;
  private final double[] byRow;
  private final double[] byFeature;

  /**
   * An empty block.
   *
   * @param size rows, a multiple of 4
   */
  DenseBlock(int size, int features) {
    this.size = size;
    this.features = features;
    this.byRow = new double[size * features];
    // Zeros behind the last feature let the loops go in fours.
    this.byFeature = new double[(features + AT_ONCE - 1) * size];
  }

  int features() {
    return features;
  }

  /** Takes {@code count} rows from {@code start}; what is left of the block is zero. */
  void load(float[][] rows, int start, int count) {
    for (int r = 0; r < count; r++) {
      float[] row = rows[start + r];
      int at = r * features;
      for (int i = 0; i < features; i++) {
        byRow[at + i] = row[i];
      }
    }
    Arrays.fill(byRow, count * features, size * features, 0);
    for (int r = 0; r < size; r += AT_ONCE) {
      for (int i = 0; i < features; i++) {
        for (int q = r; q < r + AT_ONCE; q++) {
          byFeature[i * size + q] = byRow[q * features + i];
        }
      }
    }
  }

  /**
   * Adds the product of some vectors with each row.
   *
   * @param vectors one behind the other, {@code [vector][feature]}
   * @param products {@code [vector][row of the block]}
   */
  void addProducts(double[] vectors, int count, double[] products) {
    for (int k = 0; k < count; k++) {
      int vector = k * features;
      int i = 0;
      for (; i + AT_ONCE <= features; i += AT_ONCE) {
        addScaled(
            products,
            k * size,
            byFeature,
            i * size,
            size,
            vectors[vector + i],
            vectors[vector + i + 1],
            vectors[vector + i + 2],
            vectors[vector + i + 3]);
      }
      for (; i < features; i++) {
        addScaled(products, k * size, byFeature, i * size, size, vectors[vector + i], 0, 0, 0);
      }
    }
  }

  /** A row's product with itself, to the bit: the same sum in the same order. */
  static double square(float[] row) {
    double sum = 0;
    int i = 0;
    for (; i + AT_ONCE <= row.length; i += AT_ONCE) {
      double first = (double) row[i] * row[i] + (double) row[i + 1] * row[i + 1];
      sum += first + ((double) row[i + 2] * row[i + 2] + (double) row[i + 3] * row[i + 3]);
    }
    for (; i < row.length; i++) {
      sum += (double) row[i] * row[i];
    }
    return sum;
  }

  /** Adds the products of the rows' features with each other, {@code [feature][feature]}. */
  void addCovariance(double[] sums) {
    addGradient(byFeature, features, sums);
  }

  /**
   * Adds each row times its factor for each vector.
   *
   * @param factors {@code [vector][row of the block]}
   * @param vectors one behind the other, {@code [vector][feature]}
   */
  void addGradient(double[] factors, int count, double[] vectors) {
    for (int k = 0; k < count; k++) {
      for (int r = 0; r < size; r += AT_ONCE) {
        int factor = k * size + r;
        addScaled(
            vectors,
            k * features,
            byRow,
            r * features,
            features,
            factors[factor],
            factors[factor + 1],
            factors[factor + 2],
            factors[factor + 3]);
      }
    }
  }

  /** Adds four neighbouring runs of numbers, each with its factor; the compiler vectorizes it. */
  private static void addScaled(
      double[] sums,
      int sum,
      double[] values,
      int value,
      int length,
      double factor0,
      double factor1,
      double factor2,
      double factor3) {
    int value1 = value + length;
    int value2 = value1 + length;
    int value3 = value2 + length;
    for (int i = 0; i < length; i++) {
      sums[sum + i] +=
          factor0 * values[value + i]
              + factor1 * values[value1 + i]
              + (factor2 * values[value2 + i] + factor3 * values[value3 + i]);
    }
  }
}
