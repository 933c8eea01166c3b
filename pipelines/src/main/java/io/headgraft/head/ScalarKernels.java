package io.headgraft.head;

import java.util.Arrays;

/** The kernels where Java has no vectors: each line says what {@link VectorKernels} computes. */
final class ScalarKernels implements Kernels {

  @Override
  public void addProducts(
      float[][] rows, float[] matrix, int start, int stride, int columns, float[] sums) {
    float[] lanes = new float[FLOAT_LANES];
    for (int r = 0; r < ROWS; r++) {
      for (int column = 0; column < columns; column++) {
        Arrays.fill(lanes, 0);
        int at = start + column * stride;
        for (int i = 0; i < rows[r].length; i++) {
          int lane = i % FLOAT_LANES;
          lanes[lane] = Math.fma(rows[r][i], matrix[at + i], lanes[lane]);
        }
        sums[r * columns + column] += Kernels.sum(lanes, 0);
      }
    }
  }

  @Override
  public void addOuterProducts(
      float[][] rows, float[] factors, int columns, float[] matrix, int start, int stride) {
    for (int r = 0; r < ROWS; r++) {
      for (int column = 0; column < columns; column++) {
        float factor = factors[r * columns + column];
        int at = start + column * stride;
        for (int i = 0; i < rows[r].length; i++) {
          matrix[at + i] = Math.fma(rows[r][i], factor, matrix[at + i]);
        }
      }
    }
  }

  @Override
  public void addProducts(
      double[][] rows, double[] matrix, int start, int stride, int columns, double[] sums) {
    double[] lanes = new double[DOUBLE_LANES];
    for (int r = 0; r < ROWS; r++) {
      for (int column = 0; column < columns; column++) {
        Arrays.fill(lanes, 0);
        int at = start + column * stride;
        for (int i = 0; i < rows[r].length; i++) {
          int lane = i % DOUBLE_LANES;
          lanes[lane] = Math.fma(rows[r][i], matrix[at + i], lanes[lane]);
        }
        sums[r * columns + column] += Kernels.sum(lanes, 0);
      }
    }
  }

  @Override
  public void addOuterProducts(
      double[][] rows, double[] factors, int columns, double[] matrix, int start, int stride) {
    for (int r = 0; r < ROWS; r++) {
      for (int column = 0; column < columns; column++) {
        double factor = factors[r * columns + column];
        int at = start + column * stride;
        for (int i = 0; i < rows[r].length; i++) {
          matrix[at + i] = Math.fma(rows[r][i], factor, matrix[at + i]);
        }
      }
    }
  }

  @Override
  public void widen(float[] row, double[] to, int begin, int end) {
    for (int i = begin; i < end; i++) {
      to[i] = row[i];
    }
  }

  @Override
  public String toString() {
    return "without vectors: --add-modules=jdk.incubator.vector makes it many times as fast";
  }
}
