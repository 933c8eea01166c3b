package io.headgraft.dataset;

import static org.apache.spark.sql.functions.lit;

import io.headgraft.HeadgraftException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The data set as it was last listed: a Delta table of one row a file, in which an unchanged file
 * is recognized by path, length and modification time, and need not be read again.
 */
public final class DatasetTable {

  private static final StructType SCHEMA =
      new StructType()
          .add("path", DataTypes.StringType, false)
          .add("length", DataTypes.LongType, false)
          .add("modification_time", DataTypes.LongType, false)
          .add("image_id", DataTypes.StringType, false)
          .add("label", DataTypes.StringType, false)
          .add("split", DataTypes.StringType, false)
          .add("given_split", DataTypes.StringType, true)
          .add("group", DataTypes.StringType, true)
          .add("etag", DataTypes.StringType, true);

  private final SparkSession spark;
  private final String location;
  private final Runnable guard;

  /**
   * Names a table, which need not exist.
   *
   * @param location the URI of its folder
   */
  public DatasetTable(SparkSession spark, String location) {
    this(spark, location, () -> {});
  }

  /**
   * Names a table, which need not exist.
   *
   * @param location the URI of its folder
   * @param guard is asked before each commit, and may throw
   */
  public DatasetTable(SparkSession spark, String location, Runnable guard) {
    this.spark = spark;
    this.location = location;
    this.guard = guard;
  }

  /** Whether there is such a table. */
  public boolean exists() {
    return dataFiles().newestVersion().isPresent();
  }

  /** The number of the newest version. */
  public long version() {
    return dataFiles().newestVersion().orElseThrow();
  }

  /** Its data files, version by version. */
  public TableFiles dataFiles() {
    return new TableFiles(spark, location);
  }

  /**
   * What a version holds.
   *
   * @param files in the order of their paths
   * @param splits of the files
   */
  record Contents(long version, List<IndexedFile> files, List<String> splits) {

    boolean equals(List<IndexedFile> otherFiles, List<String> otherSplits) {
      return files.equals(otherFiles) && splits.equals(otherSplits);
    }
  }

  /** The files of a version, in the order of their paths. */
  public List<IndexedFile> read(long version) {
    if (!exists()) {
      throw HeadgraftException.unusable("There is no data set table at " + location);
    }
    return contents(version).files();
  }

  /** What the newest version holds, if there is one. */
  Optional<Contents> newest() {
    OptionalLong version = dataFiles().newestVersion();
    return version.isPresent() ? Optional.of(contents(version.getAsLong())) : Optional.empty();
  }

  /** The rows of a version, one a file. */
  public Dataset<Row> rows(long version) {
    return spark.read().format("delta").option("versionAsOf", version).load(location);
  }

  private Contents contents(long version) {
    Dataset<Row> table = rows(version);
    if (!Arrays.asList(table.columns()).contains("etag")) {
      // Written before there was this column.
      table = table.withColumn("etag", lit(null).cast(DataTypes.StringType));
    }
    List<Row> rows = new ArrayList<>(table.collectAsList());
    rows.sort(Comparator.comparing(row -> row.<String>getAs("path")));
    // One text a label and a split, not one a file.
    Map<String, String> texts = new HashMap<>();
    List<IndexedFile> files = new ArrayList<>(rows.size());
    List<String> splits = new ArrayList<>(rows.size());
    for (Row row : rows) {
      files.add(indexed(row, label -> texts.computeIfAbsent(label, text -> text)));
      splits.add(texts.computeIfAbsent(row.getAs("split"), text -> text));
    }
    return new Contents(version, files, splits);
  }

  /**
   * Makes a list of files the table's newest version, unless it is that already.
   *
   * @param before what the newest version holds
   * @return the number of the version that holds exactly these files
   */
  long write(List<IndexedFile> files, DatasetOptions options, Optional<Contents> before) {
    SplitRule rule = new SplitRule(options);
    List<String> splits = files.stream().map(file -> rule.split(file).text()).toList();
    if (before.isPresent() && before.get().equals(files, splits)) {
      return before.get().version();
    }
    List<Row> rows = new ArrayList<>(files.size());
    for (int i = 0; i < files.size(); i++) {
      rows.add(row(files.get(i), splits.get(i)));
    }
    guard.run();
    spark
        .createDataFrame(rows, SCHEMA)
        .coalesce(1)
        .write()
        .format("delta")
        .mode("overwrite")
        .option("overwriteSchema", "true")
        .option(TableFiles.KEEP_LOG, "false")
        .save(location);
    return version();
  }

  private static Row row(IndexedFile indexed, String split) {
    ListedFile file = indexed.file();
    return RowFactory.create(
        file.path(),
        file.length(),
        file.modified(),
        indexed.imageId(),
        file.label(),
        split,
        file.split().map(Split::text).orElse(null),
        file.group().orElse(null),
        file.etag().orElse(null));
  }

  private static IndexedFile indexed(Row row, UnaryOperator<String> shared) {
    return new IndexedFile(
        new ListedFile(
            row.getAs("path"),
            shared.apply(row.getAs("label")),
            Optional.ofNullable(row.<String>getAs("given_split")).flatMap(Split::parse),
            Optional.ofNullable(row.<String>getAs("group")),
            row.<Long>getAs("length"),
            row.<Long>getAs("modification_time"),
            Optional.ofNullable(row.getAs("etag"))),
        row.getAs("image_id"));
  }
}
