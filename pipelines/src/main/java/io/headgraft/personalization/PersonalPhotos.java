package io.headgraft.personalization;

import io.headgraft.HeadgraftException;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.ListedDataset;
import io.headgraft.dataset.RejectedFile;
import io.headgraft.dataset.Split;
import io.headgraft.image.ImageOptions;
import io.headgraft.image.RejectedImageException;
import io.headgraft.image.Rejection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;

/**
 * The photos that a model is trained with and measured on. A photo that is among both is measured
 * on alone.
 *
 * @param rejected files that are not used
 */
record PersonalPhotos(
    List<LabelledImage> train, List<LabelledImage> test, List<RejectedFile> rejected) {

  /**
   * Lists folders and reads their files.
   *
   * @param data a folder of label folders, or of {@code train}, {@code validation} and {@code test}
   *     with label folders each: then the first is trained with, and the last measured on if there
   *     is no other folder to measure on
   * @param test a folder to measure on, whatever its splits
   * @throws HeadgraftException if one cannot be listed, or nothing is left to train with
   */
  static PersonalPhotos list(
      String data, Optional<String> test, Configuration hadoop, ImageOptions limits) {
    ListedDataset all = ListedDataset.readFolder(data, hadoop, limits);
    List<RejectedFile> rejected = new ArrayList<>(all.rejected());
    List<LabelledImage> measured = ofSplit(all, Split.TEST);
    if (test.isPresent()) {
      ListedDataset other = ListedDataset.readFolder(test.get(), hadoop, limits);
      rejected.addAll(other.rejected());
      measured = other.images();
    }
    Set<String> held = new HashSet<>();
    measured.forEach(photo -> held.add(photo.imageId()));
    List<LabelledImage> train = new ArrayList<>();
    for (LabelledImage photo : ofSplit(all, Split.TRAIN)) {
      if (held.contains(photo.imageId())) {
        rejected.add(
            new RejectedFile(
                photo.path(), photo.label(), Rejection.DUPLICATE, "it is among the test photos"));
      } else {
        train.add(photo);
      }
    }
    if (train.isEmpty()) {
      throw HeadgraftException.unusable(
          "%s holds no photo to train with that is not among the test photos".formatted(data));
    }
    return new PersonalPhotos(train, measured, rejected);
  }

  private static List<LabelledImage> ofSplit(ListedDataset all, Split split) {
    return all.images().stream().filter(photo -> photo.split() == split).toList();
  }

  /** Those to train with, then those to measure on. */
  List<LabelledImage> all() {
    return Stream.concat(train.stream(), test.stream()).toList();
  }

  /** With what turned out to be no pictures. */
  PersonalPhotos without(Map<LabelledImage, RejectedImageException> bad) {
    List<RejectedFile> more = new ArrayList<>(rejected);
    bad.forEach(
        (photo, why) ->
            more.add(new RejectedFile(photo.path(), photo.label(), why.reason(), why.detail())));
    return new PersonalPhotos(
        train.stream().filter(photo -> !bad.containsKey(photo)).toList(),
        test.stream().filter(photo -> !bad.containsKey(photo)).toList(),
        more);
  }
}
