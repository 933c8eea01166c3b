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
    double[] factors = new double[BLOCK * size];
    for (int column = 0; column < BLOCK; column++) {
      for (int i = end; i < size; i++) {
        factors[column * size + i] = -below[block][column][i - end];
      }
    }
    Kernels.best().addOuterProducts(below[block], factors, size, rest, end, end);
  }

  /** Multiplies columns by the inverse of L · Lᵀ, in place: {@code values} is [row][lane]. */
  void solve(double[] values, int lanes) {
    solveFactor(values, lanes);
    double[] sums = new double[BLOCK * lanes];
    for (int block = diagonal.length - 1; block >= 0; block--) {
      int start = block * BLOCK;
      Arrays.fill(sums, 0);
      Kernels.best().addProducts(below[block], values, start + BLOCK, lanes, sums);
      for (int i = 0; i < sums.length; i++) {
        values[start * lanes + i] -= sums[i];
      }
      for (int i = BLOCK - 1; i >= 0; i--) {
        for (int k = i + 1; k < BLOCK; k++) {
          subtract(values, start + i, diagonal[block][k][i], start + k, lanes);
        }
        divide(values, start + i, diagonal[block][i][i], lanes);
      }
    }
  }

  /**
   * Multiplies columns by the inverse of L, in place: a block's part, and what that is for those
   * below it.
   *
   * @param values [row][lane]
   */
  void solveFactor(double[] values, int lanes) {
    double[] negative = new double[BLOCK * lanes];
    for (int block = 0; block < diagonal.length; block++) {
      int start = block * BLOCK;
      for (int i = 0; i < BLOCK; i++) {
        for (int k = 0; k < i; k++) {
          subtract(values, start + i, diagonal[block][i][k], start + k, lanes);
        }
        divide(values, start + i, diagonal[block][i][i], lanes);
      }
      for (int i = 0; i < negative.length; i++) {
        negative[i] = -values[start * lanes + i];
      }
      Kernels.best().addOuterProducts(below[block], negative, lanes, values, start + BLOCK, 0);
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

  private static void subtract(double[] values, int from, double factor, int what, int lanes) {
    for (int lane = 0; lane < lanes; lane++) {
      values[from * lanes + lane] -= factor * values[what * lanes + lane];
    }
  }

  private static void divide(double[] values, int row, double divisor, int lanes) {
    for (int lane = 0; lane < lanes; lane++) {
      values[row * lanes + lane] /= divisor;
    }
  }
}
