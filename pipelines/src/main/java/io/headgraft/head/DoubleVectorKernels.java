package io.headgraft.head;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The {@link Kernels} in double precision by Java's vectors. Each takes all rows and two columns at
 * a time, whose sums, or factors, stay in registers: the loops are written out because the compiler
 * keeps no arrays of vectors there.
 */
final class DoubleVectorKernels {

  static final VectorSpecies<Double> SPECIES =
      DoubleVector.SPECIES_PREFERRED.length() > Kernels.DOUBLE_LANES
          ? DoubleVector.SPECIES_512
          : DoubleVector.SPECIES_PREFERRED;

  /** As many numbers in single precision, but two at least: there are no vectors of 32 bits. */
  private static final VectorSpecies<Float> NARROW =
      VectorSpecies.of(
          float.class, VectorShape.forBitSize(Math.max(64, SPECIES.vectorBitSize() / 2)));

  private DoubleVectorKernels() {}

  static void addProducts(
      double[][] rows, double[] matrix, int start, int stride, int columns, double[] sums) {
    int length = rows[0].length;
    int whole = length - length % Kernels.DOUBLE_LANES;
    // What is left of rows and columns, filled up: the vectors take it like the rest.
    double[][] rest = rest(rows, whole, Kernels.DOUBLE_LANES);
    double[] ends = new double[2 * Kernels.DOUBLE_LANES];
    double[] lanes = new double[2 * Kernels.ROWS * Kernels.DOUBLE_LANES];
    for (int column = 0; column < columns; column += 2) {
      // An odd one out is its own partner.
      int partner = Math.min(column + 1, columns - 1);
      int at = start + column * stride;
      int next = start + partner * stride;
      System.arraycopy(matrix, at + whole, ends, 0, length - whole);
      System.arraycopy(matrix, next + whole, ends, Kernels.DOUBLE_LANES, length - whole);
      Arrays.fill(lanes, 0);
      for (int lane = 0; lane < Kernels.DOUBLE_LANES; lane += SPECIES.length()) {
        products(rows, matrix, at, next, whole, lane, lanes);
        if (whole < length) {
          products(rest, ends, 0, Kernels.DOUBLE_LANES, Kernels.DOUBLE_LANES, lane, lanes);
        }
      }
      for (int r = 0; r < Kernels.ROWS; r++) {
        sums[r * columns + column] += Kernels.sum(lanes, 2 * r * Kernels.DOUBLE_LANES);
        if (partner != column) {
          sums[r * columns + partner] += Kernels.sum(lanes, (2 * r + 1) * Kernels.DOUBLE_LANES);
        }
      }
    }
  }

  /** What rows have from one place on, filled up with zeros. */
  private static double[][] rest(double[][] rows, int from, int length) {
    double[][] rest = new double[Kernels.ROWS][length];
    for (int r = 0; r < Kernels.ROWS; r++) {
      System.arraycopy(rows[r], from, rest[r], 0, rows[r].length - from);
    }
    return rest;
  }

  /** Adds to the lanes of two columns, from one on as many as there are in a vector. */
  private static void products(
      double[][] rows, double[] matrix, int at, int next, int whole, int lane, double[] lanes) {
    double[] row0 = rows[0];
    double[] row1 = rows[1];
    double[] row2 = rows[2];
    double[] row3 = rows[3];
    double[] row4 = rows[4];
    double[] row5 = rows[5];
    double[] row6 = rows[6];
    double[] row7 = rows[7];
    DoubleVector one0 = DoubleVector.fromArray(SPECIES, lanes, lane);
    DoubleVector other0 = DoubleVector.fromArray(SPECIES, lanes, Kernels.DOUBLE_LANES + lane);
    DoubleVector one1 = DoubleVector.fromArray(SPECIES, lanes, 2 * Kernels.DOUBLE_LANES + lane);
    DoubleVector other1 = DoubleVector.fromArray(SPECIES, lanes, 3 * Kernels.DOUBLE_LANES + lane);
    DoubleVector one2 = DoubleVector.fromArray(SPECIES, lanes, 4 * Kernels.DOUBLE_LANES + lane);
    DoubleVector other2 = DoubleVector.fromArray(SPECIES, lanes, 5 * Kernels.DOUBLE_LANES + lane);
    DoubleVector one3 = DoubleVector.fromArray(SPECIES, lanes, 6 * Kernels.DOUBLE_LANES + lane);
    DoubleVector other3 = DoubleVector.fromArray(SPECIES, lanes, 7 * Kernels.DOUBLE_LANES + lane);
    DoubleVector one4 = DoubleVector.fromArray(SPECIES, lanes, 8 * Kernels.DOUBLE_LANES + lane);
    DoubleVector other4 = DoubleVector.fromArray(SPECIES, lanes, 9 * Kernels.DOUBLE_LANES + lane);
    DoubleVector one5 = DoubleVector.fromArray(SPECIES, lanes, 10 * Kernels.DOUBLE_LANES + lane);
    DoubleVector other5 = DoubleVector.fromArray(SPECIES, lanes, 11 * Kernels.DOUBLE_LANES + lane);
    DoubleVector one6 = DoubleVector.fromArray(SPECIES, lanes, 12 * Kernels.DOUBLE_LANES + lane);
    DoubleVector other6 = DoubleVector.fromArray(SPECIES, lanes, 13 * Kernels.DOUBLE_LANES + lane);
    DoubleVector one7 = DoubleVector.fromArray(SPECIES, lanes, 14 * Kernels.DOUBLE_LANES + lane);
    DoubleVector other7 = DoubleVector.fromArray(SPECIES, lanes, 15 * Kernels.DOUBLE_LANES + lane);
    for (int i = lane; i < whole; i += Kernels.DOUBLE_LANES) {
      DoubleVector x = DoubleVector.fromArray(SPECIES, matrix, at + i);
      DoubleVector y = DoubleVector.fromArray(SPECIES, matrix, next + i);
      DoubleVector row = DoubleVector.fromArray(SPECIES, row0, i);
      one0 = row.fma(x, one0);
      other0 = row.fma(y, other0);
      row = DoubleVector.fromArray(SPECIES, row1, i);
      one1 = row.fma(x, one1);
      other1 = row.fma(y, other1);
      row = DoubleVector.fromArray(SPECIES, row2, i);
      one2 = row.fma(x, one2);
      other2 = row.fma(y, other2);
      row = DoubleVector.fromArray(SPECIES, row3, i);
      one3 = row.fma(x, one3);
      other3 = row.fma(y, other3);
      row = DoubleVector.fromArray(SPECIES, row4, i);
      one4 = row.fma(x, one4);
      other4 = row.fma(y, other4);
      row = DoubleVector.fromArray(SPECIES, row5, i);
      one5 = row.fma(x, one5);
      other5 = row.fma(y, other5);
      row = DoubleVector.fromArray(SPECIES, row6, i);
      one6 = row.fma(x, one6);
      other6 = row.fma(y, other6);
      row = DoubleVector.fromArray(SPECIES, row7, i);
      one7 = row.fma(x, one7);
      other7 = row.fma(y, other7);
    }
    one0.intoArray(lanes, lane);
    other0.intoArray(lanes, Kernels.DOUBLE_LANES + lane);
    one1.intoArray(lanes, 2 * Kernels.DOUBLE_LANES + lane);
    other1.intoArray(lanes, 3 * Kernels.DOUBLE_LANES + lane);
    one2.intoArray(lanes, 4 * Kernels.DOUBLE_LANES + lane);
    other2.intoArray(lanes, 5 * Kernels.DOUBLE_LANES + lane);
    one3.intoArray(lanes, 6 * Kernels.DOUBLE_LANES + lane);
    other3.intoArray(lanes, 7 * Kernels.DOUBLE_LANES + lane);
    one4.intoArray(lanes, 8 * Kernels.DOUBLE_LANES + lane);
    other4.intoArray(lanes, 9 * Kernels.DOUBLE_LANES + lane);
    one5.intoArray(lanes, 10 * Kernels.DOUBLE_LANES + lane);
    other5.intoArray(lanes, 11 * Kernels.DOUBLE_LANES + lane);
    one6.intoArray(lanes, 12 * Kernels.DOUBLE_LANES + lane);
    other6.intoArray(lanes, 13 * Kernels.DOUBLE_LANES + lane);
    one7.intoArray(lanes, 14 * Kernels.DOUBLE_LANES + lane);
    other7.intoArray(lanes, 15 * Kernels.DOUBLE_LANES + lane);
  }

  static void addOuterProducts(
      double[][] rows, double[] factors, int columns, double[] matrix, int start, int stride) {
    int length = rows[0].length;
    int whole = SPECIES.loopBound(length);
    // What is left of rows and columns, filled up: the vectors take it like the rest.
    double[][] rest = rest(rows, whole, SPECIES.length());
    double[] ends = new double[2 * SPECIES.length()];
    for (int column = 0; column < columns; column += 2) {
      // An odd one out is its own partner: both are then written the same.
      int partner = Math.min(column + 1, columns - 1);
      int at = start + column * stride;
      int next = start + partner * stride;
      outerProducts(rows, factors, columns, column, partner, matrix, at, next, whole);
      if (whole < length) {
        int second = SPECIES.length();
        System.arraycopy(matrix, at + whole, ends, 0, length - whole);
        System.arraycopy(matrix, next + whole, ends, second, length - whole);
        outerProducts(rest, factors, columns, column, partner, ends, 0, second, second);
        System.arraycopy(ends, 0, matrix, at + whole, length - whole);
        System.arraycopy(ends, second, matrix, next + whole, length - whole);
      }
    }
  }

  /** Of two columns, up to a whole number of vectors. */
  private static void outerProducts(
      double[][] rows,
      double[] factors,
      int columns,
      int column,
      int partner,
      double[] matrix,
      int at,
      int next,
      int whole) {
    double[] row0 = rows[0];
    double[] row1 = rows[1];
    double[] row2 = rows[2];
    double[] row3 = rows[3];
    double[] row4 = rows[4];
    double[] row5 = rows[5];
    double[] row6 = rows[6];
    double[] row7 = rows[7];
    DoubleVector one0 = DoubleVector.broadcast(SPECIES, factors[column]);
    DoubleVector two0 = DoubleVector.broadcast(SPECIES, factors[partner]);
    DoubleVector one1 = DoubleVector.broadcast(SPECIES, factors[columns + column]);
    DoubleVector two1 = DoubleVector.broadcast(SPECIES, factors[columns + partner]);
    DoubleVector one2 = DoubleVector.broadcast(SPECIES, factors[2 * columns + column]);
    DoubleVector two2 = DoubleVector.broadcast(SPECIES, factors[2 * columns + partner]);
    DoubleVector one3 = DoubleVector.broadcast(SPECIES, factors[3 * columns + column]);
    DoubleVector two3 = DoubleVector.broadcast(SPECIES, factors[3 * columns + partner]);
    DoubleVector one4 = DoubleVector.broadcast(SPECIES, factors[4 * columns + column]);
    DoubleVector two4 = DoubleVector.broadcast(SPECIES, factors[4 * columns + partner]);
    DoubleVector one5 = DoubleVector.broadcast(SPECIES, factors[5 * columns + column]);
    DoubleVector two5 = DoubleVector.broadcast(SPECIES, factors[5 * columns + partner]);
    DoubleVector one6 = DoubleVector.broadcast(SPECIES, factors[6 * columns + column]);
    DoubleVector two6 = DoubleVector.broadcast(SPECIES, factors[6 * columns + partner]);
    DoubleVector one7 = DoubleVector.broadcast(SPECIES, factors[7 * columns + column]);
    DoubleVector two7 = DoubleVector.broadcast(SPECIES, factors[7 * columns + partner]);
    for (int i = 0; i < whole; i += SPECIES.length()) {
      DoubleVector one = DoubleVector.fromArray(SPECIES, matrix, at + i);
      DoubleVector two = DoubleVector.fromArray(SPECIES, matrix, next + i);
      DoubleVector row = DoubleVector.fromArray(SPECIES, row0, i);
      one = row.fma(one0, one);
      two = row.fma(two0, two);
      row = DoubleVector.fromArray(SPECIES, row1, i);
      one = row.fma(one1, one);
      two = row.fma(two1, two);
      row = DoubleVector.fromArray(SPECIES, row2, i);
      one = row.fma(one2, one);
      two = row.fma(two2, two);
      row = DoubleVector.fromArray(SPECIES, row3, i);
      one = row.fma(one3, one);
      two = row.fma(two3, two);
      row = DoubleVector.fromArray(SPECIES, row4, i);
      one = row.fma(one4, one);
      two = row.fma(two4, two);
      row = DoubleVector.fromArray(SPECIES, row5, i);
      one = row.fma(one5, one);
      two = row.fma(two5, two);
      row = DoubleVector.fromArray(SPECIES, row6, i);
      one = row.fma(one6, one);
      two = row.fma(two6, two);
      row = DoubleVector.fromArray(SPECIES, row7, i);
      one = row.fma(one7, one);
      two = row.fma(two7, two);
      one.intoArray(matrix, at + i);
      two.intoArray(matrix, next + i);
    }
  }

  static void widen(float[] row, double[] to, int begin, int end) {
    int i = begin;
    for (; i <= end - NARROW.length(); i += SPECIES.length()) {
      FloatVector.fromArray(NARROW, row, i)
          .convertShape(VectorOperators.F2D, SPECIES, 0)
          .reinterpretAsDoubles()
          .intoArray(to, i);
    }
    for (; i < end; i++) {
      to[i] = row[i];
    }
  }
}
