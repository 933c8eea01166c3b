package io.headgraft.head;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The sum over rows x of x · xᵀ, by blocks of the matrix that a processor's cache holds. The same
 * rows give the same bits, whatever number of threads there is.
 */
final class Products {

  /** Rows of the matrix at a time. */
  private static final int BLOCK = 64;

  /** Where rows come from: those of many threads at once. */
  @FunctionalInterface
  interface Source {

    /**
     * Writes a part of a row.
     *
     * @param from its first number
     * @param to receives the numbers of the row from there on, in the same places as the row's
     */
    void read(int row, int from, double[] to);
  }

  private Products() {}

  /** The features, filled up to the length of the matrix's sides: whole blocks. */
  static int side(int features) {
    return (features + Cholesky.BLOCK - 1) / Cholesky.BLOCK * Cholesky.BLOCK;
  }

  /**
   * Adds rows up.
   *
   * @return [feature][feature], filled up with zeros to {@link #side} each way
   */
  static double[] sum(int rows, int features, Source source) {
    int side = side(features);
    double[] sums = new double[side * side];
    IntStream.range(0, (features + BLOCK - 1) / BLOCK)
        .parallel()
        .forEach(block -> addBlock(block * BLOCK, rows, features, source, sums));
    for (int i = 0; i < features; i++) {
      for (int j = 0; j < i; j++) {
        sums[i * side + j] = sums[j * side + i];
      }
    }
    return sums;
  }

  /** What is right of the diagonal, and a part left of it. */
  private static void addBlock(int first, int rows, int features, Source source, double[] sums) {
    int side = side(features);
    int columns = Math.min(BLOCK, features - first);
    double[][] tile = new double[Kernels.ROWS][features - first];
    double[] row = new double[features];
    double[] factors = new double[Kernels.ROWS * columns];
    for (int start = 0; start < rows; start += Kernels.ROWS) {
      for (int r = 0; r < Kernels.ROWS; r++) {
        if (start + r < rows) {
          source.read(start + r, first, row);
        } else {
          Arrays.fill(row, 0);
        }
        System.arraycopy(row, first, tile[r], 0, tile[r].length);
        System.arraycopy(row, first, factors, r * columns, columns);
      }
      Kernels.best().addOuterProducts(tile, factors, columns, sums, first * side + first, side);
    }
  }
}
