package io.headgraft.head;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The {@link Kernels} in single precision by Java's vectors. Each takes all rows and three columns
 * at a time, whose sums, or factors, stay in registers: the loops are written out because the
 * compiler keeps no arrays of vectors there. Where there is no third column, or no second one, the
 * last one stands in for it: the same is then computed, and written, again.
 */
final class FloatVectorKernels {

  static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() > Kernels.FLOAT_LANES
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  /** Columns at a time. */
  private static final int GROUP = 3;

  private FloatVectorKernels() {}

  static void addProducts(
      float[][] rows, float[] matrix, int start, int stride, int columns, float[] sums) {
    int length = rows[0].length;
    int whole = length - length % Kernels.FLOAT_LANES;
    // What is left of rows and columns, filled up: the vectors take it like the rest.
    float[][] ends = ends(rows, whole, Kernels.FLOAT_LANES);
    float[] columnEnds = new float[GROUP * Kernels.FLOAT_LANES];
    float[] lanes = new float[GROUP * Kernels.ROWS * Kernels.FLOAT_LANES];
    int[] at = new int[GROUP];
    for (int column = 0; column < columns; column += GROUP) {
      for (int c = 0; c < GROUP; c++) {
        at[c] = start + Math.min(column + c, columns - 1) * stride;
        System.arraycopy(
            matrix, at[c] + whole, columnEnds, c * Kernels.FLOAT_LANES, length - whole);
      }
      Arrays.fill(lanes, 0);
      for (int lane = 0; lane < Kernels.FLOAT_LANES; lane += SPECIES.length()) {
        products(rows, matrix, at[0], at[1], at[2], lane, whole, lanes);
        if (whole < length) {
          products(
              ends,
              columnEnds,
              0,
              Kernels.FLOAT_LANES,
              2 * Kernels.FLOAT_LANES,
              lane,
              Kernels.FLOAT_LANES,
              lanes);
        }
      }
      int count = Math.min(GROUP, columns - column);
      for (int r = 0; r < Kernels.ROWS; r++) {
        for (int c = 0; c < count; c++) {
          sums[r * columns + column + c] +=
              Kernels.sum(lanes, (GROUP * r + c) * Kernels.FLOAT_LANES);
        }
      }
    }
  }

  private static float[][] ends(float[][] rows, int from, int length) {
    float[][] ends = new float[Kernels.ROWS][length];
    for (int r = 0; r < Kernels.ROWS; r++) {
      System.arraycopy(rows[r], from, ends[r], 0, rows[r].length - from);
    }
    return ends;
  }

  /** Of three columns, so many lanes from one on as there are in a vector. */
  private static void products(
      float[][] rows,
      float[] matrix,
      int at,
      int next,
      int last,
      int lane,
      int whole,
      float[] lanes) {
    float[] row0 = rows[0];
    float[] row1 = rows[1];
    float[] row2 = rows[2];
    float[] row3 = rows[3];
    float[] row4 = rows[4];
    float[] row5 = rows[5];
    float[] row6 = rows[6];
    float[] row7 = rows[7];
    FloatVector one0 = FloatVector.fromArray(SPECIES, lanes, lane);
    FloatVector two0 = FloatVector.fromArray(SPECIES, lanes, Kernels.FLOAT_LANES + lane);
    FloatVector three0 = FloatVector.fromArray(SPECIES, lanes, 2 * Kernels.FLOAT_LANES + lane);
    FloatVector one1 = FloatVector.fromArray(SPECIES, lanes, 3 * Kernels.FLOAT_LANES + lane);
    FloatVector two1 = FloatVector.fromArray(SPECIES, lanes, 4 * Kernels.FLOAT_LANES + lane);
    FloatVector three1 = FloatVector.fromArray(SPECIES, lanes, 5 * Kernels.FLOAT_LANES + lane);
    FloatVector one2 = FloatVector.fromArray(SPECIES, lanes, 6 * Kernels.FLOAT_LANES + lane);
    FloatVector two2 = FloatVector.fromArray(SPECIES, lanes, 7 * Kernels.FLOAT_LANES + lane);
    FloatVector three2 = FloatVector.fromArray(SPECIES, lanes, 8 * Kernels.FLOAT_LANES + lane);
    FloatVector one3 = FloatVector.fromArray(SPECIES, lanes, 9 * Kernels.FLOAT_LANES + lane);
    FloatVector two3 = FloatVector.fromArray(SPECIES, lanes, 10 * Kernels.FLOAT_LANES + lane);
    FloatVector three3 = FloatVector.fromArray(SPECIES, lanes, 11 * Kernels.FLOAT_LANES + lane);
    FloatVector one4 = FloatVector.fromArray(SPECIES, lanes, 12 * Kernels.FLOAT_LANES + lane);
    FloatVector two4 = FloatVector.fromArray(SPECIES, lanes, 13 * Kernels.FLOAT_LANES + lane);
    FloatVector three4 = FloatVector.fromArray(SPECIES, lanes, 14 * Kernels.FLOAT_LANES + lane);
    FloatVector one5 = FloatVector.fromArray(SPECIES, lanes, 15 * Kernels.FLOAT_LANES + lane);
    FloatVector two5 = FloatVector.fromArray(SPECIES, lanes, 16 * Kernels.FLOAT_LANES + lane);
    FloatVector three5 = FloatVector.fromArray(SPECIES, lanes, 17 * Kernels.FLOAT_LANES + lane);
    FloatVector one6 = FloatVector.fromArray(SPECIES, lanes, 18 * Kernels.FLOAT_LANES + lane);
    FloatVector two6 = FloatVector.fromArray(SPECIES, lanes, 19 * Kernels.FLOAT_LANES + lane);
    FloatVector three6 = FloatVector.fromArray(SPECIES, lanes, 20 * Kernels.FLOAT_LANES + lane);
    FloatVector one7 = FloatVector.fromArray(SPECIES, lanes, 21 * Kernels.FLOAT_LANES + lane);
    FloatVector two7 = FloatVector.fromArray(SPECIES, lanes, 22 * Kernels.FLOAT_LANES + lane);
    FloatVector three7 = FloatVector.fromArray(SPECIES, lanes, 23 * Kernels.FLOAT_LANES + lane);
    for (int i = lane; i < whole; i += Kernels.FLOAT_LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, matrix, at + i);
      FloatVector y = FloatVector.fromArray(SPECIES, matrix, next + i);
      FloatVector z = FloatVector.fromArray(SPECIES, matrix, last + i);
      FloatVector row = FloatVector.fromArray(SPECIES, row0, i);
      one0 = row.fma(x, one0);
      two0 = row.fma(y, two0);
      three0 = row.fma(z, three0);
      row = FloatVector.fromArray(SPECIES, row1, i);
      one1 = row.fma(x, one1);
      two1 = row.fma(y, two1);
      three1 = row.fma(z, three1);
      row = FloatVector.fromArray(SPECIES, row2, i);
      one2 = row.fma(x, one2);
      two2 = row.fma(y, two2);
      three2 = row.fma(z, three2);
      row = FloatVector.fromArray(SPECIES, row3, i);
      one3 = row.fma(x, one3);
      two3 = row.fma(y, two3);
      three3 = row.fma(z, three3);
      row = FloatVector.fromArray(SPECIES, row4, i);
      one4 = row.fma(x, one4);
      two4 = row.fma(y, two4);
      three4 = row.fma(z, three4);
      row = FloatVector.fromArray(SPECIES, row5, i);
      one5 = row.fma(x, one5);
      two5 = row.fma(y, two5);
      three5 = row.fma(z, three5);
      row = FloatVector.fromArray(SPECIES, row6, i);
      one6 = row.fma(x, one6);
      two6 = row.fma(y, two6);
      three6 = row.fma(z, three6);
      row = FloatVector.fromArray(SPECIES, row7, i);
      one7 = row.fma(x, one7);
      two7 = row.fma(y, two7);
      three7 = row.fma(z, three7);
    }
    one0.intoArray(lanes, lane);
    two0.intoArray(lanes, Kernels.FLOAT_LANES + lane);
    three0.intoArray(lanes, 2 * Kernels.FLOAT_LANES + lane);
    one1.intoArray(lanes, 3 * Kernels.FLOAT_LANES + lane);
    two1.intoArray(lanes, 4 * Kernels.FLOAT_LANES + lane);
    three1.intoArray(lanes, 5 * Kernels.FLOAT_LANES + lane);
    one2.intoArray(lanes, 6 * Kernels.FLOAT_LANES + lane);
    two2.intoArray(lanes, 7 * Kernels.FLOAT_LANES + lane);
    three2.intoArray(lanes, 8 * Kernels.FLOAT_LANES + lane);
    one3.intoArray(lanes, 9 * Kernels.FLOAT_LANES + lane);
    two3.intoArray(lanes, 10 * Kernels.FLOAT_LANES + lane);
    three3.intoArray(lanes, 11 * Kernels.FLOAT_LANES + lane);
    one4.intoArray(lanes, 12 * Kernels.FLOAT_LANES + lane);
    two4.intoArray(lanes, 13 * Kernels.FLOAT_LANES + lane);
    three4.intoArray(lanes, 14 * Kernels.FLOAT_LANES + lane);
    one5.intoArray(lanes, 15 * Kernels.FLOAT_LANES + lane);
    two5.intoArray(lanes, 16 * Kernels.FLOAT_LANES + lane);
    three5.intoArray(lanes, 17 * Kernels.FLOAT_LANES + lane);
    one6.intoArray(lanes, 18 * Kernels.FLOAT_LANES + lane);
    two6.intoArray(lanes, 19 * Kernels.FLOAT_LANES + lane);
    three6.intoArray(lanes, 20 * Kernels.FLOAT_LANES + lane);
    one7.intoArray(lanes, 21 * Kernels.FLOAT_LANES + lane);
    two7.intoArray(lanes, 22 * Kernels.FLOAT_LANES + lane);
    three7.intoArray(lanes, 23 * Kernels.FLOAT_LANES + lane);
  }

  static void addOuterProducts(
      float[][] rows, float[] factors, int columns, float[] matrix, int start, int stride) {
    int length = rows[0].length;
    int width = SPECIES.length();
    int whole = SPECIES.loopBound(length);
    float[][] ends = ends(rows, whole, width);
    float[] columnEnds = new float[GROUP * width];
    float[] own = new float[Kernels.ROWS * GROUP];
    int[] at = new int[GROUP];
    for (int column = 0; column < columns; column += GROUP) {
      for (int c = 0; c < GROUP; c++) {
        int each = Math.min(column + c, columns - 1);
        at[c] = start + each * stride;
        System.arraycopy(matrix, at[c] + whole, columnEnds, c * width, length - whole);
        for (int r = 0; r < Kernels.ROWS; r++) {
          own[r * GROUP + c] = factors[r * columns + each];
        }
      }
      outerProducts(rows, own, matrix, at[0], at[1], at[2], whole);
      if (whole < length) {
        outerProducts(ends, own, columnEnds, 0, width, 2 * width, width);
        for (int c = 0; c < GROUP; c++) {
          System.arraycopy(columnEnds, c * width, matrix, at[c] + whole, length - whole);
        }
      }
    }
  }

  /** Of three columns, up to a whole number of vectors. */
  private static void outerProducts(
      float[][] rows, float[] factors, float[] matrix, int at, int next, int last, int whole) {
    float[] row0 = rows[0];
    float[] row1 = rows[1];
    float[] row2 = rows[2];
    float[] row3 = rows[3];
    float[] row4 = rows[4];
    float[] row5 = rows[5];
    float[] row6 = rows[6];
    float[] row7 = rows[7];
    FloatVector x0 = FloatVector.broadcast(SPECIES, factors[0]);
    FloatVector y0 = FloatVector.broadcast(SPECIES, factors[1]);
    FloatVector z0 = FloatVector.broadcast(SPECIES, factors[2]);
    FloatVector x1 = FloatVector.broadcast(SPECIES, factors[3]);
    FloatVector y1 = FloatVector.broadcast(SPECIES, factors[4]);
    FloatVector z1 = FloatVector.broadcast(SPECIES, factors[5]);
    FloatVector x2 = FloatVector.broadcast(SPECIES, factors[6]);
    FloatVector y2 = FloatVector.broadcast(SPECIES, factors[7]);
    FloatVector z2 = FloatVector.broadcast(SPECIES, factors[8]);
    FloatVector x3 = FloatVector.broadcast(SPECIES, factors[9]);
    FloatVector y3 = FloatVector.broadcast(SPECIES, factors[10]);
    FloatVector z3 = FloatVector.broadcast(SPECIES, factors[11]);
    FloatVector x4 = FloatVector.broadcast(SPECIES, factors[12]);
    FloatVector y4 = FloatVector.broadcast(SPECIES, factors[13]);
    FloatVector z4 = FloatVector.broadcast(SPECIES, factors[14]);
    FloatVector x5 = FloatVector.broadcast(SPECIES, factors[15]);
    FloatVector y5 = FloatVector.broadcast(SPECIES, factors[16]);
    FloatVector z5 = FloatVector.broadcast(SPECIES, factors[17]);
    FloatVector x6 = FloatVector.broadcast(SPECIES, factors[18]);
    FloatVector y6 = FloatVector.broadcast(SPECIES, factors[19]);
    FloatVector z6 = FloatVector.broadcast(SPECIES, factors[20]);
    FloatVector x7 = FloatVector.broadcast(SPECIES, factors[21]);
    FloatVector y7 = FloatVector.broadcast(SPECIES, factors[22]);
    FloatVector z7 = FloatVector.broadcast(SPECIES, factors[23]);
    for (int i = 0; i < whole; i += SPECIES.length()) {
      FloatVector one = FloatVector.fromArray(SPECIES, matrix, at + i);
      FloatVector two = FloatVector.fromArray(SPECIES, matrix, next + i);
      FloatVector three = FloatVector.fromArray(SPECIES, matrix, last + i);
      FloatVector row = FloatVector.fromArray(SPECIES, row0, i);
      one = row.fma(x0, one);
      two = row.fma(y0, two);
      three = row.fma(z0, three);
      row = FloatVector.fromArray(SPECIES, row1, i);
      one = row.fma(x1, one);
      two = row.fma(y1, two);
      three = row.fma(z1, three);
      row = FloatVector.fromArray(SPECIES, row2, i);
      one = row.fma(x2, one);
      two = row.fma(y2, two);
      three = row.fma(z2, three);
      row = FloatVector.fromArray(SPECIES, row3, i);
      one = row.fma(x3, one);
      two = row.fma(y3, two);
      three = row.fma(z3, three);
      row = FloatVector.fromArray(SPECIES, row4, i);
      one = row.fma(x4, one);
      two = row.fma(y4, two);
      three = row.fma(z4, three);
      row = FloatVector.fromArray(SPECIES, row5, i);
      one = row.fma(x5, one);
      two = row.fma(y5, two);
      three = row.fma(z5, three);
      row = FloatVector.fromArray(SPECIES, row6, i);
      one = row.fma(x6, one);
      two = row.fma(y6, two);
      three = row.fma(z6, three);
      row = FloatVector.fromArray(SPECIES, row7, i);
      one = row.fma(x7, one);
      two = row.fma(y7, two);
      three = row.fma(z7, three);
      one.intoArray(matrix, at + i);
      two.intoArray(matrix, next + i);
      three.intoArray(matrix, last + i);
    }
  }
}
