package io.headgraft.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.headgraft.HeadgraftException;
import io.headgraft.image.Rejection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DatasetRulesTest {

  private static final DatasetOptions OPTIONS = new DatasetOptions(1, 0, 0, 0.2);

  @Test
  void duplicatesOfOneLabelCountOnce() {
    DatasetRules.Resolved resolved =
        resolve(
            file("b.png", "x", "cat", Split.TRAIN),
            file("a.png", "x", "cat", Split.TRAIN),
            file("c.png", "y", "dog", Split.TRAIN));

    assertThat(resolved.images())
        .containsExactly(
            new LabelledImage("x", "a.png", 3, "cat", "x", Split.TRAIN),
            new LabelledImage("y", "c.png", 3, "dog", "y", Split.TRAIN));
    assertThat(resolved.rejected())
        .containsExactly(
            new RejectedFile(
                "b.png",
                "cat",
                Rejection.DUPLICATE,
                "the same image is in the train split as a.png"));
  }

  @Test
  void anImageWithoutAGroupIsItsOwn() {
    DatasetRules.Resolved resolved =
        resolve(
            new IndexedFile(
                new ListedFile(
                    "a.png",
                    "cat",
                    Optional.of(Split.TRAIN),
                    Optional.of("Ada"),
                    3,
                    1,
                    Optional.empty()),
                "x"),
            file("b.png", "y", "cat", Split.TRAIN));

    assertThat(resolved.images()).extracting(LabelledImage::group).containsExactly("Ada", "y");
  }

  @Test
  void theTestSplitWins() {
    DatasetRules.Resolved resolved =
        resolve(
            file("a.png", "x", "cat", Split.TRAIN),
            file("b.png", "x", "cat", Split.VALIDATION),
            file("c.png", "x", "cat", Split.TEST));

    assertThat(resolved.images())
        .containsExactly(new LabelledImage("x", "c.png", 3, "cat", "x", Split.TEST));
    assertThat(resolved.rejected())
        .extracting(RejectedFile::path, RejectedFile::detail)
        .containsExactly(
            tuple("a.png", "the same image is in the test split as c.png"),
            tuple("b.png", "the same image is in the test split as c.png"));
  }

  @Test
  void oneFileInTwoSplitsIsReported() {
    DatasetRules.Resolved resolved =
        resolve(
            file("a.png", "x", "cat", Split.TRAIN), file("a.png", "x", "cat", Split.VALIDATION));

    assertThat(resolved.images())
        .extracting(LabelledImage::split)
        .containsExactly(Split.VALIDATION);
    assertThat(resolved.rejected())
        .extracting(RejectedFile::path, RejectedFile::detail)
        .containsExactly(tuple("a.png", "the same image is in the validation split as a.png"));
  }

  @Test
  void conflictingLabelsLeaveNone() {
    DatasetRules.Resolved resolved =
        resolve(
            file("dog/a.png", "x", "dog", Split.TEST),
            file("cat/a.png", "x", "cat", Split.TRAIN),
            file("cat/b.png", "y", "cat", Split.TRAIN));

    assertThat(resolved.images()).extracting(LabelledImage::imageId).containsExactly("y");
    assertThat(resolved.rejected())
        .containsExactlyInAnyOrder(
            new RejectedFile(
                "dog/a.png",
                "dog",
                Rejection.CONFLICTING_LABELS,
                "the same image has the labels [cat, dog]"),
            new RejectedFile(
                "cat/a.png",
                "cat",
                Rejection.CONFLICTING_LABELS,
                "the same image has the labels [cat, dog]"));
  }

  @Test
  void theOrderOfTheFilesDoesNotMatter() {
    List<Split> splits = List.of(Split.TEST, Split.VALIDATION, Split.TRAIN);
    List<IndexedFile> files = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String label = i % 7 == 0 ? "cat" : "dog";
      files.add(file(i + ".png", "image" + i % 20, label, splits.get(i % 3)));
    }
    DatasetRules.Resolved first = DatasetRules.resolve(files, OPTIONS);
    Collections.shuffle(files, new Random(1));
    DatasetRules.Resolved second = DatasetRules.resolve(files, OPTIONS);

    assertThat(first.images()).isNotEmpty();
    assertThat(second.images()).isEqualTo(first.images());
    assertThat(second.rejected()).containsExactlyInAnyOrderElementsOf(first.rejected());
  }

  @Test
  void labelsAreSorted() {
    assertThat(
            dataset(
                    image("x", "❤", Split.TRAIN),
                    image("y", "cat", Split.TRAIN),
                    image("z", "Zoo", Split.TRAIN))
                .labels())
        .containsExactly("Zoo", "cat", "❤");
  }

  @Test
  void refusesFewerThanTwoLabels() {
    assertThatThrownBy(dataset(image("x", "cat", Split.TRAIN))::labels)
        .isInstanceOf(HeadgraftException.class)
        .hasMessage("The data set has the labels [cat]: a classifier tells at least two apart");
  }

  @Test
  void refusesALabelWithoutTrainingImages() {
    assertThatThrownBy(
            dataset(image("x", "cat", Split.TRAIN), image("y", "dog", Split.TEST))::labels)
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(
            "No image to train on has the labels [dog]: add some, or hold out fewer (dataset.test,"
                + " dataset.validation)");
  }

  @Test
  void imagesCanBeTakenOut() {
    LabelledDataset dataset =
        dataset(image("x", "cat", Split.TRAIN), image("y", "dog", Split.TEST));

    assertThat(dataset.without(Set.of("x", "other")))
        .isEqualTo(dataset(image("y", "dog", Split.TEST)));
  }

  private static LabelledDataset dataset(LabelledImage... images) {
    return new LabelledDataset(0, List.of(images), List.of());
  }

  private static LabelledImage image(String imageId, String label, Split split) {
    return new LabelledImage(imageId, imageId + ".png", 3, label, imageId, split);
  }

  private static DatasetRules.Resolved resolve(IndexedFile... files) {
    return DatasetRules.resolve(List.of(files), OPTIONS);
  }

  private static IndexedFile file(String path, String imageId, String label, Split split) {
    return new IndexedFile(
        new ListedFile(path, label, Optional.of(split), Optional.empty(), 3, 1, Optional.empty()),
        imageId);
  }
}
