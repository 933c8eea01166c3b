package io.headgraft.head;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels by Java's vectors. Each takes one vector of lanes at a time, and keeps a sum for each
 * row, or a factor, in a register: the loops are written out because the compiler keeps no arrays
 * of vectors there.
 */
final class VectorKernels implements Kernels {

  private static final VectorSpecies<Float> FLOATS =
      FloatVector.SPECIES_PREFERRED.length() > FLOAT_LANES
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  private static final VectorSpecies<Double> DOUBLES =
      DoubleVector.SPECIES_PREFERRED.length() > DOUBLE_LANES
          ? DoubleVector.SPECIES_512
          : DoubleVector.SPECIES_PREFERRED;

  @Override
  public void addProducts(float[][] rows, float[] matrix, int lanes, float[] sums) {
    for (int lane = 0; lane < lanes; lane += FLOATS.length()) {
      addProductsOfLanes(rows, matrix, lanes, sums, lane);
    }
  }

  private static void addProductsOfLanes(
      float[][] rows, float[] matrix, int lanes, float[] sums, int lane) {
    float[] row0 = rows[0];
    float[] row1 = rows[1];
    float[] row2 = rows[2];
    float[] row3 = rows[3];
    float[] row4 = rows[4];
    float[] row5 = rows[5];
    float[] row6 = rows[6];
    float[] row7 = rows[7];
    FloatVector sum0 = FloatVector.fromArray(FLOATS, sums, lane);
    FloatVector sum1 = FloatVector.fromArray(FLOATS, sums, lanes + lane);
    FloatVector sum2 = FloatVector.fromArray(FLOATS, sums, 2 * lanes + lane);
    FloatVector sum3 = FloatVector.fromArray(FLOATS, sums, 3 * lanes + lane);
    FloatVector sum4 = FloatVector.fromArray(FLOATS, sums, 4 * lanes + lane);
    FloatVector sum5 = FloatVector.fromArray(FLOATS, sums, 5 * lanes + lane);
    FloatVector sum6 = FloatVector.fromArray(FLOATS, sums, 6 * lanes + lane);
    FloatVector sum7 = FloatVector.fromArray(FLOATS, sums, 7 * lanes + lane);
    for (int i = 0; i < row0.length; i++) {
      FloatVector column = FloatVector.fromArray(FLOATS, matrix, i * lanes + lane);
      sum0 = FloatVector.broadcast(FLOATS, row0[i]).fma(column, sum0);
      sum1 = FloatVector.broadcast(FLOATS, row1[i]).fma(column, sum1);
      sum2 = FloatVector.broadcast(FLOATS, row2[i]).fma(column, sum2);
      sum3 = FloatVector.broadcast(FLOATS, row3[i]).fma(column, sum3);
      sum4 = FloatVector.broadcast(FLOATS, row4[i]).fma(column, sum4);
      sum5 = FloatVector.broadcast(FLOATS, row5[i]).fma(column, sum5);
      sum6 = FloatVector.broadcast(FLOATS, row6[i]).fma(column, sum6);
      sum7 = FloatVector.broadcast(FLOATS, row7[i]).fma(column, sum7);
    }
    sum0.intoArray(sums, lane);
    sum1.intoArray(sums, lanes + lane);
    sum2.intoArray(sums, 2 * lanes + lane);
    sum3.intoArray(sums, 3 * lanes + lane);
    sum4.intoArray(sums, 4 * lanes + lane);
    sum5.intoArray(sums, 5 * lanes + lane);
    sum6.intoArray(sums, 6 * lanes + lane);
    sum7.intoArray(sums, 7 * lanes + lane);
  }

  @Override
  public void addOuterProducts(float[][] rows, float[] factors, int lanes, float[] matrix) {
    for (int lane = 0; lane < lanes; lane += FLOATS.length()) {
      addOuterProductsOfLanes(rows, factors, lanes, matrix, lane);
    }
  }

  private static void addOuterProductsOfLanes(
      float[][] rows, float[] factors, int lanes, float[] matrix, int lane) {
    float[] row0 = rows[0];
    float[] row1 = rows[1];
    float[] row2 = rows[2];
    float[] row3 = rows[3];
    float[] row4 = rows[4];
    float[] row5 = rows[5];
    float[] row6 = rows[6];
    float[] row7 = rows[7];
    FloatVector factor0 = FloatVector.fromArray(FLOATS, factors, lane);
    FloatVector factor1 = FloatVector.fromArray(FLOATS, factors, lanes + lane);
    FloatVector factor2 = FloatVector.fromArray(FLOATS, factors, 2 * lanes + lane);
    FloatVector factor3 = FloatVector.fromArray(FLOATS, factors, 3 * lanes + lane);
    FloatVector factor4 = FloatVector.fromArray(FLOATS, factors, 4 * lanes + lane);
    FloatVector factor5 = FloatVector.fromArray(FLOATS, factors, 5 * lanes + lane);
    FloatVector factor6 = FloatVector.fromArray(FLOATS, factors, 6 * lanes + lane);
    FloatVector factor7 = FloatVector.fromArray(FLOATS, factors, 7 * lanes + lane);
    for (int i = 0; i < row0.length; i++) {
      int at = i * lanes + lane;
      FloatVector sum = FloatVector.fromArray(FLOATS, matrix, at);
      sum = FloatVector.broadcast(FLOATS, row0[i]).fma(factor0, sum);
      sum = FloatVector.broadcast(FLOATS, row1[i]).fma(factor1, sum);
      sum = FloatVector.broadcast(FLOATS, row2[i]).fma(factor2, sum);
      sum = FloatVector.broadcast(FLOATS, row3[i]).fma(factor3, sum);
      sum = FloatVector.broadcast(FLOATS, row4[i]).fma(factor4, sum);
      sum = FloatVector.broadcast(FLOATS, row5[i]).fma(factor5, sum);
      sum = FloatVector.broadcast(FLOATS, row6[i]).fma(factor6, sum);
      sum = FloatVector.broadcast(FLOATS, row7[i]).fma(factor7, sum);
      sum.intoArray(matrix, at);
    }
  }

  @Override
  public void addProducts(double[][] rows, double[] matrix, int first, int lanes, double[] sums) {
    int lane = 0;
    // Two sums a row need sixteen registers, and as many for the rest: only the widest vectors
    // have them.
    for (;
        DOUBLES.length() == DOUBLE_LANES && lane + 2 * DOUBLE_LANES <= lanes;
        lane += 2 * DOUBLE_LANES) {
      addProductsOfTwice(rows, matrix, first, lanes, sums, lane);
    }
    for (; lane < lanes; lane += DOUBLES.length()) {
      addProductsOfLanes(rows, matrix, first, lanes, sums, lane);
    }
  }

  private static void addProductsOfTwice(
      double[][] rows, double[] matrix, int first, int lanes, double[] sums, int lane) {
    double[] row0 = rows[0];
    double[] row1 = rows[1];
    double[] row2 = rows[2];
    double[] row3 = rows[3];
    double[] row4 = rows[4];
    double[] row5 = rows[5];
    double[] row6 = rows[6];
    double[] row7 = rows[7];
    DoubleVector sum0 = DoubleVector.fromArray(DOUBLES, sums, lane);
    DoubleVector next0 = DoubleVector.fromArray(DOUBLES, sums, lane + DOUBLE_LANES);
    DoubleVector sum1 = DoubleVector.fromArray(DOUBLES, sums, lanes + lane);
    DoubleVector next1 = DoubleVector.fromArray(DOUBLES, sums, lanes + lane + DOUBLE_LANES);
    DoubleVector sum2 = DoubleVector.fromArray(DOUBLES, sums, 2 * lanes + lane);
    DoubleVector next2 = DoubleVector.fromArray(DOUBLES, sums, 2 * lanes + lane + DOUBLE_LANES);
    DoubleVector sum3 = DoubleVector.fromArray(DOUBLES, sums, 3 * lanes + lane);
    DoubleVector next3 = DoubleVector.fromArray(DOUBLES, sums, 3 * lanes + lane + DOUBLE_LANES);
    DoubleVector sum4 = DoubleVector.fromArray(DOUBLES, sums, 4 * lanes + lane);
    DoubleVector next4 = DoubleVector.fromArray(DOUBLES, sums, 4 * lanes + lane + DOUBLE_LANES);
    DoubleVector sum5 = DoubleVector.fromArray(DOUBLES, sums, 5 * lanes + lane);
    DoubleVector next5 = DoubleVector.fromArray(DOUBLES, sums, 5 * lanes + lane + DOUBLE_LANES);
    DoubleVector sum6 = DoubleVector.fromArray(DOUBLES, sums, 6 * lanes + lane);
    DoubleVector next6 = DoubleVector.fromArray(DOUBLES, sums, 6 * lanes + lane + DOUBLE_LANES);
    DoubleVector sum7 = DoubleVector.fromArray(DOUBLES, sums, 7 * lanes + lane);
    DoubleVector next7 = DoubleVector.fromArray(DOUBLES, sums, 7 * lanes + lane + DOUBLE_LANES);
    for (int i = 0; i < row0.length; i++) {
      int at = (first + i) * lanes + lane;
      DoubleVector column = DoubleVector.fromArray(DOUBLES, matrix, at);
      DoubleVector nextColumn = DoubleVector.fromArray(DOUBLES, matrix, at + DOUBLE_LANES);
      DoubleVector value = DoubleVector.broadcast(DOUBLES, row0[i]);
      sum0 = value.fma(column, sum0);
      next0 = value.fma(nextColumn, next0);
      value = DoubleVector.broadcast(DOUBLES, row1[i]);
      sum1 = value.fma(column, sum1);
      next1 = value.fma(nextColumn, next1);
      value = DoubleVector.broadcast(DOUBLES, row2[i]);
      sum2 = value.fma(column, sum2);
      next2 = value.fma(nextColumn, next2);
      value = DoubleVector.broadcast(DOUBLES, row3[i]);
      sum3 = value.fma(column, sum3);
      next3 = value.fma(nextColumn, next3);
      value = DoubleVector.broadcast(DOUBLES, row4[i]);
      sum4 = value.fma(column, sum4);
      next4 = value.fma(nextColumn, next4);
      value = DoubleVector.broadcast(DOUBLES, row5[i]);
      sum5 = value.fma(column, sum5);
      next5 = value.fma(nextColumn, next5);
      value = DoubleVector.broadcast(DOUBLES, row6[i]);
      sum6 = value.fma(column, sum6);
      next6 = value.fma(nextColumn, next6);
      value = DoubleVector.broadcast(DOUBLES, row7[i]);
      sum7 = value.fma(column, sum7);
      next7 = value.fma(nextColumn, next7);
    }
    sum0.intoArray(sums, lane);
    next0.intoArray(sums, lane + DOUBLE_LANES);
    sum1.intoArray(sums, lanes + lane);
    next1.intoArray(sums, lanes + lane + DOUBLE_LANES);
    sum2.intoArray(sums, 2 * lanes + lane);
    next2.intoArray(sums, 2 * lanes + lane + DOUBLE_LANES);
    sum3.intoArray(sums, 3 * lanes + lane);
    next3.intoArray(sums, 3 * lanes + lane + DOUBLE_LANES);
    sum4.intoArray(sums, 4 * lanes + lane);
    next4.intoArray(sums, 4 * lanes + lane + DOUBLE_LANES);
    sum5.intoArray(sums, 5 * lanes + lane);
    next5.intoArray(sums, 5 * lanes + lane + DOUBLE_LANES);
    sum6.intoArray(sums, 6 * lanes + lane);
    next6.intoArray(sums, 6 * lanes + lane + DOUBLE_LANES);
    sum7.intoArray(sums, 7 * lanes + lane);
    next7.intoArray(sums, 7 * lanes + lane + DOUBLE_LANES);
  }

  private static void addProductsOfLanes(
      double[][] rows, double[] matrix, int first, int lanes, double[] sums, int lane) {
    double[] row0 = rows[0];
    double[] row1 = rows[1];
    double[] row2 = rows[2];
    double[] row3 = rows[3];
    double[] row4 = rows[4];
    double[] row5 = rows[5];
    double[] row6 = rows[6];
    double[] row7 = rows[7];
    DoubleVector sum0 = DoubleVector.fromArray(DOUBLES, sums, lane);
    DoubleVector sum1 = DoubleVector.fromArray(DOUBLES, sums, lanes + lane);
    DoubleVector sum2 = DoubleVector.fromArray(DOUBLES, sums, 2 * lanes + lane);
    DoubleVector sum3 = DoubleVector.fromArray(DOUBLES, sums, 3 * lanes + lane);
    DoubleVector sum4 = DoubleVector.fromArray(DOUBLES, sums, 4 * lanes + lane);
    DoubleVector sum5 = DoubleVector.fromArray(DOUBLES, sums, 5 * lanes + lane);
    DoubleVector sum6 = DoubleVector.fromArray(DOUBLES, sums, 6 * lanes + lane);
    DoubleVector sum7 = DoubleVector.fromArray(DOUBLES, sums, 7 * lanes + lane);
    for (int i = 0; i < row0.length; i++) {
      DoubleVector column = DoubleVector.fromArray(DOUBLES, matrix, (first + i) * lanes + lane);
      sum0 = DoubleVector.broadcast(DOUBLES, row0[i]).fma(column, sum0);
      sum1 = DoubleVector.broadcast(DOUBLES, row1[i]).fma(column, sum1);
      sum2 = DoubleVector.broadcast(DOUBLES, row2[i]).fma(column, sum2);
      sum3 = DoubleVector.broadcast(DOUBLES, row3[i]).fma(column, sum3);
      sum4 = DoubleVector.broadcast(DOUBLES, row4[i]).fma(column, sum4);
      sum5 = DoubleVector.broadcast(DOUBLES, row5[i]).fma(column, sum5);
      sum6 = DoubleVector.broadcast(DOUBLES, row6[i]).fma(column, sum6);
      sum7 = DoubleVector.broadcast(DOUBLES, row7[i]).fma(column, sum7);
    }
    sum0.intoArray(sums, lane);
    sum1.intoArray(sums, lanes + lane);
    sum2.intoArray(sums, 2 * lanes + lane);
    sum3.intoArray(sums, 3 * lanes + lane);
    sum4.intoArray(sums, 4 * lanes + lane);
    sum5.intoArray(sums, 5 * lanes + lane);
    sum6.intoArray(sums, 6 * lanes + lane);
    sum7.intoArray(sums, 7 * lanes + lane);
  }

  @Override
  public void addOuterProducts(
      double[][] rows, double[] factors, int lanes, double[] matrix, int first, int firstLane) {
    for (int lane = firstLane; lane < lanes; lane += DOUBLES.length()) {
      addOuterProductsOfLanes(rows, factors, lanes, matrix, first, lane);
    }
  }

  private static void addOuterProductsOfLanes(
      double[][] rows, double[] factors, int lanes, double[] matrix, int first, int lane) {
    double[] row0 = rows[0];
    double[] row1 = rows[1];
    double[] row2 = rows[2];
    double[] row3 = rows[3];
    double[] row4 = rows[4];
    double[] row5 = rows[5];
    double[] row6 = rows[6];
    double[] row7 = rows[7];
    DoubleVector factor0 = DoubleVector.fromArray(DOUBLES, factors, lane);
    DoubleVector factor1 = DoubleVector.fromArray(DOUBLES, factors, lanes + lane);
    DoubleVector factor2 = DoubleVector.fromArray(DOUBLES, factors, 2 * lanes + lane);
    DoubleVector factor3 = DoubleVector.fromArray(DOUBLES, factors, 3 * lanes + lane);
    DoubleVector factor4 = DoubleVector.fromArray(DOUBLES, factors, 4 * lanes + lane);
    DoubleVector factor5 = DoubleVector.fromArray(DOUBLES, factors, 5 * lanes + lane);
    DoubleVector factor6 = DoubleVector.fromArray(DOUBLES, factors, 6 * lanes + lane);
    DoubleVector factor7 = DoubleVector.fromArray(DOUBLES, factors, 7 * lanes + lane);
    for (int i = 0; i < row0.length; i++) {
      int at = (first + i) * lanes + lane;
      DoubleVector sum = DoubleVector.fromArray(DOUBLES, matrix, at);
      sum = DoubleVector.broadcast(DOUBLES, row0[i]).fma(factor0, sum);
      sum = DoubleVector.broadcast(DOUBLES, row1[i]).fma(factor1, sum);
      sum = DoubleVector.broadcast(DOUBLES, row2[i]).fma(factor2, sum);
      sum = DoubleVector.broadcast(DOUBLES, row3[i]).fma(factor3, sum);
      sum = DoubleVector.broadcast(DOUBLES, row4[i]).fma(factor4, sum);
      sum = DoubleVector.broadcast(DOUBLES, row5[i]).fma(factor5, sum);
      sum = DoubleVector.broadcast(DOUBLES, row6[i]).fma(factor6, sum);
      sum = DoubleVector.broadcast(DOUBLES, row7[i]).fma(factor7, sum);
      sum.intoArray(matrix, at);
    }
  }

  @Override
  public String toString() {
    return "by vectors of %d bits".formatted(FLOATS.vectorBitSize());
  }
}
