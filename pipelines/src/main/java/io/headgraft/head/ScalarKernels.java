package io.headgraft.head;

/** The kernels where Java has no vectors: each line says what {@link VectorKernels} computes. */
final class ScalarKernels implements Kernels {

  @Override
  public void addProducts(float[][] rows, float[] matrix, int lanes, float[] sums) {
    for (int r = 0; r < ROWS; r++) {
      for (int i = 0; i < rows[r].length; i++) {
        for (int lane = 0; lane < lanes; lane++) {
          int sum = r * lanes + lane;
          sums[sum] = Math.fma(rows[r][i], matrix[i * lanes + lane], sums[sum]);
        }
      }
    }
  }

  @Override
  public void addOuterProducts(float[][] rows, float[] factors, int lanes, float[] matrix) {
    for (int r = 0; r < ROWS; r++) {
      for (int i = 0; i < rows[r].length; i++) {
        for (int lane = 0; lane < lanes; lane++) {
          int at = i * lanes + lane;
          matrix[at] = Math.fma(rows[r][i], factors[r * lanes + lane], matrix[at]);
        }
      }
    }
  }

  @Override
  public void addProducts(double[][] rows, double[] matrix, int first, int lanes, double[] sums) {
    for (int r = 0; r < ROWS; r++) {
      for (int i = 0; i < rows[r].length; i++) {
        for (int lane = 0; lane < lanes; lane++) {
          int sum = r * lanes + lane;
          sums[sum] = Math.fma(rows[r][i], matrix[(first + i) * lanes + lane], sums[sum]);
        }
      }
    }
  }

  @Override
  public void addOuterProducts(
      double[][] rows, double[] factors, int lanes, double[] matrix, int first, int firstLane) {
    for (int r = 0; r < ROWS; r++) {
      for (int i = 0; i < rows[r].length; i++) {
        for (int lane = firstLane; lane < lanes; lane++) {
          int at = (first + i) * lanes + lane;
          matrix[at] = Math.fma(rows[r][i], factors[r * lanes + lane], matrix[at]);
        }
      }
    }
  }
}
