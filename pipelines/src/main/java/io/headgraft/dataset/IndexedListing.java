package io.headgraft.dataset;

import io.headgraft.image.ImageOptions;
import io.headgraft.image.Rejection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * A listing whose files' contents are known.
 *
 * @param files that could be read, in the order of their paths
 * @param rejected files that could not, with those that the listing rejected
 * @param read how many files were read for this
 */
record IndexedListing(List<IndexedFile> files, List<RejectedFile> rejected, int read) {

  /**
   * Reads the files of a listing that are not known, or have changed since. Those that are empty or
   * too long are rejected unread, also if they are known: the limit may have changed.
   *
   * @param known files by their paths
   * @param limits of a file's length
   */
  static IndexedListing of(
      SparkSession spark, Listing all, Map<String, IndexedFile> known, ImageOptions limits) {
    Listing listing = all.within(limits);
    List<String> unknown =
        listing.files().stream()
            .filter(file -> !isUnchanged(file, known.get(file.path())))
            .map(ListedFile::path)
            .toList();
    return of(listing, known, ContentIndex.read(spark, unknown));
  }

  /** Reads all files of a listing, one after the other, without Spark. */
  static IndexedListing of(Configuration hadoop, Listing all, ImageOptions limits) {
    Listing listing = all.within(limits);
    return of(
        listing,
        Map.of(),
        listing.files().stream().map(file -> ContentIndex.content(file.path(), hadoop)).toList());
  }

  private static IndexedListing of(
      Listing listing, Map<String, IndexedFile> known, List<ContentIndex.Content> read) {
    Map<String, ContentIndex.Content> contents = new HashMap<>();
    read.forEach(content -> contents.put(content.path(), content));

    List<IndexedFile> files = new ArrayList<>();
    List<RejectedFile> rejected = new ArrayList<>(listing.rejected());
    for (ListedFile file : listing.files()) {
      ContentIndex.Content content = contents.get(file.path());
      if (content == null) {
        IndexedFile before = known.get(file.path());
        files.add(new IndexedFile(file.at(before.file().modified()), before.imageId()));
      } else if (content.imageId() != null) {
        files.add(new IndexedFile(file, content.imageId()));
      } else {
        rejected.add(
            new RejectedFile(file.path(), file.label(), Rejection.UNREADABLE, content.error()));
      }
    }
    return new IndexedListing(files, rejected, read.size());
  }

  private static boolean isUnchanged(ListedFile file, IndexedFile known) {
    return known != null && file.holdsWhat(known.file());
  }
}
