package io.headgraft.head;

import java.util.Arrays;

/** As many rows as the {@link Kernels} take at once, in double precision. */
final class RowTile {

  /** Features of a row at a time: memory then brings those of all rows side by side. */
  private static final int PART = 64;

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
    int features = rows[0].length;
    for (int i = 0; i < features; i += PART) {
      int end = Math.min(i + PART, features);
      for (int r = 0; r < count; r++) {
        Kernels.best().widen(from[start + r], rows[r], i, end);
      }
    }
    for (int r = count; r < rows.length; r++) {
      Arrays.fill(rows[r], 0);
    }
  }
}
