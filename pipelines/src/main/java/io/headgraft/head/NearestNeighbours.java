package io.headgraft.head;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Votes of the nearest training rows by Euclidean distance of the standardized features (T. M.
 * Cover and P. E. Hart, "Nearest Neighbor Pattern Classification", IEEE Transactions on Information
 * Theory 13 (1967), 21–27). Squared distances are |a|² + |b|² − 2ab in single precision, as on the
 * phone, whose products are taken block by block; each Spark task goes through a part of the
 * training rows for all examples. Equally near rows count in the order of their labels and their
 * distances alone, so that no partitioning changes a vote.
 *
 * @param references the rows that vote; left on Spark
 */
public record NearestNeighbours(
    Setting.Neighbours setting,
    Standardization standardization,
    int labels,
    JavaRDD<Rows> references)
    implements Classifier {

  /** Training rows that are looked at together. */
  private static final int BLOCK = 64;

  /** Examples that are compared with a row at a time: they fit into the second-level cache. */
  private static final int TILE = 256;

  /** Of those, the ones whose products are computed at once. */
  private static final int PANEL = 16;

  /** Rows travel with their task, and Spark refuses tasks of more than 128 MiB. */
  static final int ROWS_A_TASK = 4096;

  /** A training row near an example. */
  record Neighbour(float squaredDistance, int label, float weight) implements Serializable {

    // Written out: a chain of comparators takes a tenth of a search.
    static final Comparator<Neighbour> NEAREST =
        (a, b) -> {
          int order = Float.compare(a.squaredDistance, b.squaredDistance);
          if (order == 0) {
            order = Integer.compare(a.label, b.label);
          }
          return order == 0 ? Float.compare(a.weight, b.weight) : order;
        };

    static final Comparator<Neighbour> FARTHEST = (a, b) -> NEAREST.compare(b, a);
  }

  @Override
  public double[][] probabilities(float[][] features) {
    float[][] standardized = new float[features.length][];
    for (int i = 0; i < features.length; i++) {
      standardized[i] = standardization.applyInSinglePrecision(features[i]);
    }
    Neighbour[][] nearest = nearest(references, standardized, setting.k());
    double[][] votes = new double[features.length][];
    for (int i = 0; i < votes.length; i++) {
      votes[i] = votes(nearest[i], setting, labels);
    }
    return votes;
  }

  /** The rows as Spark partitions. */
  static JavaRDD<Rows> references(TrainingSet data, JavaSparkContext spark) {
    if (data instanceof DistributedTrainingSet distributed) {
      return distributed.chunks();
    }
    Rows rows = ((LocalTrainingSet) data).rows();
    int tasks = Math.max(spark.defaultParallelism(), rows.size() / ROWS_A_TASK);
    int parts = Math.max(1, Math.min(tasks, rows.size() / BLOCK));
    List<Rows> slices = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      slices.add(
          rows.slice(
              (int) ((long) rows.size() * i / parts),
              (int) ((long) rows.size() * (i + 1) / parts)));
    }
    return spark.parallelize(slices, parts);
  }

  /**
   * The nearest rows of each example, the nearest first.
   *
   * @param examples standardized, as the references are
   * @param count at most so many each
   */
  static Neighbour[][] nearest(JavaRDD<Rows> references, float[][] examples, int count) {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(references.context());
    Broadcast<float[][]> broadcast = spark.broadcast(examples);
    try {
      List<Neighbour[][]> parts =
          references.map(rows -> nearest(rows, broadcast.value(), count)).collect();
      Neighbour[][] nearest = new Neighbour[examples.length][];
      for (int i = 0; i < nearest.length; i++) {
        int example = i;
        nearest[i] =
            parts.stream()
                .flatMap(part -> Arrays.stream(part[example]))
                .sorted(Neighbour.NEAREST)
                .limit(count)
                .toArray(Neighbour[]::new);
      }
      return nearest;
    } finally {
      broadcast.destroy();
    }
  }

  private static Neighbour[][] nearest(Rows rows, float[][] examples, int count) {
    Neighbour[][] nearest = new Neighbour[examples.length][];
    float[] squares = squares(rows.features());
    for (int from = 0; from < examples.length; from += TILE) {
      List<Panel> panels = new ArrayList<>();
      for (int at = from; at < Math.min(from + TILE, examples.length); at += PANEL) {
        int to = Math.min(at + PANEL, examples.length);
        panels.add(new Panel(Arrays.copyOfRange(examples, at, to), count));
      }
      search(rows, squares, panels);
      int at = from;
      for (Panel panel : panels) {
        for (Nearest found : panel.nearest) {
          nearest[at++] = found.sorted();
        }
      }
    }
    return nearest;
  }

  private static void search(Rows rows, float[] squares, List<Panel> panels) {
    if (rows.size() == 0) {
      return;
    }
    float[][] tile = new float[Kernels.ROWS][];
    float[] noRow = new float[rows.features()[0].length];
    for (int start = 0; start < rows.size(); start += Kernels.ROWS) {
      int count = Math.min(Kernels.ROWS, rows.size() - start);
      for (int r = 0; r < tile.length; r++) {
        tile[r] = r < count ? rows.features()[start + r] : noRow;
      }
      for (Panel panel : panels) {
        panel.offer(tile, rows, squares, start, count);
      }
    }
  }

  /** Examples that are columns of one matrix. */
  private static final class Panel {

    private final float[] columns;
    private final float[] squares;
    private final float[] products;
    private final Nearest[] nearest;

    /** Theirs, side by side: almost all rows are farther away. */
    private final float[] limits;

    Panel(float[][] examples, int count) {
      int features = examples[0].length;
      columns = new float[examples.length * features];
      for (int e = 0; e < examples.length; e++) {
        System.arraycopy(examples[e], 0, columns, e * features, features);
      }
      products = new float[Kernels.ROWS * examples.length];
      squares = squares(examples);
      nearest = new Nearest[examples.length];
      Arrays.setAll(nearest, e -> new Nearest(count));
      limits = new float[examples.length];
      Arrays.fill(limits, Float.POSITIVE_INFINITY);
    }

    /** Rows, the first of which is that number of all. */
    void offer(float[][] tile, Rows rows, float[] rowSquares, int first, int count) {
      Arrays.fill(products, 0);
      Kernels.best().addProducts(tile, columns, 0, tile[0].length, nearest.length, products);
      for (int r = 0; r < count; r++) {
        float square = rowSquares[first + r];
        for (int e = 0; e < nearest.length; e++) {
          float distance = squares[e] + square - 2 * products[r * nearest.length + e];
          if (distance <= limits[e]) {
            limits[e] =
                nearest[e].add(
                    Math.max(0, distance), rows.labels()[first + r], rows.weights()[first + r]);
          }
        }
      }
    }
  }

  private static float[] squares(float[][] rows) {
    float[] squares = new float[rows.length];
    for (int r = 0; r < rows.length; r++) {
      squares[r] = square(rows[r]);
    }
    return squares;
  }

  /** A row's product with itself, to the bit: the same sum in the same order. */
  private static float square(float[] row) {
    float[] lanes = new float[Kernels.FLOAT_LANES];
    for (int i = 0; i < row.length; i++) {
      int lane = i % lanes.length;
      lanes[lane] = Math.fma(row[i], row[i], lanes[lane]);
    }
    return Kernels.sum(lanes, 0);
  }

  /** The nearest so far. */
  private static final class Nearest {

    private final int count;
    private final PriorityQueue<Neighbour> farthestFirst = new PriorityQueue<>(Neighbour.FARTHEST);

    Nearest(int count) {
      this.count = count;
    }

    /** Adds one; whatever is farther away than the result is none of them from then on. */
    float add(float squaredDistance, int label, float weight) {
      farthestFirst.add(new Neighbour(squaredDistance, label, weight));
      if (farthestFirst.size() > count) {
        farthestFirst.remove();
      }
      return farthestFirst.size() < count
          ? Float.POSITIVE_INFINITY
          : farthestFirst.peek().squaredDistance();
    }

    Neighbour[] sorted() {
      return farthestFirst.stream().sorted(Neighbour.NEAREST).toArray(Neighbour[]::new);
    }
  }

  /** The shares of the votes of the first k neighbours. */
  static double[] votes(Neighbour[] nearest, Setting.Neighbours setting, int labels) {
    int count = Math.min(setting.k(), nearest.length);
    boolean same = nearest[0].squaredDistance == 0;
    double[] votes = new double[labels];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      Neighbour neighbour = nearest[i];
      double vote =
          switch (setting.weighting()) {
            case UNIFORM -> 1;
            case INVERSE_DISTANCE ->
                same
                    ? neighbour.squaredDistance == 0 ? 1 : 0
                    : 1 / Math.sqrt(neighbour.squaredDistance);
          };
      votes[neighbour.label] += neighbour.weight * vote;
      sum += neighbour.weight * vote;
    }
    for (int k = 0; k < labels; k++) {
      votes[k] /= sum;
    }
    return votes;
  }
}
