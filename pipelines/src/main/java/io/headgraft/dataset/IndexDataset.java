package io.headgraft.dataset;

import io.headgraft.HeadgraftException;
import io.headgraft.image.Rejection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Brings the data set table up to date with what a folder or a manifest lists. */
public final class IndexDataset {

  private final SparkSession spark;
  private final DatasetTable table;
  private final DatasetOptions options;

  /**
   * What was found.
   *
   * @param version of the data set table
   * @param listed number of files
   * @param read number of files that were read, because they are new or have changed
   * @param rejected files that could not be listed or read
   * @param emptyLabels labels that have a folder but no file
   */
  public record Result(
      long version, int listed, int read, List<RejectedFile> rejected, List<String> emptyLabels) {}

  /** Prepares an update of a table. */
  public IndexDataset(SparkSession spark, DatasetTable table, DatasetOptions options) {
    this.spark = spark;
    this.table = table;
    this.options = options;
  }

  /**
   * Lists a data set, reads the files that are new, and writes the table.
   *
   * @param data URI of a folder or a manifest
   * @throws HeadgraftException if the data set is missing, empty, or cannot be read
   */
  public Result run(String data) {
    Listing listing = list(data);
    Set<String> used = new HashSet<>();
    listing.files().forEach(file -> used.add(file.label()));
    if (listing.files().isEmpty()) {
      throw HeadgraftException.unusable(
          ManifestListing.isManifest(new Path(data))
              ? data + " names no image that is there"
              : "%s holds no images: put them into one folder a label, as in %s/cat/1.jpg"
                  .formatted(data, data));
    }
    if (used.size() < 2) {
      throw HeadgraftException.unusable(
          "%s holds one label only ('%s'): a classifier tells at least two apart"
              .formatted(data, used.iterator().next()));
    }
    return index(listing);
  }

  private Listing list(String data) {
    Path path = new Path(data);
    try {
      return ManifestListing.isManifest(path)
          ? ManifestListing.list(spark, path)
          : FolderListing.list(path, spark.sessionState().newHadoopConf());
    } catch (IOException e) {
      throw HeadgraftException.unusable(
          "%s cannot be listed: %s".formatted(data, e.getMessage()), e);
    }
  }

  private Result index(Listing listing) {
    Map<String, IndexedFile> known = known();
    List<String> unknown =
        listing.files().stream()
            .filter(file -> !isUnchanged(file, known.get(file.path())))
            .map(ListedFile::path)
            .toList();
    Map<String, ContentIndex.Content> contents = new HashMap<>();
    ContentIndex.read(spark, unknown).forEach(content -> contents.put(content.path(), content));

    List<IndexedFile> indexed = new ArrayList<>();
    List<RejectedFile> rejected = new ArrayList<>(listing.rejected());
    for (ListedFile file : listing.files()) {
      ContentIndex.Content content = contents.get(file.path());
      if (content == null) {
        indexed.add(new IndexedFile(file, known.get(file.path()).imageId()));
      } else if (content.imageId() != null) {
        indexed.add(new IndexedFile(file, content.imageId()));
      } else {
        rejected.add(
            new RejectedFile(file.path(), file.label(), Rejection.UNREADABLE, content.error()));
      }
    }
    long version = table.write(indexed, options);
    Set<String> emptyLabels = new TreeSet<>(listing.emptyLabels());
    listing.files().forEach(file -> emptyLabels.remove(file.label()));
    return new Result(
        version, listing.files().size(), unknown.size(), rejected, List.copyOf(emptyLabels));
  }

  private Map<String, IndexedFile> known() {
    Map<String, IndexedFile> known = new HashMap<>();
    if (table.exists()) {
      table.read(table.version()).forEach(indexed -> known.put(indexed.file().path(), indexed));
    }
    return known;
  }

  private static boolean isUnchanged(ListedFile file, IndexedFile known) {
    return known != null
        && known.file().length() == file.length()
        && known.file().modified() == file.modified();
  }
}
