package io.headgraft.dataset;

import io.headgraft.HeadgraftException;
import io.headgraft.image.ImageOptions;
import io.headgraft.image.RejectedImageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/**
 * What a data set lists.
 *
 * @param files in the order of their paths
 * @param rejected files that are known to be of no use without reading them
 * @param emptyLabels labels without any file
 */
record Listing(List<ListedFile> files, List<RejectedFile> rejected, List<String> emptyLabels) {

  /** Without the files that are empty or too long, which are rejected. */
  Listing within(ImageOptions limits) {
    List<ListedFile> kept = new ArrayList<>();
    List<RejectedFile> bad = new ArrayList<>(rejected);
    for (ListedFile file : files) {
      try {
        limits.checkLength(file.length());
        kept.add(file);
      } catch (RejectedImageException e) {
        bad.add(new RejectedFile(file.path(), file.label(), e.reason(), e.detail()));
      }
    }
    return new Listing(kept, bad, emptyLabels);
  }

  /**
   * Lists a data set.
   *
   * @param data URI of a folder or a manifest
   * @throws HeadgraftException if the data set is missing, empty, or cannot be listed
   */
  static Listing of(SparkSession spark, String data) {
    Path path = DatasetFiles.named(data);
    if (!ManifestListing.isManifest(path)) {
      return ofFolder(data, spark.sessionState().newHadoopConf());
    }
    Listing listing;
    try {
      listing = ManifestListing.list(spark, path);
    } catch (IOException | IllegalArgumentException e) {
      throw DatasetFiles.unlistable(data, e);
    }
    if (listing.files().isEmpty()) {
      throw HeadgraftException.unusable(data + " names no image that is there");
    }
    return listing;
  }

  /**
   * Lists a folder, without Spark.
   *
   * @param data URI of a folder
   * @throws HeadgraftException if it is missing, empty, a manifest, or cannot be listed
   */
  static Listing ofFolder(String data, Configuration hadoop) {
    Path path = DatasetFiles.named(data);
    if (ManifestListing.isManifest(path)) {
      throw HeadgraftException.usage(
          data + " is a manifest: give a folder that holds one folder a label");
    }
    Listing listing;
    try {
      listing = FolderListing.list(path, hadoop);
    } catch (IOException | IllegalArgumentException e) {
      throw DatasetFiles.unlistable(data, e);
    }
    if (listing.files().isEmpty()) {
      throw HeadgraftException.unusable(
          "%s holds no images: put them into one folder a label, as in %s/cat/1.jpg"
              .formatted(data, data));
    }
    return listing;
  }
}
