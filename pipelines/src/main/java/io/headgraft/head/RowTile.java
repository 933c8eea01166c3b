package io.headgraft.head;

import java.util.Arrays;

/** As many rows as the {@link Kernels} take at once, in double precision. */
final class RowTile {

  private final double[][] rows;

  /** All zero. */
  RowTile(int features) {
    this.rows = new double[Kernels.ROWS][features];
  }

  /** [row][feature]. */
  double[][] rows() {
    return rows;
  }

  /**
   * Takes rows.
   *
   * @param count up to {@link Kernels#ROWS}; what is left of the tile is zero
   */
  void load(float[][] from, int start, int count) {
    for (int r = 0; r < rows.length; r++) {
      if (r < count) {
        widen(from[start + r], rows[r]);
      } else {
        Arrays.fill(rows[r], 0);
      }
    }
  }

  private static void widen(float[] from, double[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] = from[i];
    }
  }
}
