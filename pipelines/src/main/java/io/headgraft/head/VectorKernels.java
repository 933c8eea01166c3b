package io.headgraft.head;

/** The kernels by Java's vectors. */
final class VectorKernels implements Kernels {

  @Override
  public void addProducts(
      float[][] rows, float[] matrix, int start, int stride, int columns, float[] sums) {
    FloatVectorKernels.addProducts(rows, matrix, start, stride, columns, sums);
  }

  @Override
  public void addOuterProducts(
      float[][] rows, float[] factors, int columns, float[] matrix, int start, int stride) {
    FloatVectorKernels.addOuterProducts(rows, factors, columns, matrix, start, stride);
  }

  @Override
  public void addProducts(
      double[][] rows, double[] matrix, int start, int stride, int columns, double[] sums) {
    DoubleVectorKernels.addProducts(rows, matrix, start, stride, columns, sums);
  }

  @Override
  public void addOuterProducts(
      double[][] rows, double[] factors, int columns, double[] matrix, int start, int stride) {
    DoubleVectorKernels.addOuterProducts(rows, factors, columns, matrix, start, stride);
  }

  @Override
  public void widen(float[] row, double[] to, int begin, int end) {
    DoubleVectorKernels.widen(row, to, begin, end);
  }

  @Override
  public String toString() {
    return "by vectors of %d bits".formatted(FloatVectorKernels.SPECIES.vectorBitSize());
  }
}
