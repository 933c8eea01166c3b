package io.headgraft.head;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;

/**
 * Rows on Spark, in partitions that follow from the images' ids.
 *
 * @param chunks one a partition
 */
record DistributedTrainingSet(
    List<String> labels, Standardization standardization, JavaRDD<Rows> chunks, long size)
    implements TrainingSet {

  /** What a chunk adds to the sums over all. */
  private record Sums(long[] counts, double[] features) implements Serializable {}

  /**
   * Standardizes rows where they are.
   *
   * @param more rows, or null
   */
  static DistributedTrainingSet of(
      List<String> labels, JavaRDD<Examples> chunks, Examples more, ClassWeights classWeights) {
    JavaRDD<Examples> all = more == null ? chunks : chunks.union(one(chunks, more));
    int count = labels.size();
    Sums sums = sum(all.map(chunk -> sums(chunk, count)).collect());
    long rows = Arrays.stream(sums.counts).sum();
    double[] mean = Arrays.stream(sums.features).map(sum -> sum / rows).toArray();
    Sums squares = sum(all.map(chunk -> squares(chunk, mean)).collect());
    Standardization standardization = Standardization.of(mean, squares.features, rows);
    float[] weights = classWeights.of(labels, sums.counts);
    JavaRDD<Rows> standardized =
        all.map(chunk -> chunk.standardized(standardization, weights))
            .persist(StorageLevel.MEMORY_AND_DISK());
    return new DistributedTrainingSet(labels, standardization, standardized, rows);
  }

  private static JavaRDD<Examples> one(JavaRDD<Examples> chunks, Examples more) {
    return JavaSparkContext.fromSparkContext(chunks.context()).parallelize(List.of(more), 1);
  }

  private static Sums sums(Examples chunk, int labels) {
    long[] counts = new long[labels];
    Arrays.stream(chunk.labels()).forEach(label -> counts[label]++);
    int features = chunk.size() == 0 ? 0 : chunk.features()[0].length;
    double[] sums = new double[features];
    for (float[] row : chunk.features()) {
      for (int i = 0; i < features; i++) {
        sums[i] += row[i];
      }
    }
    return new Sums(counts, sums);
  }

  private static Sums squares(Examples chunk, double[] mean) {
    double[] squares = new double[mean.length];
    for (float[] row : chunk.features()) {
      for (int i = 0; i < mean.length; i++) {
        squares[i] += (row[i] - mean[i]) * (row[i] - mean[i]);
      }
    }
    return new Sums(new long[0], squares);
  }

  private static Sums sum(List<Sums> parts) {
    int features = parts.stream().mapToInt(part -> part.features.length).max().orElseThrow();
    Sums sum = new Sums(new long[parts.get(0).counts.length], new double[features]);
    for (Sums part : parts) {
      for (int i = 0; i < part.features.length; i++) {
        sum.features[i] += part.features[i];
      }
      for (int i = 0; i < part.counts.length; i++) {
        sum.counts[i] += part.counts[i];
      }
    }
    return sum;
  }

  @Override
  public String where() {
    return "distributed over %d partitions".formatted(chunks.getNumPartitions());
  }

  @Override
  public void close() {
    chunks.unpersist();
  }
}
