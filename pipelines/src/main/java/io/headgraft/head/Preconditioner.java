package io.headgraft.head;

import java.util.Arrays;

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

  private static final int BLOCK = Kernels.ROWS;

  private final int labels;
  private final int features;

  /** The features, filled up to whole blocks. */
  private final int size;

  private final double curvature;

  /** The lower triangle of the Cholesky factor in blocks of columns: what is on the diagonal… */
  private final double[][][] diagonal;

  /** … and what is below it, [block][column of the block][row below]. */
  private final double[][][] below;

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
    this.diagonal = new double[size / BLOCK][BLOCK][BLOCK];
    this.below = new double[size / BLOCK][][];
    double[] rest = new double[covariance.length];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = curvature * covariance[i] + (i % (size + 1) == 0 ? l2 : 0);
    }
    for (int block = 0; block < diagonal.length; block++) {
      factorize(block, rest);
    }
  }

  /**
   * Takes a block of columns off the matrix (G. Golub and C. Van Loan, "Matrix Computations", 4.2).
   */
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

  /**
   * The covariance of standardized rows, from some of them, evenly spread.
   *
   * @return [feature][feature], filled up with zeros to a multiple of {@link Kernels#ROWS} each way
   */
  static double[] covariance(Rows rows) {
    int size = Kernels.lanes(rows.features()[0].length, BLOCK);
    int count = Math.min(MOST_ROWS, rows.size());
    double[] covariance = new double[size * size];
    RowTile tile = new RowTile(rows.features()[0].length);
    double[] factors = new double[Kernels.ROWS * size];
    for (int start = 0; start < count; start += Kernels.ROWS) {
      float[][] some = new float[Math.min(Kernels.ROWS, count - start)][];
      for (int i = 0; i < some.length; i++) {
        some[i] = rows.features()[(int) ((long) rows.size() * (start + i) / count)];
      }
      tile.load(some, 0, some.length);
      for (int r = 0; r < Kernels.ROWS; r++) {
        System.arraycopy(tile.rows()[r], 0, factors, r * size, tile.rows()[r].length);
      }
      Kernels.best().addOuterProducts(tile.rows(), factors, size, covariance, 0, 0);
    }
    for (int i = 0; i < covariance.length; i++) {
      covariance[i] /= count;
    }
    return covariance;
  }

  /** Multiplies parameters by the inverse, in place. */
  void apply(double[] parameters) {
    int lanes = Kernels.lanes(labels, Kernels.DOUBLE_LANES);
    double[] values = new double[size * lanes];
    for (int k = 0; k < labels; k++) {
      for (int i = 0; i < features; i++) {
        values[i * lanes + k] = parameters[k * features + i];
      }
    }
    solve(values, lanes);
    for (int k = 0; k < labels; k++) {
      for (int i = 0; i < features; i++) {
        parameters[k * features + i] = values[i * lanes + k];
      }
    }
    for (int i = labels * features; i < parameters.length; i++) {
      parameters[i] /= curvature;
    }
  }

  /** By the factor, then by its transpose: a block's part, and what that is for the others. */
  private void solve(double[] values, int lanes) {
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
    for (int block = diagonal.length - 1; block >= 0; block--) {
      int start = block * BLOCK;
      Arrays.fill(negative, 0);
      Kernels.best().addProducts(below[block], values, start + BLOCK, lanes, negative);
      for (int i = 0; i < negative.length; i++) {
        values[start * lanes + i] -= negative[i];
      }
      for (int i = BLOCK - 1; i >= 0; i--) {
        for (int k = i + 1; k < BLOCK; k++) {
          subtract(values, start + i, diagonal[block][k][i], start + k, lanes);
        }
        divide(values, start + i, diagonal[block][i][i], lanes);
      }
    }
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
