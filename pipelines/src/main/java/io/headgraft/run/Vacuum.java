package io.headgraft.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;

import io.headgraft.dataset.DatasetTable;
import io.headgraft.dataset.TableFiles;
import io.headgraft.features.FeatureCache;
import io.headgraft.report.Report;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from a work directory what no kept run refers to. Kept are the newest runs that have
 * trained heads, the champion and the one before it, whatever came after the oldest of the newest
 * ones, and the data set as it was last listed. What a kept run pins stays readable as it is.
 */
public final class Vacuum {

  private static final Logger LOG = LoggerFactory.getLogger(Vacuum.class);

  private static final StructType NEEDED =
      new StructType()
          .add("pipeline", DataTypes.StringType, false)
          .add("image_id", DataTypes.StringType, false);

  private final SparkSession spark;
  private final WorkDirectory workdir;
  private final DatasetTable dataset;
  private final FeatureCache cache;
  private final TableFiles datasetFiles;
  private final TableFiles featureFiles;

  /**
   * What is removed.
   *
   * @param runs their ids
   * @param datasetVersions that can be read no more
   * @param featureRows image variants, of whatever pipeline
   * @param featureImages that lose rows
   * @param bytes of the run directories and of the data files that go; those that take their place
   *     without some of the rows are counted against it, before they are there (dry run) in
   *     proportion to their rows
   */
  public record Result(
      boolean dryRun,
      List<String> runs,
      int datasetVersions,
      long featureRows,
      long featureImages,
      long bytes) {}

  /** Versions that kept runs pin, and which pipeline each used on which data set. */
  private record Pins(Set<Long> datasets, Set<Long> features, Map<String, Set<Long>> pipelines) {

    static Pins none() {
      return new Pins(new TreeSet<>(), new TreeSet<>(), new HashMap<>());
    }

    void add(long datasetVersion, long featuresVersion, String pipeline) {
      datasets.add(datasetVersion);
      features.add(featuresVersion);
      pipelines.computeIfAbsent(pipeline, name -> new TreeSet<>()).add(datasetVersion);
    }
  }

  /** Names what is to be cleaned. */
  public Vacuum(SparkSession spark, WorkDirectory workdir) {
    this.spark = spark;
    this.workdir = workdir;
    this.dataset = new DatasetTable(spark, workdir.uri("dataset"), workdir::requireWritingAllowed);
    this.cache = new FeatureCache(spark, workdir.uri(), workdir::requireWritingAllowed);
    this.datasetFiles = dataset.dataFiles();
    this.featureFiles = cache.dataFiles();
  }

  /**
   * Removes what is not needed.
   *
   * @param keep how many of the newest runs that have trained heads stay, at least 1
   * @param dryRun whether only to say what would be removed
   */
  public Result run(int keep, boolean dryRun) {
    if (keep < 1) {
      throw new IllegalArgumentException("keep is %d, less than 1".formatted(keep));
    }
    Set<String> kept = kept(keep);
    List<String> gone = workdir.list("runs").stream().filter(run -> !kept.contains(run)).toList();
    long bytes = gone.stream().mapToLong(run -> workdir.bytes("runs/" + run)).sum();
    Pins pins = pins(kept);
    LOG.info(
        "vacuum: {} runs stay, {} go; looking up what {} versions of the data set and {} of the features need",
        kept.size(),
        gone.size(),
        pins.datasets().size(),
        pins.features().size());
    if (!dryRun) {
      gone.forEach(this::remove);
    }
    Set<FileStatus> versions = unneeded(datasetFiles, datasetVersions(pins));
    bytes += remove(datasetFiles, versions, dryRun);
    if (!cache.exists()) {
      return new Result(dryRun, gone, versions.size(), 0, 0, bytes);
    }
    // Asked for more than once, and made of many versions.
    Dataset<Row> needed = needed(pins).persist();
    try {
      Row counts = cache.unneeded(needed).agg(countDistinct("image_id"), count(lit(1))).first();
      bytes += dryRun ? estimate(pins, needed) : removeFeatures(pins, needed, counts.getLong(1));
      return new Result(dryRun, gone, versions.size(), counts.getLong(1), counts.getLong(0), bytes);
    } finally {
      needed.unpersist();
    }
  }

  private Set<String> kept(int keep) {
    List<String> newestFirst =
        workdir.list("runs").stream().sorted(Comparator.reverseOrder()).toList();
    Set<String> kept = new HashSet<>();
    int trained = 0;
    for (String run : newestFirst) {
      if (trained == keep) {
        break;
      }
      kept.add(run);
      trained += workdir.exists("runs/" + run + "/report.json") ? 1 : 0;
    }
    Champion.of(workdir)
        .ifPresent(
            champion -> {
              kept.add(champion.run());
              // One step back stays possible.
              champion.previous().stream().findFirst().ifPresent(kept::add);
            });
    for (String run : List.copyOf(kept)) {
      workdir
          .find("runs/" + run + "/run.json", RunRecord.class)
          .map(RunRecord::unchangedSince)
          .ifPresent(kept::add);
    }
    return kept;
  }

  private Pins pins(Set<String> runs) {
    Pins pins = Pins.none();
    for (String run : runs) {
      workdir
          .find("runs/" + run + "/report.json", Report.class)
          .map(Report::provenance)
          .ifPresent(
              pinned ->
                  pins.add(pinned.datasetVersion(), pinned.featuresVersion(), pinned.pipeline()));
      workdir
          .find("runs/" + run + "/run.json", RunRecord.class)
          .filter(record -> record.dataset() != null && record.features() != null)
          .ifPresent(
              record ->
                  pins.add(
                      record.dataset().version(),
                      record.features().version(),
                      record.features().pipeline()));
    }
    return pins;
  }

  /** What is left when it is killed meanwhile has not ended, and goes the next time. */
  private void remove(String run) {
    workdir.delete("runs/" + run + "/run.json");
    workdir.delete("runs/" + run + "/report.json");
    workdir.delete("runs/" + run);
  }

  private Set<Long> datasetVersions(Pins pins) {
    Set<Long> versions = new TreeSet<>(pins.datasets());
    if (dataset.exists()) {
      versions.add(dataset.version());
    }
    return versions;
  }

  private static Set<FileStatus> unneeded(TableFiles files, Collection<Long> versions) {
    Map<String, FileStatus> all = files.all();
    versions.forEach(version -> files.of(version).ifPresent(all.keySet()::removeAll));
    return Set.copyOf(all.values());
  }

  private long remove(TableFiles files, Set<FileStatus> unneeded, boolean dryRun) {
    if (!dryRun && !unneeded.isEmpty()) {
      workdir.requireWritingAllowed();
      unneeded.forEach(files::delete);
    }
    return unneeded.stream().mapToLong(FileStatus::getLen).sum();
  }

  private long removeFeatures(Pins pins, Dataset<Row> needed, long rows) {
    long before = bytes(featureFiles);
    if (rows > 0) {
      cache.retain(needed);
    }
    remove(featureFiles, unneeded(featureFiles, featureVersions(pins)), false);
    return before - bytes(featureFiles);
  }

  private static long bytes(TableFiles files) {
    return files.all().values().stream().mapToLong(FileStatus::getLen).sum();
  }

  private Set<Long> featureVersions(Pins pins) {
    Set<Long> versions = new TreeSet<>(pins.features());
    versions.add(cache.version());
    return versions;
  }

  /** What is not in any version that stays goes whole, the rest by its share of rows. */
  private long estimate(Pins pins, Dataset<Row> needed) {
    Map<String, FileStatus> all = featureFiles.all();
    Set<String> pinned = new HashSet<>();
    pins.features().forEach(version -> featureFiles.of(version).ifPresent(pinned::addAll));
    double bytes =
        unneeded(featureFiles, featureVersions(pins)).stream().mapToLong(FileStatus::getLen).sum();
    Map<String, Long> rows = rowsByFile(cache.rowsInFiles());
    for (Map.Entry<String, Long> lost : rowsByFile(cache.unneeded(needed)).entrySet()) {
      if (!pinned.contains(lost.getKey())) {
        bytes +=
            (double) all.get(lost.getKey()).getLen() * lost.getValue() / rows.get(lost.getKey());
      }
    }
    return Math.round(bytes);
  }

  private static Map<String, Long> rowsByFile(Dataset<Row> rows) {
    Map<String, Long> counts = new HashMap<>();
    rows.groupBy("file")
        .count()
        .collectAsList()
        .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
    return counts;
  }

  /**
   * The images of each kept run with its pipeline, and of the newest data set with the pipelines
   * that kept runs used, or that have been extracted since.
   */
  private Dataset<Row> needed(Pins pins) {
    Dataset<Row> needed = spark.createDataFrame(List.of(), NEEDED);
    for (Map.Entry<String, Set<Long>> used : pins.pipelines().entrySet()) {
      for (long version : used.getValue()) {
        if (datasetFiles.has(version)) {
          needed = needed.union(images(version, used.getKey()));
        }
      }
    }
    if (dataset.exists()) {
      Set<String> pipelines = new TreeSet<>(pins.pipelines().keySet());
      pipelines.addAll(extractedSince(pins));
      for (String pipeline : pipelines) {
        needed = needed.union(images(dataset.version(), pipeline));
      }
    }
    return needed.distinct();
  }

  private Dataset<Row> images(long version, String pipeline) {
    return dataset.rows(version).select(lit(pipeline).as("pipeline"), col("image_id"));
  }

  private Set<String> extractedSince(Pins pins) {
    Map<String, FileStatus> all = featureFiles.all();
    Set<String> since = new HashSet<>(featureFiles.of(cache.version()).orElseThrow());
    pins.features().stream()
        .max(Comparator.naturalOrder())
        .flatMap(featureFiles::of)
        .ifPresent(since::removeAll);
    Set<String> pipelines = new TreeSet<>();
    for (String file : since) {
      String partition = all.get(file).getPath().getParent().getName();
      pipelines.add(partition.substring(partition.indexOf('=') + 1));
    }
    return pipelines;
  }
}
