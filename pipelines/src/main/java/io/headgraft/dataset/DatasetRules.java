package io.headgraft.dataset;

import io.headgraft.image.Rejection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a data set's images are, once each: the same image under two labels is used under none, and
 * in two splits it belongs to the one that is held out.
 */
final class DatasetRules {

  /** The outcome, in the order of the image ids. */
  record Resolved(List<LabelledImage> images, List<RejectedFile> rejected) {}

  private final SplitRule splits;
  private final List<LabelledImage> images = new ArrayList<>();
  private final List<RejectedFile> rejected = new ArrayList<>();

  private DatasetRules(SplitRule splits) {
    this.splits = splits;
  }

  static Resolved resolve(List<IndexedFile> files, DatasetOptions options) {
    DatasetRules rules = new DatasetRules(new SplitRule(options));
    Map<String, List<IndexedFile>> contents =
        files.stream()
            .collect(
                Collectors.groupingBy(IndexedFile::imageId, TreeMap::new, Collectors.toList()));
    contents.values().forEach(rules::resolve);
    return new Resolved(rules.images, rules.rejected);
  }

  private void resolve(List<IndexedFile> copies) {
    TreeSet<String> labels =
        copies.stream()
            .map(copy -> copy.file().label())
            .collect(Collectors.toCollection(TreeSet::new));
    if (labels.size() > 1) {
      for (IndexedFile copy : copies) {
        reject(copy, Rejection.CONFLICTING_LABELS, "the same image has the labels " + labels);
      }
      return;
    }
    IndexedFile kept =
        copies.stream()
            .min(
                Comparator.comparing(splits::split)
                    .thenComparing((IndexedFile copy) -> copy.file().path()))
            .orElseThrow();
    Split split = splits.split(kept);
    images.add(
        new LabelledImage(
            kept.imageId(),
            kept.file().path(),
            kept.file().length(),
            kept.file().label(),
            kept.file().group().orElse(kept.imageId()),
            split));
    for (IndexedFile copy : copies) {
      if (!copy.equals(kept)) {
        reject(
            copy,
            Rejection.DUPLICATE,
            "the same image is in the %s split as %s".formatted(split.text(), kept.file().path()));
      }
    }
  }

  private void reject(IndexedFile copy, Rejection reason, String detail) {
    rejected.add(new RejectedFile(copy.file().path(), copy.file().label(), reason, detail));
  }
}
