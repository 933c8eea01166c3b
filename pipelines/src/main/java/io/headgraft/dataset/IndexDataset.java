package io.headgraft.dataset;

import io.headgraft.HeadgraftException;
import io.headgraft.JobGroup;
import io.headgraft.image.ImageOptions;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;

/** Brings the data set table up to date with what a folder or a manifest lists. */
public final class IndexDataset {

  private final SparkSession spark;
  private final DatasetTable table;
  private final DatasetOptions options;
  private final ImageOptions limits;

  /**
   * What was found.
   *
   * @param version of the data set table
   * @param listed number of files, of whatever use
   * @param read number of files that were read, because they are new or have changed
   * @param rejected files that could not be listed or read
   * @param emptyLabels labels that have a folder but no file
   * @param files that the version holds, in the order of their paths
   */
  public record Result(
      long version,
      int listed,
      int read,
      List<RejectedFile> rejected,
      List<String> emptyLabels,
      List<IndexedFile> files) {}

  /**
   * Prepares an update of a table.
   *
   * @param limits of a file's length
   */
  public IndexDataset(
      SparkSession spark, DatasetTable table, DatasetOptions options, ImageOptions limits) {
    this.spark = spark;
    this.table = table;
    this.options = options;
    this.limits = limits;
  }

  /**
   * Lists a data set, reads the files that are new, and writes the table.
   *
   * @param data URI of a folder or a manifest
   * @throws HeadgraftException if the data set is missing, empty, or cannot be read
   */
  public Result run(String data) {
    Listing listing = Listing.of(spark, data);
    Set<String> used = new HashSet<>();
    listing.files().forEach(file -> used.add(file.label()));
    if (used.size() < 2) {
      throw HeadgraftException.unusable(
          "%s holds one label only ('%s'): a classifier tells at least two apart"
              .formatted(data, used.iterator().next()));
    }
    return new JobGroup(
            spark.sparkContext(), "list", "list: %,d files".formatted(listing.files().size()))
        .run(() -> index(listing));
  }

  private Result index(Listing listing) {
    Optional<DatasetTable.Contents> before = table.newest();
    IndexedListing indexed = IndexedListing.of(spark, listing, byPath(before), limits);
    long version = table.write(indexed.files(), options, before);
    Set<String> emptyLabels = new TreeSet<>(listing.emptyLabels());
    listing.files().forEach(file -> emptyLabels.remove(file.label()));
    return new Result(
        version,
        listing.files().size() + listing.rejected().size(),
        indexed.read(),
        indexed.rejected(),
        List.copyOf(emptyLabels),
        indexed.files());
  }

  private static Map<String, IndexedFile> byPath(Optional<DatasetTable.Contents> before) {
    Map<String, IndexedFile> known = new HashMap<>();
    before.ifPresent(
        there -> there.files().forEach(indexed -> known.put(indexed.file().path(), indexed)));
    return known;
  }
}
