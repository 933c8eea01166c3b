package io.headgraft.features;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;

import io.delta.tables.DeltaTable;
import io.headgraft.HeadgraftException;
import io.headgraft.image.Rejection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The features that have been computed, a Delta table of one row an image variant: {@code
 * pipeline}, {@code image_id}, {@code variant}, {@code augmentation}, {@code feature}. Beside it
 * lies a table of the images that turned out to be of no use, so that they are not decoded again
 * each night.
 */
public final class FeatureCache {

  /** An image that a pipeline cannot use. */
  public record RejectedImage(String imageId, Rejection reason, String detail) {}

  private final SparkSession spark;
  private final String features;
  private final String rejections;

  /**
   * Names a cache, which need not exist.
   *
   * @param workdir the URI of the work directory
   */
  public FeatureCache(SparkSession spark, String workdir) {
    this.spark = spark;
    this.features = workdir + "/features";
    this.rejections = workdir + "/rejections";
  }

  /** Whether anything has been cached. */
  public boolean exists() {
    return DeltaTable.isDeltaTable(spark, features);
  }

  /** The number of the newest version, or -1 if there is none. */
  public long version() {
    return exists()
        ? DeltaTable.forPath(spark, features).history(1).first().<Long>getAs("version")
        : -1;
  }

  /** The variants that are cached, by image id. */
  Map<String, Set<Integer>> variants(String pipeline) {
    Map<String, Set<Integer>> variants = new HashMap<>();
    if (exists()) {
      spark
          .read()
          .format("delta")
          .load(features)
          .where(col("pipeline").equalTo(pipeline))
          .groupBy("image_id")
          .agg(collect_set("variant"))
          .collectAsList()
          .forEach(row -> variants.put(row.getString(0), new HashSet<>(row.getList(1))));
    }
    return variants;
  }

  /** The images that a pipeline cannot use. */
  public List<RejectedImage> rejected(String pipeline) {
    if (!DeltaTable.isDeltaTable(spark, rejections)) {
      return List.of();
    }
    List<RejectedImage> rejected = new ArrayList<>();
    for (Row row :
        spark
            .read()
            .format("delta")
            .load(rejections)
            .where(col("pipeline").equalTo(pipeline))
            .select("image_id", "reason", "detail")
            .distinct()
            .orderBy("image_id")
            .collectAsList()) {
      rejected.add(
          new RejectedImage(
              row.getString(0), Rejection.valueOf(row.getString(1)), row.getString(2)));
    }
    return rejected;
  }

  /** Forgets the images that were rejected for some reasons. */
  void forget(String pipeline, Set<Rejection> reasons) {
    if (rejected(pipeline).stream().anyMatch(image -> reasons.contains(image.reason()))) {
      Object[] names = reasons.stream().map(Rejection::name).toArray();
      DeltaTable.forPath(spark, rejections)
          .delete(col("pipeline").equalTo(pipeline).and(col("reason").isin(names)));
    }
  }

  /**
   * The features of one pipeline.
   *
   * @return rows of {@code image_id}, {@code variant}, {@code feature}
   */
  public Dataset<Row> read(String pipeline, long version) {
    return rows(version)
        .where(col("pipeline").equalTo(pipeline))
        .select("image_id", "variant", "feature");
  }

  /**
   * All that is cached, of all pipelines.
   *
   * @return rows of all five columns
   * @throws HeadgraftException if nothing has been cached
   */
  public Dataset<Row> rows(long version) {
    if (!exists()) {
      throw HeadgraftException.unusable(
          "There are no features at %s: run 'headgraft extract' first".formatted(features));
    }
    return spark.read().format("delta").option("versionAsOf", version).load(features);
  }

  /** Appends rows of all five columns, in one commit. */
  void append(Dataset<Row> rows) {
    rows.write().format("delta").mode("append").partitionBy("pipeline").save(features);
  }

  /** Appends rows of {@code pipeline}, {@code image_id}, {@code reason}, {@code detail}. */
  void appendRejections(Dataset<Row> rows) {
    rows.coalesce(1).write().format("delta").mode("append").save(rejections);
  }
}
