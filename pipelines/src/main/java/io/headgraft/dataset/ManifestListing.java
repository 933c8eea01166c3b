package io.headgraft.dataset;

import io.headgraft.HeadgraftException;
import io.headgraft.Stores;
import io.headgraft.image.Rejection;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Lists the images that a manifest names: CSV with a header and a row a line, JSON lines or
 * Parquet, with the columns {@code path}, {@code label}, and if wanted {@code split} and {@code
 * group}. A path is a full one, or begins at the manifest's folder, as it would in a shell there:
 * {@code ../} leads out of it. Whoever writes the manifest may name any file that the process may
 * read.
 */
final class ManifestListing {

  /** A manifest's files may lie anywhere: each is asked for by itself. */
  private static final int REQUESTS_AT_ONCE = 32;

  /** A row. */
  private record Entry(String name, String label, Optional<Split> split, Optional<String> group) {

    Found unreadable(String path, String detail) {
      return new Found(
          Optional.empty(),
          Optional.of(new RejectedFile(path, label, Rejection.UNREADABLE, detail)));
    }
  }

  /** What a row names: one of the two. */
  private record Found(Optional<ListedFile> file, Optional<RejectedFile> rejected) {

    static Found file(ListedFile file) {
      return new Found(Optional.of(file), Optional.empty());
    }
  }

  private ManifestListing() {}

  /** Whether a name is a manifest's. */
  static boolean isManifest(Path path) {
    return format(path).isPresent();
  }

  private static Optional<String> format(Path path) {
    String name = path.getName().toLowerCase(Locale.ROOT);
    if (name.endsWith(".csv")) {
      return Optional.of("csv");
    }
    if (name.endsWith(".jsonl") || name.endsWith(".json") || name.endsWith(".ndjson")) {
      return Optional.of("json");
    }
    return name.endsWith(".parquet") ? Optional.of("parquet") : Optional.empty();
  }

  /**
   * Lists a manifest's images.
   *
   * @throws HeadgraftException if there is no such file, or it lacks a column or a value
   * @throws IOException if a file's length cannot be asked for
   */
  static Listing list(SparkSession spark, Path manifest) throws IOException {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    if (!manifest.getFileSystem(hadoop).exists(manifest)) {
      throw HeadgraftException.unusable("There is no manifest " + manifest);
    }
    Dataset<Row> rows = reading(manifest, () -> load(spark, manifest));
    List<String> columns = Arrays.asList(rows.columns());
    if (!columns.contains("path") || !columns.contains("label")) {
      throw HeadgraftException.unusable(
          "%s has the columns %s; path and label are needed".formatted(manifest, columns));
    }
    List<Entry> entries =
        reading(manifest, rows::collectAsList).stream().map(row -> entry(manifest, row)).toList();
    List<ListedFile> listed = new ArrayList<>();
    List<RejectedFile> rejected = new ArrayList<>();
    for (Found found :
        ManyRequests.ask(entries, REQUESTS_AT_ONCE, entry -> find(manifest, entry, hadoop))) {
      found.file().ifPresent(listed::add);
      found.rejected().ifPresent(rejected::add);
    }
    listed.sort(Comparator.comparing(ListedFile::path));
    return new Listing(listed, rejected, List.of());
  }

  private static Dataset<Row> load(SparkSession spark, Path manifest) {
    DataFrameReader reader = spark.read().format(format(manifest).orElseThrow());
    // Spark takes the name for a pattern.
    String pattern = manifest.toString().replaceAll("[\\[\\]{}*?\\\\]", "\\\\$0");
    if (format(manifest).equals(Optional.of("csv"))) {
      // As RFC 4180 has it: a quote in quotes is doubled, and a line break in quotes is text. With
      // that, Spark would take the name for a pattern twice, were it to look for the columns.
      reader = reader.option("header", "true").option("escape", "\"");
      reader = reader.schema(reader.load(pattern).schema()).option("multiLine", "true");
    }
    return reader.load(pattern);
  }

  /** Spark throws what it does not declare, checked exceptions too. */
  private static <T> T reading(Path manifest, Supplier<T> read) {
    try {
      return read.get();
    } catch (Exception e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw HeadgraftException.unusable("%s cannot be read: %s".formatted(manifest, reason), e);
    }
  }

  private static Entry entry(Path manifest, Row row) {
    String name = text(row, "path").orElseThrow(() -> missing(manifest, row, "path"));
    Stores.requireNoSecrets(name);
    String label =
        FolderListing.label(text(row, "label").orElseThrow(() -> missing(manifest, row, "label")));
    Optional<Split> split = text(row, "split").map(split(manifest));
    return new Entry(name, label, split, text(row, "group"));
  }

  /** What a row names, or why that is of no use. */
  private static Found find(Path manifest, Entry entry, Configuration hadoop) throws IOException {
    try {
      Path path = path(manifest, entry.name());
      FileStatus status = path.getFileSystem(hadoop).getFileStatus(path);
      if (status.isFile() && status.getLen() >= 0) {
        return Found.file(ListedFile.of(status, entry.label(), entry.split(), entry.group()));
      }
      // The web has no lengths.
      return entry.unreadable(
          path.toString(), status.isFile() ? "its length is unknown" : "it is a folder");
    } catch (FileNotFoundException e) {
      return entry.unreadable(path(manifest, entry.name()).toString(), "there is no such file");
    } catch (IllegalArgumentException | UnsupportedFileSystemException e) {
      return entry.unreadable(entry.name(), String.valueOf(e.getMessage()));
    }
  }

  private static Path path(Path manifest, String name) {
    Path path = DatasetFiles.path(name);
    return DatasetFiles.isUri(name) ? path : new Path(manifest.getParent(), path);
  }

  private static Function<String, Split> split(Path manifest) {
    return name ->
        Split.parse(name)
            .orElseThrow(
                () ->
                    HeadgraftException.unusable(
                        "%s names the split '%s'; train, validation and test are known"
                            .formatted(manifest, name)));
  }

  private static Optional<String> text(Row row, String column) {
    int index = Arrays.asList(row.schema().fieldNames()).indexOf(column);
    if (index < 0 || row.isNullAt(index)) {
      return Optional.empty();
    }
    return Optional.of(row.get(index).toString()).filter(value -> !value.isBlank());
  }

  private static HeadgraftException missing(Path manifest, Row row, String column) {
    return HeadgraftException.unusable(
        "%s has a row without %s: %.200s".formatted(manifest, column, row));
  }
}
