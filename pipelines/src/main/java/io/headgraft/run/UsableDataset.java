package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.dataset.DatasetOptions;
import io.headgraft.dataset.IndexedFile;
import io.headgraft.dataset.LabelledDataset;
import io.headgraft.dataset.RejectedFile;
import io.headgraft.features.FeatureCache.RejectedImage;
import io.headgraft.image.Rejection;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The images of a data set that a pipeline can use, and the files that are not used.
 *
 * @param rejected for whatever reason, with those that the listing rejected
 */
public record UsableDataset(LabelledDataset dataset, List<RejectedFile> rejected) {

  /**
   * Leaves out what turned out to be of no use.
   *
   * @param files that this version of the data set table holds
   * @param listed files that were rejected while listing and reading
   * @param images that the pipeline has rejected
   */
  public static UsableDataset of(
      long version,
      List<IndexedFile> files,
      DatasetOptions options,
      List<RejectedFile> listed,
      List<RejectedImage> images) {
    Map<String, RejectedImage> byId = new HashMap<>();
    images.forEach(image -> byId.put(image.imageId(), image));
    LabelledDataset all = LabelledDataset.of(version, files, options);
    List<RejectedFile> rejected = new ArrayList<>(listed);
    for (IndexedFile indexed : files) {
      RejectedImage image = byId.get(indexed.imageId());
      if (image != null) {
        rejected.add(
            new RejectedFile(
                indexed.file().path(), indexed.file().label(), image.reason(), image.detail()));
      }
    }
    // A copy of an image that cannot be used is listed once, for that.
    Set<String> known = new HashSet<>();
    rejected.forEach(file -> known.add(file.path()));
    all.rejected().stream().filter(file -> !known.contains(file.path())).forEach(rejected::add);
    return new UsableDataset(all.without(byId.keySet()), rejected);
  }

  /**
   * The images that an earlier run used.
   *
   * @param had ids of the images that had features when it ran
   * @param rejected what it rejected
   */
  public static UsableDataset pinned(
      LabelledDataset listed, Set<String> had, List<RejectedFile> rejected) {
    Set<String> lacking = new HashSet<>();
    listed.images().forEach(image -> lacking.add(image.imageId()));
    lacking.removeAll(had);
    return new UsableDataset(listed.without(lacking), rejected);
  }

  /** Leaves out images whose files could not be read again when their turn came. */
  public UsableDataset withoutUnread(Set<String> imageIds) {
    List<RejectedFile> all = new ArrayList<>(rejected);
    dataset.images().stream()
        .filter(image -> imageIds.contains(image.imageId()))
        .map(
            image ->
                new RejectedFile(
                    image.path(),
                    image.label(),
                    Rejection.CHANGED,
                    "it could not be read again, or holds something else now"))
        .forEach(all::add);
    return new UsableDataset(dataset.without(imageIds), all);
  }

  /** How many files are rejected for each reason. */
  public Map<Rejection, Integer> counts() {
    Map<Rejection, Integer> counts = new EnumMap<>(Rejection.class);
    rejected.forEach(file -> counts.merge(file.reason(), 1, Integer::sum));
    return counts;
  }

  /**
   * Stops a run on a data set that is mostly not what it should be.
   *
   * @param share of files that may be rejected; duplicates do not count
   * @throws HeadgraftException with the number for each reason
   */
  public void requireFewRejected(double share) {
    long bad = rejected.stream().filter(file -> file.reason() != Rejection.DUPLICATE).count();
    long files = (long) dataset.images().size() + rejected.size();
    if (bad > share * files) {
      RejectedFile first =
          rejected.stream()
              .filter(file -> file.reason() != Rejection.DUPLICATE)
              .findFirst()
              .orElseThrow();
      throw HeadgraftException.unusable(
          "%d of %d files cannot be used (%s), dataset.max-rejected allows a share of %s; the first is %s: %s"
              .formatted(bad, files, counts(), share, first.path(), first.detail()));
    }
  }
}
