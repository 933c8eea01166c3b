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
 * Theory 13 (1967), 21–27). Squared distances are |a|² + |b|² − 2ab, whose products are taken block
 * by block; each Spark task goes through a part of the training rows for all examples. Equally near
 * rows count in the order of their labels and their distances alone, so that no partitioning
 * changes a vote.
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

  /** Examples whose products with a block stay in the processor's cache. */
  private static final int TILE = 256;

  /** Rows travel with their task, and Spark refuses tasks of more than 128 MiB. */
  static final int ROWS_A_TASK = 4096;

  /** A training row near an example. */
  record Neighbour(double squaredDistance, int label, float weight) implements Serializable {

    static final Comparator<Neighbour> NEAREST =
        Comparator.comparingDouble(Neighbour::squaredDistance)
            .thenComparingInt(Neighbour::label)
            .thenComparingDouble(Neighbour::weight);
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
    for (int from = 0; from < examples.length; from += TILE) {
      int to = Math.min(from + TILE, examples.length);
      nearestOfTile(rows, Arrays.copyOfRange(examples, from, to), count, nearest, from);
    }
    return nearest;
  }

  private static void nearestOfTile(
      Rows rows, float[][] tile, int count, Neighbour[][] nearest, int at) {
    List<Nearest> best = new ArrayList<>();
    for (int i = 0; i < tile.length; i++) {
      best.add(new Nearest(count));
    }
    if (rows.size() > 0 && tile.length > 0) {
      int lanes = Kernels.lanes(tile.length, Kernels.DOUBLE_LANES);
      double[] examples = lanes(tile, lanes);
      double[] squares = squares(tile);
      RowTile references = new RowTile(tile[0].length);
      double[] products = new double[Kernels.ROWS * lanes];
      for (int start = 0; start < rows.size(); start += Kernels.ROWS) {
        int size = Math.min(Kernels.ROWS, rows.size() - start);
        references.load(rows.features(), start, size);
        Arrays.fill(products, 0);
        Kernels.best().addProducts(references.rows(), examples, 0, lanes, products);
        for (int r = 0; r < size; r++) {
          double square = square(references.rows()[r]);
          for (int i = 0; i < tile.length; i++) {
            double distance = Math.max(0, squares[i] + square - 2 * products[r * lanes + i]);
            best.get(i).offer(distance, rows.labels()[start + r], rows.weights()[start + r]);
          }
        }
      }
    }
    for (int i = 0; i < tile.length; i++) {
      nearest[at + i] = best.get(i).sorted();
    }
  }

  /** [feature][lane] of [row][feature]. */
  private static double[] lanes(float[][] rows, int lanes) {
    double[] matrix = new double[rows[0].length * lanes];
    for (int r = 0; r < rows.length; r++) {
      for (int i = 0; i < rows[r].length; i++) {
        matrix[i * lanes + r] = rows[r][i];
      }
    }
    return matrix;
  }

  private static double[] squares(float[][] rows) {
    RowTile tile = new RowTile(rows[0].length);
    double[] squares = new double[rows.length];
    for (int r = 0; r < rows.length; r++) {
      tile.load(rows, r, 1);
      squares[r] = square(tile.rows()[0]);
    }
    return squares;
  }

  /** A row's product with itself, to the bit: the same sum in the same order. */
  private static double square(double[] row) {
    double sum = 0;
    for (double value : row) {
      sum = Math.fma(value, value, sum);
    }
    return sum;
  }

  /** The nearest so far. */
  private static final class Nearest {

    private final int count;
    private final PriorityQueue<Neighbour> farthestFirst =
        new PriorityQueue<>(Neighbour.NEAREST.reversed());

    Nearest(int count) {
      this.count = count;
    }

    void offer(double squaredDistance, int label, float weight) {
      if (farthestFirst.size() < count
          || squaredDistance <= farthestFirst.peek().squaredDistance()) {
        farthestFirst.add(new Neighbour(squaredDistance, label, weight));
        if (farthestFirst.size() > count) {
          farthestFirst.remove();
        }
      }
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
