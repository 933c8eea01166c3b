package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.dataset.Split;
import io.headgraft.testing.LocalSpark;
import io.headgraft.testing.SmallProblem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FoldsTest {

  private static final Examples TRAIN = SmallProblem.examples(Split.TRAIN);
  private static final Examples VALIDATION = SmallProblem.examples(Split.VALIDATION);

  @Test
  void aValidationSplitIsTheOneFold() {
    Folds folds = Folds.validation(SmallProblem.LABELS, TRAIN, VALIDATION, new ClassWeights.None());

    assertThat(folds.size()).isEqualTo(1);
    assertThat(folds.labels()).containsExactly(VALIDATION.labels());
    assertThat(folds.description()).isEqualTo("6 images of the validation split");
    try (Fold fold = folds.get(0)) {
      assertThat(fold.train().size()).isEqualTo(96);
      assertThat(fold.trainPhotos()).isEqualTo(48);
      assertThat(fold.heldOut()).isSameAs(VALIDATION);
      assertThat(fold.heldOutFeatures()[1])
          .containsExactly(
              fold.train().standardization().applyInSinglePrecision(VALIDATION.features()[1]));
    }
  }

  @Test
  void eachImageIsHeldOutOnceAndThenNotTrainedOn() {
    Folds folds = crossValidation(TRAIN, 5);

    assertThat(folds.size()).isEqualTo(5);
    assertThat(folds.description())
        .isEqualTo("5-fold cross-validation of the 48 images of the training split");
    List<String> heldOut = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      try (Fold fold = folds.get(i)) {
        Examples examples = fold.heldOut();
        heldOut.addAll(List.of(examples.imageIds()));
        Arrays.stream(examples.labels()).forEach(labels::add);
        // A variant of an image is not measured, and leaves the training with it.
        assertThat(examples.variants()).containsOnly(0);
        assertThat(fold.trainPhotos()).isEqualTo(48 - examples.size());
        assertThat(fold.train().size()).isEqualTo(2L * (48 - examples.size()));
      }
    }
    assertThat(heldOut)
        .containsExactlyInAnyOrderElementsOf(new HashSet<>(List.of(TRAIN.imageIds())));
    assertThat(folds.labels()).containsExactly(labels.stream().mapToInt(k -> k).toArray());
  }

  @Test
  void foldsAreBalancedOverTheLabels() {
    Folds folds = crossValidation(TRAIN, 5);

    // 16 images of each label in 5 folds.
    for (int i = 0; i < 5; i++) {
      try (Fold fold = folds.get(i)) {
        for (int label = 0; label < 3; label++) {
          int wanted = label;
          assertThat(Arrays.stream(fold.heldOut().labels()).filter(k -> k == wanted).count())
              .isBetween(3L, 4L);
        }
      }
    }
  }

  @Test
  void groupsStayTogether() {
    // Four images in a row are a group, whatever their labels.
    Examples grouped = grouped(4);
    Folds folds = crossValidation(grouped, 3);

    assertThat(folds.size()).isEqualTo(3);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 3; i++) {
      try (Fold fold = folds.get(i)) {
        Set<String> groups = new HashSet<>(List.of(fold.heldOut().groups()));
        assertThat(groups).hasSize(4).noneMatch(seen::contains);
        seen.addAll(groups);
        // All of a group's images are held out, so none is trained on.
        assertThat(fold.heldOut().size()).isEqualTo(16);
        assertThat(fold.trainPhotos()).isEqualTo(32);
      }
    }
    assertThat(seen).hasSize(12);
  }

  @Test
  void fewerGroupsMakeFewerFolds() {
    Folds folds = crossValidation(grouped(16), 5);

    assertThat(folds.size()).isEqualTo(3);
    assertThat(folds.labels()).hasSize(48);
    try (Fold fold = folds.get(2)) {
      assertThat(new HashSet<>(List.of(fold.heldOut().groups()))).hasSize(1);
      assertThat(fold.trainPhotos()).isEqualTo(32);
    }
  }

  @Test
  void aSingleGroupCannotBeHeldOut() {
    assertThatThrownBy(() -> crossValidation(grouped(48), 5))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessage(
            "All training images are of one group, 'group0', and there is no validation split to"
                + " choose settings with: name more groups, or set dataset.validation");
  }

  private static Examples grouped(int images) {
    String[] groups =
        IntStream.range(0, TRAIN.size())
            .mapToObj(row -> "group" + row / (2 * images))
            .toArray(String[]::new);
    return new Examples(
        TRAIN.features(), TRAIN.labels(), TRAIN.imageIds(), groups, TRAIN.variants());
  }

  private static Folds crossValidation(Examples examples, int folds) {
    return Folds.crossValidation(SmallProblem.LABELS, examples, new ClassWeights.None(), folds);
  }

  @Test
  void fewerPhotosAreSubsetsOfMore() {
    Set<String> before = Set.of();
    for (int images : new int[] {1, 3, 7, 100}) {
      Examples some = TRAIN.atMost(images);
      Set<String> ids = new HashSet<>(List.of(some.imageIds()));

      assertThat(ids).hasSize(3 * Math.min(images, 16)).containsAll(before);
      assertThat(some.size()).as("with their variants").isEqualTo(2 * ids.size());
      assertThat(some.images()).isEqualTo(ids.size());
      for (int label = 0; label < 3; label++) {
        int wanted = label;
        assertThat(Arrays.stream(some.labels()).filter(k -> k == wanted).count())
            .isEqualTo(2L * Math.min(images, 16));
      }
      before = ids;
    }
  }

  @Test
  void fewerPhotosAreMeasuredOnTheSameOnes() {
    Folds folds = crossValidation(TRAIN, 5);
    Folds smaller = folds.atMost(4).orElseThrow();

    assertThat(smaller.size()).isEqualTo(5);
    assertThat(smaller.labels()).containsExactly(folds.labels());
    try (Fold fold = smaller.get(3);
        Fold whole = folds.get(3)) {
      assertThat(fold.trainPhotos()).isEqualTo(12);
      assertThat(fold.heldOut()).isSameAs(whole.heldOut());
    }
  }

  @Test
  void aLearningCurveEndsWhereAllPhotosAreUsed() {
    LbfgsTrainer trainer = new LbfgsTrainer(SmallProblem.options());
    Setting.Penalty setting = new Setting.Penalty(0.1);
    Folds folds = Folds.validation(SmallProblem.LABELS, TRAIN, VALIDATION, new ClassWeights.None());

    List<LearningCurve.Point> points =
        LearningCurve.of(trainer, setting, folds, List.of(2, 10, 20, 50));

    assertThat(points)
        .extracting(LearningCurve.Point::photosPerLabel, LearningCurve.Point::photos)
        .containsExactly(tuple(2, 6), tuple(10, 30), tuple(20, 48));
    try (Fold fold = folds.get(0)) {
      Predictions all = Predictions.of(trainer.trainAsTried(fold.train(), setting), VALIDATION);
      assertThat(points.get(2).predictions().labels()).containsExactly(VALIDATION.labels());
      assertThat(points.get(2).predictions().probabilities()).isDeepEqualTo(all.probabilities());
      assertThat(points.get(0).predictions().probabilities()[0])
          .isNotEqualTo(all.probabilities()[0]);
    }
    assertThat(LearningCurve.of(trainer, setting, folds, List.of())).isEmpty();
  }

  @Test
  void aLearningCurveOfACrossValidationIsMeasuredOnAllFolds() {
    List<LearningCurve.Point> points =
        LearningCurve.of(
            new NearestNeighboursTrainer(SmallProblem.options().knn(), LocalSpark.context()),
            new Setting.Neighbours(1, Weighting.UNIFORM),
            crossValidation(TRAIN, 4),
            List.of(5));

    assertThat(points)
        .singleElement()
        .satisfies(
            point -> {
              assertThat(point.photos()).isEqualTo(15);
              assertThat(point.predictions().labels()).hasSize(48);
            });
  }

  @Test
  void rowsOnSparkHaveNoLearningCurve() {
    HeadOptions options = SmallProblem.options("head.memory=1");
    try (TrainingData data = SmallProblem.load(options)) {
      assertThat(
              LearningCurve.of(
                  new LbfgsTrainer(options), new Setting.Penalty(0.1), data.folds(), List.of(2)))
          .isEmpty();
    }
  }
}
