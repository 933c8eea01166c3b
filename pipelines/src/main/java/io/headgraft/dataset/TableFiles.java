package io.headgraft.dataset;

import io.headgraft.HeadgraftException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;

/**
 * The data files of a Delta table. Delta's own vacuum removes those that its newest version does
 * not need, and with them the versions that runs have pinned; so it is done here, by version. Files
 * go by their names, which are unique.
 */
public final class TableFiles {

  /**
   * Delta forgets versions after thirty days, and a champion may be older: this option keeps all,
   * two small files a night.
   */
  public static final String KEEP_LOG = "delta.enableExpiredLogCleanup";

  private static final Pattern COMMIT = Pattern.compile("\\d{20}\\.json");
  private static final String LOG = "/_delta_log/";

  private final SparkSession spark;
  private final Path root;

  /** To learn what a version needs takes Delta a second or so, and no version ever changes. */
  private final Map<Long, Optional<Set<String>>> needed = new HashMap<>();

  /** Names a table. */
  public TableFiles(SparkSession spark, String location) {
    this.spark = spark;
    this.root = new Path(location);
  }

  /**
   * The number of the newest version, by the names of Delta's commits, which its protocol fixes;
   * its own history starts a Spark job for it. Empty if there is no such table.
   */
  public OptionalLong newestVersion() {
    try {
      return Arrays.stream(files().listStatus(new Path(root, "_delta_log")))
          .map(file -> file.getPath().getName())
          .filter(name -> COMMIT.matcher(name).matches())
          .mapToLong(name -> Long.parseLong(name.substring(0, name.indexOf('.'))))
          .max();
    } catch (FileNotFoundException e) {
      return OptionalLong.empty();
    } catch (IOException e) {
      throw HeadgraftException.unusable(
          "%s cannot be listed: %s".formatted(root, e.getMessage()), e);
    }
  }

  /** The names of the files that a version needs; empty if the table does not know it any more. */
  public Optional<Set<String>> of(long version) {
    return needed.computeIfAbsent(version, this::lookUp);
  }

  private Optional<Set<String>> lookUp(long version) {
    try {
      Set<String> names = new HashSet<>();
      String[] files =
          spark
              .read()
              .format("delta")
              .option("versionAsOf", version)
              .load(root.toString())
              .inputFiles();
      Arrays.stream(files)
          .map(file -> file.substring(file.lastIndexOf('/') + 1))
          .forEach(names::add);
      return Optional.of(names);
    } catch (Exception e) { // Spark, being Scala, throws checked ones without saying so.
      if (e instanceof AnalysisException) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Whether a version can be read: its files are there. */
  public boolean has(long version) {
    return of(version).map(names -> all().keySet().containsAll(names)).orElse(false);
  }

  /** All files that are there, whatever version needs them, by name. */
  public Map<String, FileStatus> all() {
    Map<String, FileStatus> all = new HashMap<>();
    try {
      FileSystem files = files();
      if (files.exists(root)) {
        RemoteIterator<LocatedFileStatus> found = files.listFiles(root, true);
        while (found.hasNext()) {
          FileStatus file = found.next();
          if (!file.getPath().toString().contains(LOG)) {
            all.put(file.getPath().getName(), file);
          }
        }
      }
      return all;
    } catch (IOException e) {
      throw HeadgraftException.unusable(
          "%s cannot be listed: %s".formatted(root, e.getMessage()), e);
    }
  }

  /** Deletes a file. */
  public void delete(FileStatus file) {
    try {
      files().delete(file.getPath(), false);
    } catch (IOException e) {
      throw HeadgraftException.unusable(
          "%s cannot be deleted: %s".formatted(file.getPath(), e.getMessage()), e);
    }
  }

  private FileSystem files() throws IOException {
    return root.getFileSystem(spark.sessionState().newHadoopConf());
  }
}
