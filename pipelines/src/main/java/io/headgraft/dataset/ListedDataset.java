package io.headgraft.dataset;

import io.headgraft.HeadgraftException;
import io.headgraft.image.ImageOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * A data set as it is now, without a table that remembers it: every file is read.
 *
 * @param images each once, in the order of their ids; a single label is enough
 * @param rejected files that could not be listed or read, duplicates, and images with conflicting
 *     labels
 */
public record ListedDataset(List<LabelledImage> images, List<RejectedFile> rejected) {

  /** Copies the lists. */
  public ListedDataset {
    images = List.copyOf(images);
    rejected = List.copyOf(rejected);
  }

  /**
   * Lists a data set and reads its files.
   *
   * @param data URI of a folder or a manifest
   * @param options that give the images their splits, where the data set names none
   * @param limits of a file's length
   * @throws HeadgraftException if the data set is missing, empty, or cannot be read
   */
  public static ListedDataset read(
      SparkSession spark, String data, DatasetOptions options, ImageOptions limits) {
    return of(IndexedListing.of(spark, Listing.of(spark, data), Map.of(), limits), options);
  }

  /**
   * Lists a folder and reads its files, without Spark. Where it names no splits, all images are
   * there to train with.
   *
   * @param data URI of a folder
   * @param limits of a file's length
   * @throws HeadgraftException if the folder is missing, empty, or cannot be read
   */
  public static ListedDataset readFolder(String data, Configuration hadoop, ImageOptions limits) {
    return of(
        IndexedListing.of(hadoop, Listing.ofFolder(data, hadoop), limits),
        new DatasetOptions(0, 0, 0, 1));
  }

  private static ListedDataset of(IndexedListing indexed, DatasetOptions options) {
    DatasetRules.Resolved resolved = DatasetRules.resolve(indexed.files(), options);
    List<RejectedFile> rejected = new ArrayList<>(indexed.rejected());
    rejected.addAll(resolved.rejected());
    return new ListedDataset(resolved.images(), rejected);
  }
}
