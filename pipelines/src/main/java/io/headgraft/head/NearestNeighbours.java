package io.headgraft.head;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
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

  /** A task is not worth it for fewer training rows. */
  private static final int FEWEST_ROWS_A_TASK = 64;

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
    int parts = Math.max(1, Math.min(tasks, rows.size() / FEWEST_ROWS_A_TASK));
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
          references.map(rows -> NearestRows.find(rows, broadcast.value(), count)).collect();
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
