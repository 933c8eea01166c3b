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
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Lists the images that a manifest names: CSV with a header and a row a line, JSON lines or
 * Parquet, with the columns {@code path} (full, or below the manifest's folder), {@code label}, and
 * if wanted {@code split} and {@code group}.
 */
final class ManifestListing {

  /** A manifest's files may lie anywhere: each is asked for by itself. */
  private static final int REQUESTS_AT_ONCE = 32;

  /** A row. */
  private record Entry(Path path, String label, Optional<Split> split, Optional<String> group) {}

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
    List<Optional<ListedFile>> found =
        ManyRequests.ask(entries, REQUESTS_AT_ONCE, entry -> find(entry, hadoop));
    List<ListedFile> listed = new ArrayList<>();
    List<RejectedFile> rejected = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      found
          .get(i)
          .ifPresentOrElse(
              listed::add,
              () ->
                  rejected.add(
                      new RejectedFile(
                          entry.path().toString(),
                          entry.label(),
                          Rejection.UNREADABLE,
                          "there is no such file")));
    }
    listed.sort(Comparator.comparing(ListedFile::path));
    return new Listing(listed, rejected, List.of());
  }

  private static Dataset<Row> load(SparkSession spark, Path manifest) {
    DataFrameReader reader = spark.read().format(format(manifest).orElseThrow());
    if (format(manifest).equals(Optional.of("csv"))) {
      // A quote in quotes is doubled, as RFC 4180 has it.
      reader = reader.option("header", "true").option("escape", "\"");
    }
    // Spark takes the name for a pattern.
    return reader.load(manifest.toString().replaceAll("[\\[\\]{}*?\\\\]", "\\\\$0"));
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
    return new Entry(path(manifest, name), label, split, text(row, "group"));
  }

  private static Optional<ListedFile> find(Entry entry, Configuration hadoop) throws IOException {
    try {
      FileStatus status = entry.path().getFileSystem(hadoop).getFileStatus(entry.path());
      return Optional.of(ListedFile.of(status, entry.label(), entry.split(), entry.group()));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /** A file's name may hold a colon: a scheme's is followed by a slash. */
  private static Path path(Path manifest, String name) {
    return name.matches("(?s)[A-Za-z][A-Za-z0-9+.-]*:/.*")
        ? new Path(name)
        : new Path(manifest.getParent(), new Path(null, null, name));
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
        "%s has a row without %s: %s".formatted(manifest, column, row));
  }
}
