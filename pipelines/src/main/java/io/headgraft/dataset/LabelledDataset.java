package io.headgraft.dataset;

import io.headgraft.HeadgraftException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The images of one version of a data set, each once.
 *
 * @param version of the data set table
 * @param images in the order of their ids
 * @param rejected duplicates, and images with conflicting labels
 */
public record LabelledDataset(
    long version, List<LabelledImage> images, List<RejectedFile> rejected) {

  /** Reads one version of the table. */
  public static LabelledDataset read(DatasetTable table, long version, DatasetOptions options) {
    return of(version, table.read(version), options);
  }

  /**
   * The images of a version.
   *
   * @param files that it holds
   */
  public static LabelledDataset of(long version, List<IndexedFile> files, DatasetOptions options) {
    DatasetRules.Resolved resolved = DatasetRules.resolve(files, options);
    return new LabelledDataset(version, resolved.images(), resolved.rejected());
  }

  /**
   * The labels, in the order of their UTF-16 code units.
   *
   * @throws HeadgraftException if there are fewer than two, or one has no image to train on
   */
  public List<String> labels() {
    TreeSet<String> labels = labels(images);
    TreeSet<String> trained =
        labels(images.stream().filter(image -> image.split() == Split.TRAIN).toList());
    if (labels.size() < 2) {
      throw HeadgraftException.unusable(
          "The data set has the labels %s: a classifier tells at least two apart"
              .formatted(labels));
    }
    labels.removeAll(trained);
    if (!labels.isEmpty()) {
      throw HeadgraftException.unusable(
          "No image to train on has the labels %s: add some, or hold out fewer (dataset.test, dataset.validation)"
              .formatted(labels));
    }
    return List.copyOf(trained);
  }

  /** The images without some, as when they turn out to be of no use. */
  public LabelledDataset without(Set<String> imageIds) {
    return new LabelledDataset(
        version,
        images.stream().filter(image -> !imageIds.contains(image.imageId())).toList(),
        rejected);
  }

  private static TreeSet<String> labels(List<LabelledImage> images) {
    return images.stream().map(LabelledImage::label).collect(Collectors.toCollection(TreeSet::new));
  }
}
