package io.headgraft.features;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.input_file_name;
import static org.apache.spark.sql.functions.split;

import io.delta.tables.DeltaTable;
import io.headgraft.HeadgraftException;
import io.headgraft.dataset.TableFiles;
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
import scala.collection.JavaConverters;

/**
 * The features that have been computed, a Delta table of one row an image variant: {@code
 * pipeline}, {@code image_id}, {@code variant}, {@code augmentation}, {@code feature}. Beside it
 * lies a table of the images that turned out to be of no use, so that they are not decoded again
 * each night.
 */
public final class FeatureCache {

  /** An image that a pipeline cannot use. */
  public record RejectedImage(String imageId, Rejection reason, String detail) {}

  private static final List<String> KEY = List.of("pipeline", "image_id");

  private final SparkSession spark;
  private final String features;
  private final String rejections;
  private final Runnable guard;

  /**
   * Names a cache, which need not exist.
   *
   * @param workdir the URI of the work directory
   */
  public FeatureCache(SparkSession spark, String workdir) {
    this(spark, workdir, () -> {});
  }

  /**
   * Names a cache, which need not exist.
   *
   * @param workdir the URI of the work directory
   * @param guard is asked before each commit, and may throw
   */
  public FeatureCache(SparkSession spark, String workdir, Runnable guard) {
    this.guard = guard;
    this.spark = spark;
    this.features = workdir + "/features";
    this.rejections = workdir + "/rejections";
  }

  /** Whether anything has been cached. */
  public boolean exists() {
    return dataFiles().newestVersion().isPresent();
  }

  /** The number of the newest version, or -1 if there is none. */
  public long version() {
    return dataFiles().newestVersion().orElse(-1);
  }

  /** The variants that are cached, by image id. */
  Map<String, Set<Integer>> variants(String pipeline) {
    Map<String, Set<Integer>> variants = new HashMap<>();
    // There are many images, but few sets of variants that they have.
    Map<Set<Integer>, Set<Integer>> shared = new HashMap<>();
    if (exists()) {
      spark
          .read()
          .format("delta")
          .load(features)
          .where(col("pipeline").equalTo(pipeline))
          .groupBy("image_id")
          .agg(collect_set("variant"))
          .collectAsList()
          .forEach(
              row ->
                  variants.put(
                      row.getString(0),
                      shared.computeIfAbsent(new HashSet<>(row.getList(1)), set -> set)));
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

  /** Forgets the images that were rejected for some reasons, and gives the others. */
  List<RejectedImage> forget(String pipeline, Set<Rejection> reasons) {
    List<RejectedImage> all = rejected(pipeline);
    List<RejectedImage> others =
        all.stream().filter(image -> !reasons.contains(image.reason())).toList();
    if (others.size() < all.size()) {
      guard.run();
      Object[] names = reasons.stream().map(Rejection::name).toArray();
      DeltaTable.forPath(spark, rejections)
          .delete(col("pipeline").equalTo(pipeline).and(col("reason").isin(names)));
    }
    return others;
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

  /** Its data files, version by version; of the features, not of what was rejected. */
  public TableFiles dataFiles() {
    return new TableFiles(spark, features);
  }

  /** The images that a pipeline had features of in a version. */
  public Set<String> imageIds(String pipeline, long version) {
    Set<String> ids = new HashSet<>();
    read(pipeline, version)
        .select("image_id")
        .distinct()
        .collectAsList()
        .forEach(row -> ids.add(row.getString(0)));
    return ids;
  }

  /**
   * The newest version, row by row with the file that it lies in.
   *
   * @return rows of all five columns, and the {@code file}'s name
   */
  public Dataset<Row> rowsInFiles() {
    return rows(version()).withColumn("file", element_at(split(input_file_name(), "/"), -1));
  }

  /**
   * The rows that are needed by none.
   *
   * @param needed rows of {@code pipeline} and {@code image_id}, each once
   * @return rows as {@link #rowsInFiles}
   */
  public Dataset<Row> unneeded(Dataset<Row> needed) {
    return rowsInFiles()
        .join(broadcast(needed), JavaConverters.asScalaBuffer(KEY).toSeq(), "left_anti");
  }

  /** Deletes the rows that are needed by none, in one commit for each of the two tables. */
  public void retain(Dataset<Row> needed) {
    for (String table : List.of(features, rejections)) {
      if (DeltaTable.isDeltaTable(spark, table)) {
        guard.run();
        DeltaTable.forPath(spark, table)
            .as("cached")
            .merge(
                needed.as("needed"),
                "cached.pipeline = needed.pipeline AND cached.image_id = needed.image_id")
            .whenNotMatchedBySource()
            .delete()
            .execute();
      }
    }
  }

  /** Appends rows of all five columns, in one commit. */
  void append(Dataset<Row> rows) {
    guard.run();
    rows.write()
        .format("delta")
        .mode("append")
        .option(TableFiles.KEEP_LOG, "false")
        .partitionBy("pipeline")
        .save(features);
  }

  /** Appends rows of {@code pipeline}, {@code image_id}, {@code reason}, {@code detail}. */
  void appendRejections(Dataset<Row> rows) {
    guard.run();
    rows.coalesce(1).write().format("delta").mode("append").save(rejections);
  }
}
