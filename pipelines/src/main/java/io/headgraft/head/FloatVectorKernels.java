package io.headgraft.head;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The {@link Kernels} in single precision by Java's vectors. Each takes all rows and two columns at
 * a time, whose sums, or factors, stay in registers: the loops are written out because the compiler
 * keeps no arrays of vectors there.
 */
final class FloatVectorKernels {

  static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() > Kernels.FLOAT_LANES
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  private FloatVectorKernels() {}

  static void addProducts(
      float[][] rows, float[] matrix, int start, int stride, int columns, float[] sums) {
    int length = rows[0].length;
    int whole = length - length % Kernels.FLOAT_LANES;
    // What is left of rows and columns, filled up: the vectors take it like the rest.
    float[][] rest = rest(rows, whole, Kernels.FLOAT_LANES);
    float[] ends = new float[2 * Kernels.FLOAT_LANES];
    float[] lanes = new float[2 * Kernels.ROWS * Kernels.FLOAT_LANES];
    for (int column = 0; column < columns; column += 2) {
      // An odd one out is its own partner.
      int partner = Math.min(column + 1, columns - 1);
      int at = start + column * stride;
      int next = start + partner * stride;
      System.arraycopy(matrix, at + whole, ends, 0, length - whole);
      System.arraycopy(matrix, next + whole, ends, Kernels.FLOAT_LANES, length - whole);
      Arrays.fill(lanes, 0);
      for (int lane = 0; lane < Kernels.FLOAT_LANES; lane += SPECIES.length()) {
        products(rows, matrix, at, next, whole, lane, lanes);
        if (whole < length) {
          products(rest, ends, 0, Kernels.FLOAT_LANES, Kernels.FLOAT_LANES, lane, lanes);
        }
      }
      for (int r = 0; r < Kernels.ROWS; r++) {
        sums[r * columns + column] += Kernels.sum(lanes, 2 * r * Kernels.FLOAT_LANES);
        if (partner != column) {
          sums[r * columns + partner] += Kernels.sum(lanes, (2 * r + 1) * Kernels.FLOAT_LANES);
        }
      }
    }
  }

  /** What rows have from one place on, filled up with zeros. */
  private static float[][] rest(float[][] rows, int from, int length) {
    float[][] rest = new float[Kernels.ROWS][length];
    for (int r = 0; r < Kernels.ROWS; r++) {
      System.arraycopy(rows[r], from, rest[r], 0, rows[r].length - from);
    }
    return rest;
  }

  /** Adds to the lanes of two columns, from one on as many as there are in a vector. */
  private static void products(
      float[][] rows, float[] matrix, int at, int next, int whole, int lane, float[] lanes) {
    float[] row0 = rows[0];
    float[] row1 = rows[1];
    float[] row2 = rows[2];
    float[] row3 = rows[3];
    float[] row4 = rows[4];
    float[] row5 = rows[5];
    float[] row6 = rows[6];
    float[] row7 = rows[7];
    FloatVector one0 = FloatVector.fromArray(SPECIES, lanes, lane);
    FloatVector other0 = FloatVector.fromArray(SPECIES, lanes, Kernels.FLOAT_LANES + lane);
    FloatVector one1 = FloatVector.fromArray(SPECIES, lanes, 2 * Kernels.FLOAT_LANES + lane);
    FloatVector other1 = FloatVector.fromArray(SPECIES, lanes, 3 * Kernels.FLOAT_LANES + lane);
    FloatVector one2 = FloatVector.fromArray(SPECIES, lanes, 4 * Kernels.FLOAT_LANES + lane);
    FloatVector other2 = FloatVector.fromArray(SPECIES, lanes, 5 * Kernels.FLOAT_LANES + lane);
    FloatVector one3 = FloatVector.fromArray(SPECIES, lanes, 6 * Kernels.FLOAT_LANES + lane);
    FloatVector other3 = FloatVector.fromArray(SPECIES, lanes, 7 * Kernels.FLOAT_LANES + lane);
    FloatVector one4 = FloatVector.fromArray(SPECIES, lanes, 8 * Kernels.FLOAT_LANES + lane);
    FloatVector other4 = FloatVector.fromArray(SPECIES, lanes, 9 * Kernels.FLOAT_LANES + lane);
    FloatVector one5 = FloatVector.fromArray(SPECIES, lanes, 10 * Kernels.FLOAT_LANES + lane);
    FloatVector other5 = FloatVector.fromArray(SPECIES, lanes, 11 * Kernels.FLOAT_LANES + lane);
    FloatVector one6 = FloatVector.fromArray(SPECIES, lanes, 12 * Kernels.FLOAT_LANES + lane);
    FloatVector other6 = FloatVector.fromArray(SPECIES, lanes, 13 * Kernels.FLOAT_LANES + lane);
    FloatVector one7 = FloatVector.fromArray(SPECIES, lanes, 14 * Kernels.FLOAT_LANES + lane);
    FloatVector other7 = FloatVector.fromArray(SPECIES, lanes, 15 * Kernels.FLOAT_LANES + lane);
    for (int i = lane; i < whole; i += Kernels.FLOAT_LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, matrix, at + i);
      FloatVector y = FloatVector.fromArray(SPECIES, matrix, next + i);
      FloatVector row = FloatVector.fromArray(SPECIES, row0, i);
      one0 = row.fma(x, one0);
      other0 = row.fma(y, other0);
      row = FloatVector.fromArray(SPECIES, row1, i);
      one1 = row.fma(x, one1);
      other1 = row.fma(y, other1);
      row = FloatVector.fromArray(SPECIES, row2, i);
      one2 = row.fma(x, one2);
      other2 = row.fma(y, other2);
      row = FloatVector.fromArray(SPECIES, row3, i);
      one3 = row.fma(x, one3);
      other3 = row.fma(y, other3);
      row = FloatVector.fromArray(SPECIES, row4, i);
      one4 = row.fma(x, one4);
      other4 = row.fma(y, other4);
      row = FloatVector.fromArray(SPECIES, row5, i);
      one5 = row.fma(x, one5);
      other5 = row.fma(y, other5);
      row = FloatVector.fromArray(SPECIES, row6, i);
      one6 = row.fma(x, one6);
      other6 = row.fma(y, other6);
      row = FloatVector.fromArray(SPECIES, row7, i);
      one7 = row.fma(x, one7);
      other7 = row.fma(y, other7);
    }
    one0.intoArray(lanes, lane);
    other0.intoArray(lanes, Kernels.FLOAT_LANES + lane);
    one1.intoArray(lanes, 2 * Kernels.FLOAT_LANES + lane);
    other1.intoArray(lanes, 3 * Kernels.FLOAT_LANES + lane);
    one2.intoArray(lanes, 4 * Kernels.FLOAT_LANES + lane);
    other2.intoArray(lanes, 5 * Kernels.FLOAT_LANES + lane);
    one3.intoArray(lanes, 6 * Kernels.FLOAT_LANES + lane);
    other3.intoArray(lanes, 7 * Kernels.FLOAT_LANES + lane);
    one4.intoArray(lanes, 8 * Kernels.FLOAT_LANES + lane);
    other4.intoArray(lanes, 9 * Kernels.FLOAT_LANES + lane);
    one5.intoArray(lanes, 10 * Kernels.FLOAT_LANES + lane);
    other5.intoArray(lanes, 11 * Kernels.FLOAT_LANES + lane);
    one6.intoArray(lanes, 12 * Kernels.FLOAT_LANES + lane);
    other6.intoArray(lanes, 13 * Kernels.FLOAT_LANES + lane);
    one7.intoArray(lanes, 14 * Kernels.FLOAT_LANES + lane);
    other7.intoArray(lanes, 15 * Kernels.FLOAT_LANES + lane);
  }

  static void addOuterProducts(
      float[][] rows, float[] factors, int columns, float[] matrix, int start, int stride) {
    int length = rows[0].length;
    int whole = SPECIES.loopBound(length);
    // What is left of rows and columns, filled up: the vectors take it like the rest.
    float[][] rest = rest(rows, whole, SPECIES.length());
    float[] ends = new float[2 * SPECIES.length()];
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
      float[][] rows,
      float[] factors,
      int columns,
      int column,
      int partner,
      float[] matrix,
      int at,
      int next,
      int whole) {
    float[] row0 = rows[0];
    float[] row1 = rows[1];
    float[] row2 = rows[2];
    float[] row3 = rows[3];
    float[] row4 = rows[4];
    float[] row5 = rows[5];
    float[] row6 = rows[6];
    float[] row7 = rows[7];
    FloatVector one0 = FloatVector.broadcast(SPECIES, factors[column]);
    FloatVector two0 = FloatVector.broadcast(SPECIES, factors[partner]);
    FloatVector one1 = FloatVector.broadcast(SPECIES, factors[columns + column]);
    FloatVector two1 = FloatVector.broadcast(SPECIES, factors[columns + partner]);
    FloatVector one2 = FloatVector.broadcast(SPECIES, factors[2 * columns + column]);
    FloatVector two2 = FloatVector.broadcast(SPECIES, factors[2 * columns + partner]);
    FloatVector one3 = FloatVector.broadcast(SPECIES, factors[3 * columns + column]);
    FloatVector two3 = FloatVector.broadcast(SPECIES, factors[3 * columns + partner]);
    FloatVector one4 = FloatVector.broadcast(SPECIES, factors[4 * columns + column]);
    FloatVector two4 = FloatVector.broadcast(SPECIES, factors[4 * columns + partner]);
    FloatVector one5 = FloatVector.broadcast(SPECIES, factors[5 * columns + column]);
    FloatVector two5 = FloatVector.broadcast(SPECIES, factors[5 * columns + partner]);
    FloatVector one6 = FloatVector.broadcast(SPECIES, factors[6 * columns + column]);
    FloatVector two6 = FloatVector.broadcast(SPECIES, factors[6 * columns + partner]);
    FloatVector one7 = FloatVector.broadcast(SPECIES, factors[7 * columns + column]);
    FloatVector two7 = FloatVector.broadcast(SPECIES, factors[7 * columns + partner]);
    for (int i = 0; i < whole; i += SPECIES.length()) {
      FloatVector one = FloatVector.fromArray(SPECIES, matrix, at + i);
      FloatVector two = FloatVector.fromArray(SPECIES, matrix, next + i);
      FloatVector row = FloatVector.fromArray(SPECIES, row0, i);
      one = row.fma(one0, one);
      two = row.fma(two0, two);
      row = FloatVector.fromArray(SPECIES, row1, i);
      one = row.fma(one1, one);
      two = row.fma(two1, two);
      row = FloatVector.fromArray(SPECIES, row2, i);
      one = row.fma(one2, one);
      two = row.fma(two2, two);
      row = FloatVector.fromArray(SPECIES, row3, i);
      one = row.fma(one3, one);
      two = row.fma(two3, two);
      row = FloatVector.fromArray(SPECIES, row4, i);
      one = row.fma(one4, one);
      two = row.fma(two4, two);
      row = FloatVector.fromArray(SPECIES, row5, i);
      one = row.fma(one5, one);
      two = row.fma(two5, two);
      row = FloatVector.fromArray(SPECIES, row6, i);
      one = row.fma(one6, one);
      two = row.fma(two6, two);
      row = FloatVector.fromArray(SPECIES, row7, i);
      one = row.fma(one7, one);
      two = row.fma(two7, two);
      one.intoArray(matrix, at + i);
      two.intoArray(matrix, next + i);
    }
  }
}
