package io.headgraft.head;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The {@link Kernels} in double precision by Java's vectors. Each takes all rows and three columns
 * at a time, whose sums, or factors, stay in registers: the loops are written out because the
 * compiler keeps no arrays of vectors there. Where there is no third column, or no second one, the
 * last one stands in for it: the same is then computed, and written, again.
 */
final class DoubleVectorKernels {

  static final VectorSpecies<Double> SPECIES =
      DoubleVector.SPECIES_PREFERRED.length() > Kernels.DOUBLE_LANES
          ? DoubleVector.SPECIES_512
          : DoubleVector.SPECIES_PREFERRED;

  /** Columns at a time. */
  private static final int GROUP = 3;

  private DoubleVectorKernels() {}

  static void addProducts(
      double[][] rows, double[] matrix, int start, int stride, int columns, double[] sums) {
    int length = rows[0].length;
    int whole = length - length % Kernels.DOUBLE_LANES;
    // What is left of rows and columns, filled up: the vectors take it like the rest.
    double[][] ends = ends(rows, whole, Kernels.DOUBLE_LANES);
    double[] columnEnds = new double[GROUP * Kernels.DOUBLE_LANES];
    double[] lanes = new double[GROUP * Kernels.ROWS * Kernels.DOUBLE_LANES];
    int[] at = new int[GROUP];
    for (int column = 0; column < columns; column += GROUP) {
      for (int c = 0; c < GROUP; c++) {
        at[c] = start + Math.min(column + c, columns - 1) * stride;
        System.arraycopy(
            matrix, at[c] + whole, columnEnds, c * Kernels.DOUBLE_LANES, length - whole);
      }
      Arrays.fill(lanes, 0);
      for (int lane = 0; lane < Kernels.DOUBLE_LANES; lane += SPECIES.length()) {
        products(rows, matrix, at[0], at[1], at[2], lane, whole, lanes);
        if (whole < length) {
          products(
              ends,
              columnEnds,
              0,
              Kernels.DOUBLE_LANES,
              2 * Kernels.DOUBLE_LANES,
              lane,
              Kernels.DOUBLE_LANES,
              lanes);
        }
      }
      int count = Math.min(GROUP, columns - column);
      for (int r = 0; r < Kernels.ROWS; r++) {
        for (int c = 0; c < count; c++) {
          sums[r * columns + column + c] +=
              Kernels.sum(lanes, (GROUP * r + c) * Kernels.DOUBLE_LANES);
        }
      }
    }
  }

  private static double[][] ends(double[][] rows, int from, int length) {
    double[][] ends = new double[Kernels.ROWS][length];
    for (int r = 0; r < Kernels.ROWS; r++) {
      System.arraycopy(rows[r], from, ends[r], 0, rows[r].length - from);
    }
    return ends;
  }

  /** Of three columns, so many lanes from one on as there are in a vector. */
  private static void products(
      double[][] rows,
      double[] matrix,
      int at,
      int next,
      int last,
      int lane,
      int whole,
      double[] lanes) {
    double[] row0 = rows[0];
    double[] row1 = rows[1];
    double[] row2 = rows[2];
    double[] row3 = rows[3];
    double[] row4 = rows[4];
    double[] row5 = rows[5];
    double[] row6 = rows[6];
    double[] row7 = rows[7];
    DoubleVector one0 = DoubleVector.fromArray(SPECIES, lanes, lane);
    DoubleVector two0 = DoubleVector.fromArray(SPECIES, lanes, Kernels.DOUBLE_LANES + lane);
    DoubleVector three0 = DoubleVector.fromArray(SPECIES, lanes, 2 * Kernels.DOUBLE_LANES + lane);
    DoubleVector one1 = DoubleVector.fromArray(SPECIES, lanes, 3 * Kernels.DOUBLE_LANES + lane);
    DoubleVector two1 = DoubleVector.fromArray(SPECIES, lanes, 4 * Kernels.DOUBLE_LANES + lane);
    DoubleVector three1 = DoubleVector.fromArray(SPECIES, lanes, 5 * Kernels.DOUBLE_LANES + lane);
    DoubleVector one2 = DoubleVector.fromArray(SPECIES, lanes, 6 * Kernels.DOUBLE_LANES + lane);
    DoubleVector two2 = DoubleVector.fromArray(SPECIES, lanes, 7 * Kernels.DOUBLE_LANES + lane);
    DoubleVector three2 = DoubleVector.fromArray(SPECIES, lanes, 8 * Kernels.DOUBLE_LANES + lane);
    DoubleVector one3 = DoubleVector.fromArray(SPECIES, lanes, 9 * Kernels.DOUBLE_LANES + lane);
    DoubleVector two3 = DoubleVector.fromArray(SPECIES, lanes, 10 * Kernels.DOUBLE_LANES + lane);
    DoubleVector three3 = DoubleVector.fromArray(SPECIES, lanes, 11 * Kernels.DOUBLE_LANES + lane);
    DoubleVector one4 = DoubleVector.fromArray(SPECIES, lanes, 12 * Kernels.DOUBLE_LANES + lane);
    DoubleVector two4 = DoubleVector.fromArray(SPECIES, lanes, 13 * Kernels.DOUBLE_LANES + lane);
    DoubleVector three4 = DoubleVector.fromArray(SPECIES, lanes, 14 * Kernels.DOUBLE_LANES + lane);
    DoubleVector one5 = DoubleVector.fromArray(SPECIES, lanes, 15 * Kernels.DOUBLE_LANES + lane);
    DoubleVector two5 = DoubleVector.fromArray(SPECIES, lanes, 16 * Kernels.DOUBLE_LANES + lane);
    DoubleVector three5 = DoubleVector.fromArray(SPECIES, lanes, 17 * Kernels.DOUBLE_LANES + lane);
    DoubleVector one6 = DoubleVector.fromArray(SPECIES, lanes, 18 * Kernels.DOUBLE_LANES + lane);
    DoubleVector two6 = DoubleVector.fromArray(SPECIES, lanes, 19 * Kernels.DOUBLE_LANES + lane);
    DoubleVector three6 = DoubleVector.fromArray(SPECIES, lanes, 20 * Kernels.DOUBLE_LANES + lane);
    DoubleVector one7 = DoubleVector.fromArray(SPECIES, lanes, 21 * Kernels.DOUBLE_LANES + lane);
    DoubleVector two7 = DoubleVector.fromArray(SPECIES, lanes, 22 * Kernels.DOUBLE_LANES + lane);
    DoubleVector three7 = DoubleVector.fromArray(SPECIES, lanes, 23 * Kernels.DOUBLE_LANES + lane);
    for (int i = lane; i < whole; i += Kernels.DOUBLE_LANES) {
      DoubleVector x = DoubleVector.fromArray(SPECIES, matrix, at + i);
      DoubleVector y = DoubleVector.fromArray(SPECIES, matrix, next + i);
      DoubleVector z = DoubleVector.fromArray(SPECIES, matrix, last + i);
      DoubleVector row = DoubleVector.fromArray(SPECIES, row0, i);
      one0 = row.fma(x, one0);
      two0 = row.fma(y, two0);
      three0 = row.fma(z, three0);
      row = DoubleVector.fromArray(SPECIES, row1, i);
      one1 = row.fma(x, one1);
      two1 = row.fma(y, two1);
      three1 = row.fma(z, three1);
      row = DoubleVector.fromArray(SPECIES, row2, i);
      one2 = row.fma(x, one2);
      two2 = row.fma(y, two2);
      three2 = row.fma(z, three2);
      row = DoubleVector.fromArray(SPECIES, row3, i);
      one3 = row.fma(x, one3);
      two3 = row.fma(y, two3);
      three3 = row.fma(z, three3);
      row = DoubleVector.fromArray(SPECIES, row4, i);
      one4 = row.fma(x, one4);
      two4 = row.fma(y, two4);
      three4 = row.fma(z, three4);
      row = DoubleVector.fromArray(SPECIES, row5, i);
      one5 = row.fma(x, one5);
      two5 = row.fma(y, two5);
      three5 = row.fma(z, three5);
      row = DoubleVector.fromArray(SPECIES, row6, i);
      one6 = row.fma(x, one6);
      two6 = row.fma(y, two6);
      three6 = row.fma(z, three6);
      row = DoubleVector.fromArray(SPECIES, row7, i);
      one7 = row.fma(x, one7);
      two7 = row.fma(y, two7);
      three7 = row.fma(z, three7);
    }
    one0.intoArray(lanes, lane);
    two0.intoArray(lanes, Kernels.DOUBLE_LANES + lane);
    three0.intoArray(lanes, 2 * Kernels.DOUBLE_LANES + lane);
    one1.intoArray(lanes, 3 * Kernels.DOUBLE_LANES + lane);
    two1.intoArray(lanes, 4 * Kernels.DOUBLE_LANES + lane);
    three1.intoArray(lanes, 5 * Kernels.DOUBLE_LANES + lane);
    one2.intoArray(lanes, 6 * Kernels.DOUBLE_LANES + lane);
    two2.intoArray(lanes, 7 * Kernels.DOUBLE_LANES + lane);
    three2.intoArray(lanes, 8 * Kernels.DOUBLE_LANES + lane);
    one3.intoArray(lanes, 9 * Kernels.DOUBLE_LANES + lane);
    two3.intoArray(lanes, 10 * Kernels.DOUBLE_LANES + lane);
    three3.intoArray(lanes, 11 * Kernels.DOUBLE_LANES + lane);
    one4.intoArray(lanes, 12 * Kernels.DOUBLE_LANES + lane);
    two4.intoArray(lanes, 13 * Kernels.DOUBLE_LANES + lane);
    three4.intoArray(lanes, 14 * Kernels.DOUBLE_LANES + lane);
    one5.intoArray(lanes, 15 * Kernels.DOUBLE_LANES + lane);
    two5.intoArray(lanes, 16 * Kernels.DOUBLE_LANES + lane);
    three5.intoArray(lanes, 17 * Kernels.DOUBLE_LANES + lane);
    one6.intoArray(lanes, 18 * Kernels.DOUBLE_LANES + lane);
    two6.intoArray(lanes, 19 * Kernels.DOUBLE_LANES + lane);
    three6.intoArray(lanes, 20 * Kernels.DOUBLE_LANES + lane);
    one7.intoArray(lanes, 21 * Kernels.DOUBLE_LANES + lane);
    two7.intoArray(lanes, 22 * Kernels.DOUBLE_LANES + lane);
    three7.intoArray(lanes, 23 * Kernels.DOUBLE_LANES + lane);
  }

  static void addOuterProducts(
      double[][] rows, double[] factors, int columns, double[] matrix, int start, int stride) {
    int length = rows[0].length;
    int width = SPECIES.length();
    int whole = SPECIES.loopBound(length);
    double[][] ends = ends(rows, whole, width);
    double[] columnEnds = new double[GROUP * width];
    double[] own = new double[Kernels.ROWS * GROUP];
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
      double[][] rows, double[] factors, double[] matrix, int at, int next, int last, int whole) {
    double[] row0 = rows[0];
    double[] row1 = rows[1];
    double[] row2 = rows[2];
    double[] row3 = rows[3];
    double[] row4 = rows[4];
    double[] row5 = rows[5];
    double[] row6 = rows[6];
    double[] row7 = rows[7];
    DoubleVector x0 = DoubleVector.broadcast(SPECIES, factors[0]);
    DoubleVector y0 = DoubleVector.broadcast(SPECIES, factors[1]);
    DoubleVector z0 = DoubleVector.broadcast(SPECIES, factors[2]);
    DoubleVector x1 = DoubleVector.broadcast(SPECIES, factors[3]);
    DoubleVector y1 = DoubleVector.broadcast(SPECIES, factors[4]);
    DoubleVector z1 = DoubleVector.broadcast(SPECIES, factors[5]);
    DoubleVector x2 = DoubleVector.broadcast(SPECIES, factors[6]);
    DoubleVector y2 = DoubleVector.broadcast(SPECIES, factors[7]);
    DoubleVector z2 = DoubleVector.broadcast(SPECIES, factors[8]);
    DoubleVector x3 = DoubleVector.broadcast(SPECIES, factors[9]);
    DoubleVector y3 = DoubleVector.broadcast(SPECIES, factors[10]);
    DoubleVector z3 = DoubleVector.broadcast(SPECIES, factors[11]);
    DoubleVector x4 = DoubleVector.broadcast(SPECIES, factors[12]);
    DoubleVector y4 = DoubleVector.broadcast(SPECIES, factors[13]);
    DoubleVector z4 = DoubleVector.broadcast(SPECIES, factors[14]);
    DoubleVector x5 = DoubleVector.broadcast(SPECIES, factors[15]);
    DoubleVector y5 = DoubleVector.broadcast(SPECIES, factors[16]);
    DoubleVector z5 = DoubleVector.broadcast(SPECIES, factors[17]);
    DoubleVector x6 = DoubleVector.broadcast(SPECIES, factors[18]);
    DoubleVector y6 = DoubleVector.broadcast(SPECIES, factors[19]);
    DoubleVector z6 = DoubleVector.broadcast(SPECIES, factors[20]);
    DoubleVector x7 = DoubleVector.broadcast(SPECIES, factors[21]);
    DoubleVector y7 = DoubleVector.broadcast(SPECIES, factors[22]);
    DoubleVector z7 = DoubleVector.broadcast(SPECIES, factors[23]);
    for (int i = 0; i < whole; i += SPECIES.length()) {
      DoubleVector one = DoubleVector.fromArray(SPECIES, matrix, at + i);
      DoubleVector two = DoubleVector.fromArray(SPECIES, matrix, next + i);
      DoubleVector three = DoubleVector.fromArray(SPECIES, matrix, last + i);
      DoubleVector row = DoubleVector.fromArray(SPECIES, row0, i);
      one = row.fma(x0, one);
      two = row.fma(y0, two);
      three = row.fma(z0, three);
      row = DoubleVector.fromArray(SPECIES, row1, i);
      one = row.fma(x1, one);
      two = row.fma(y1, two);
      three = row.fma(z1, three);
      row = DoubleVector.fromArray(SPECIES, row2, i);
      one = row.fma(x2, one);
      two = row.fma(y2, two);
      three = row.fma(z2, three);
      row = DoubleVector.fromArray(SPECIES, row3, i);
      one = row.fma(x3, one);
      two = row.fma(y3, two);
      three = row.fma(z3, three);
      row = DoubleVector.fromArray(SPECIES, row4, i);
      one = row.fma(x4, one);
      two = row.fma(y4, two);
      three = row.fma(z4, three);
      row = DoubleVector.fromArray(SPECIES, row5, i);
      one = row.fma(x5, one);
      two = row.fma(y5, two);
      three = row.fma(z5, three);
      row = DoubleVector.fromArray(SPECIES, row6, i);
      one = row.fma(x6, one);
      two = row.fma(y6, two);
      three = row.fma(z6, three);
      row = DoubleVector.fromArray(SPECIES, row7, i);
      one = row.fma(x7, one);
      two = row.fma(y7, two);
      three = row.fma(z7, three);
      one.intoArray(matrix, at + i);
      two.intoArray(matrix, next + i);
      three.intoArray(matrix, last + i);
    }
  }
}
