package io.headgraft.head;

import java.util.Arrays;

/**
 * The Cholesky factor L of a symmetric positive definite matrix L · Lᵀ, in blocks of columns as
 * wide as the {@link Kernels} take rows (G. Golub and C. Van Loan, "Matrix Computations", 4.2).
 */
final class Cholesky {

  static final int BLOCK = Kernels.ROWS;

  private final int size;

  /** The lower triangle in blocks of columns: what is on the diagonal… */
  private final double[][][] diagonal;

  /** … and what is below it, [block][column of the block][row below]. */
  private final double[][][] below;

  /**
   * Factorizes.
   *
   * @param matrix [row][column], a multiple of {@link #BLOCK} each way; used up
   */
  Cholesky(double[] matrix) {
    this.size = (int) Math.sqrt(matrix.length);
    this.diagonal = new double[size / BLOCK][BLOCK][BLOCK];
    this.below = new double[size / BLOCK][][];
    for (int block = 0; block < diagonal.length; block++) {
      factorize(block, matrix);
    }
  }

  /** Takes a block of columns off the matrix. */
  private void factorize(int block, double[] rest) {
    int start = block * BLOCK;
    int end = start + BLOCK;
    below[block] = new double[BLOCK][size - end];
    for (int column = 0; column < BLOCK; column++) {
      double[] own = diagonal[block][column];
      for (int row = start + column; row < size; row++) {
        double sum = rest[row * size + start + column];
        for (int k = 0; k < column; k++) {
          sum -=
              (row < end ? diagonal[block][row - start][k] : below[block][k][row - end]) * own[k];
        }
        if (row == start + column) {
          own[column] = Math.sqrt(sum);
        } else if (row < end) {
          diagonal[block][row - start][column] = sum / own[column];
        } else {
          below[block][column][row - end] = sum / own[column];
        }
      }
    }
    int left = size - end;
    double[] factors = new double[BLOCK * left];
    for (int column = 0; column < BLOCK; column++) {
      for (int i = 0; i < left; i++) {
        factors[column * left + i] = -below[block][column][i];
      }
    }
    Kernels.best().addOuterProducts(below[block], factors, left, rest, end * size + end, size);
  }

  /**
   * Multiplies columns by the inverse of L · Lᵀ, in place.
   *
   * @param values [column][row]
   */
  void solve(double[] values) {
    solveFactor(values);
    int columns = values.length / size;
    double[] sums = new double[BLOCK * columns];
    for (int block = diagonal.length - 1; block >= 0; block--) {
      int start = block * BLOCK;
      Arrays.fill(sums, 0);
      Kernels.best().addProducts(below[block], values, start + BLOCK, size, columns, sums);
      for (int column = 0; column < columns; column++) {
        int at = column * size + start;
        for (int i = BLOCK - 1; i >= 0; i--) {
          double value = values[at + i] - sums[i * columns + column];
          for (int k = i + 1; k < BLOCK; k++) {
            value -= diagonal[block][k][i] * values[at + k];
          }
          values[at + i] = value / diagonal[block][i][i];
        }
      }
    }
  }

  /**
   * Multiplies columns by the inverse of L, in place: a block's part, and what that is for those
   * below it.
   *
   * @param values [column][row]
   */
  void solveFactor(double[] values) {
    int columns = values.length / size;
    double[] negative = new double[BLOCK * columns];
    for (int block = 0; block < diagonal.length; block++) {
      int start = block * BLOCK;
      for (int column = 0; column < columns; column++) {
        int at = column * size + start;
        for (int i = 0; i < BLOCK; i++) {
          double value = values[at + i];
          for (int k = 0; k < i; k++) {
            value -= diagonal[block][i][k] * values[at + k];
          }
          values[at + i] = value / diagonal[block][i][i];
          negative[i * columns + column] = -values[at + i];
        }
      }
      Kernels.best().addOuterProducts(below[block], negative, columns, values, start + BLOCK, size);
    }
  }

  /**
   * A row times L.
   *
   * @param row up to as many numbers as L has rows, those that are left out being zero
   * @return as many as the row has
   */
  double[] times(double[] row) {
    double[] product = new double[row.length];
    for (int column = 0; column < row.length; column++) {
      int block = column / BLOCK;
      int end = (block + 1) * BLOCK;
      for (int i = column; i < Math.min(end, row.length); i++) {
        product[column] += row[i] * diagonal[block][i % BLOCK][column % BLOCK];
      }
      for (int i = end; i < row.length; i++) {
        product[column] += row[i] * below[block][column % BLOCK][i - end];
      }
    }
    return product;
  }
}
