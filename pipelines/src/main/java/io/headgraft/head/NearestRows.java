package io.headgraft.head;

import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;

import io.headgraft.head.NearestNeighbours.Neighbour;
import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * The nearest of some training rows for each of many examples, by Euclidean distance. Products of
 * whole blocks come from OpenBLAS, which adds in an order of its own. They only tell between which
 * bounds a distance lies (N. J. Higham, "Accuracy and Stability of Numerical Algorithms", second
 * edition, SIAM 2002, section 3.1). The few rows that may be among the nearest are measured again
 * by {@link Kernels}: the same bits come out whatever the blocks and the processor.
 */
final class NearestRows {

  /** Training rows whose products are computed together. */
  private static final int BLOCK = 256;

  /** Examples whose products are computed together. */
  private static final int TILE = 1024;

  /** Half the distance from 1 to the next larger number. */
  private static final float ROUNDING = 0x1p-24f;

  static {
    // Spark's tasks are the parallelism.
    openblas_nolapack.blas_set_num_threads(1);
  }

  private final Rows rows;
  private final int features;
  private final float[] squares;

  /**
   * How far the distance by one order of addition may be from that by another, over the sum of both
   * squares: two products of n terms differ by no more than n roundings of that sum, and count
   * twice; the rest is for the additions behind them.
   */
  private final float error;

  private NearestRows(Rows rows) {
    this.rows = rows;
    this.features = rows.features()[0].length;
    this.squares = squares(rows.features());
    this.error = (2 * features + 16) * ROUNDING;
  }

  /**
   * Finds them.
   *
   * @param count at most so many for each example
   * @return for each example, the nearest first
   */
  static Neighbour[][] find(Rows rows, float[][] examples, int count) {
    Neighbour[][] nearest = new Neighbour[examples.length][];
    if (rows.size() == 0) {
      Arrays.fill(nearest, new Neighbour[0]);
      return nearest;
    }
    NearestRows search = new NearestRows(rows);
    for (int from = 0; from < examples.length; from += TILE) {
      float[][] tile = Arrays.copyOfRange(examples, from, Math.min(from + TILE, examples.length));
      float[] tileSquares = squares(tile);
      Candidates[] candidates = search.candidates(tile, tileSquares, count);
      for (int e = 0; e < tile.length; e++) {
        nearest[from + e] = search.measured(tile[e], tileSquares[e], candidates[e].rows(), count);
      }
    }
    return nearest;
  }

  private Candidates[] candidates(float[][] examples, float[] exampleSquares, int count) {
    int width = examples.length;
    Candidates[] candidates = new Candidates[width];
    Arrays.setAll(candidates, e -> new Candidates(count));
    // Theirs, side by side: almost all rows are farther away.
    float[] limits = new float[width];
    Arrays.fill(limits, Float.POSITIVE_INFINITY);
    float[] products = new float[BLOCK * width];
    try (FloatPointer columns = new FloatPointer((long) width * features);
        FloatPointer block = new FloatPointer((long) BLOCK * features);
        FloatPointer sums = new FloatPointer(products.length)) {
      copy(examples, 0, width, columns);
      for (int first = 0; first < rows.size(); first += BLOCK) {
        int height = Math.min(BLOCK, rows.size() - first);
        copy(rows.features(), first, height, block);
        openblas_nolapack.cblas_sgemm(
            CblasRowMajor,
            CblasNoTrans,
            CblasTrans,
            height,
            width,
            features,
            1,
            block,
            features,
            columns,
            features,
            0,
            sums,
            width);
        sums.get(products, 0, height * width);
        for (int r = 0; r < height; r++) {
          offer(first + r, products, r * width, exampleSquares, candidates, limits);
        }
      }
    }
    return candidates;
  }

  private void copy(float[][] from, int first, int count, FloatPointer to) {
    for (int r = 0; r < count; r++) {
      to.position((long) r * features).put(from[first + r], 0, features);
    }
    to.position(0);
  }

  /** Offers a row, whose products with all examples begin at a place, to each of them. */
  private void offer(
      int row,
      float[] products,
      int at,
      float[] exampleSquares,
      Candidates[] candidates,
      float[] limits) {
    float square = squares[row];
    for (int e = 0; e < limits.length; e++) {
      float both = exampleSquares[e] + square;
      float lower = both * (1 - error) - 2 * products[at + e];
      if (lower <= limits[e]) {
        limits[e] = candidates[e].add(row, lower, lower + 2 * error * both);
      }
    }
  }

  private Neighbour[] measured(float[] example, float square, int[] candidates, int count) {
    Neighbour[] neighbours = new Neighbour[candidates.length];
    float[][] tile = new float[Kernels.ROWS][];
    float[] products = new float[Kernels.ROWS];
    for (int from = 0; from < candidates.length; from += Kernels.ROWS) {
      int height = Math.min(Kernels.ROWS, candidates.length - from);
      for (int r = 0; r < Kernels.ROWS; r++) {
        // Where there is none any more, the last one again.
        tile[r] = rows.features()[candidates[from + Math.min(r, height - 1)]];
      }
      Arrays.fill(products, 0);
      Kernels.best().addProducts(tile, example, 0, features, 1, products);
      for (int r = 0; r < height; r++) {
        int row = candidates[from + r];
        float distance = Math.max(0, square + squares[row] - 2 * products[r]);
        neighbours[from + r] = new Neighbour(distance, rows.labels()[row], rows.weights()[row]);
      }
    }
    Arrays.sort(neighbours, Neighbour.NEAREST);
    return Arrays.copyOf(neighbours, Math.min(count, neighbours.length));
  }

  private static float[] squares(float[][] rows) {
    float[] squares = new float[rows.length];
    for (int r = 0; r < rows.length; r++) {
      squares[r] = square(rows[r]);
    }
    return squares;
  }

  /** A row's product with itself, to the bit: the same sum in the same order as the kernels'. */
  private static float square(float[] row) {
    float[] lanes = new float[Kernels.FLOAT_LANES];
    for (int i = 0; i < row.length; i++) {
      int lane = i % lanes.length;
      lanes[lane] = Math.fma(row[i], row[i], lanes[lane]);
    }
    return Kernels.sum(lanes, 0);
  }

  /** The rows that may be among the nearest of an example. */
  private static final class Candidates {

    /**
     * The smallest upper bounds so far, in their order: the last one bounds all that are wanted.
     */
    private final float[] upper;

    private int[] rows = new int[64];
    private float[] lower = new float[64];
    private int size;

    Candidates(int count) {
      upper = new float[count];
      Arrays.fill(upper, Float.POSITIVE_INFINITY);
    }

    /** Adds one; what is surely farther away than the result need not be added from then on. */
    float add(int row, float low, float high) {
      int last = upper.length - 1;
      if (high < upper[last]) {
        int place = Arrays.binarySearch(upper, high);
        place = place < 0 ? -place - 1 : place;
        System.arraycopy(upper, place, upper, place + 1, last - place);
        upper[place] = high;
      }
      if (size == rows.length) {
        makeRoom();
      }
      rows[size] = row;
      lower[size] = low;
      size++;
      return upper[last];
    }

    private void makeRoom() {
      dropFarAway();
      if (size > rows.length / 2) {
        rows = Arrays.copyOf(rows, 2 * rows.length);
        lower = Arrays.copyOf(lower, rows.length);
      }
    }

    private void dropFarAway() {
      int kept = 0;
      for (int i = 0; i < size; i++) {
        if (lower[i] <= upper[upper.length - 1]) {
          rows[kept] = rows[i];
          lower[kept] = lower[i];
          kept++;
        }
      }
      size = kept;
    }

    int[] rows() {
      dropFarAway();
      return Arrays.copyOf(rows, size);
    }
  }
}
