package io.headgraft.head;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.dataset.Split;
import io.headgraft.testing.SameBits;
import io.headgraft.testing.SmallProblem;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TrainingDataTest {

  private static final HeadOptions OPTIONS = SmallProblem.options();

  @Test
  void trainsOnVariantsAndMeasuresImages() {
    try (TrainingData data = SmallProblem.load(OPTIONS)) {
      assertThat(data.labels()).isEqualTo(SmallProblem.LABELS);
      assertSame(data.train().orElseThrow(), SmallProblem.examples(Split.TRAIN));
      assertSame(data.validation(), SmallProblem.examples(Split.VALIDATION));
      assertSame(data.test(), SmallProblem.examples(Split.TEST));
      assertThat(data.everything().size()).isEqualTo(2 * 48 + 6);
      assertThat(data.hasVariants()).isTrue();
      assertThat(data.originals(Split.TRAIN).variants()).hasSize(48).containsOnly(0);
      assertThat(data.originals(Split.VALIDATION)).isSameAs(data.validation());
      assertThat(data.originals(Split.TEST)).isSameAs(data.test());
    }
  }

  @Test
  void rowsAreInTheOrderOfImageAndVariant() {
    try (TrainingData data =
        SmallProblem.load(OPTIONS, SmallProblem.dataset(), SmallProblem.features(7, true))) {
      Examples train = data.train().orElseThrow();

      assertThat(train.imageIds()).isSorted().startsWith("image02", "image02", "image03");
      assertThat(train.variants()).startsWith(0, 1, 0, 1);
      assertSame(train, SmallProblem.examples(Split.TRAIN));
    }
  }

  private static void assertSame(Examples actual, Examples expected) {
    assertThat(actual).usingRecursiveComparison(SameBits.butForSeconds()).isEqualTo(expected);
  }

  @Test
  void withoutAValidationSplitTheTrainingSplitIsCrossValidated() {
    try (TrainingData with = SmallProblem.load(OPTIONS);
        TrainingData without =
            SmallProblem.load(
                OPTIONS, SmallProblem.dataset(Split.VALIDATION), SmallProblem.features(2, false))) {
      assertThat(with.folds().description()).isEqualTo("6 images of the validation split");
      assertThat(without.folds().description())
          .isEqualTo("5-fold cross-validation of the 54 images of the training split");
      assertThat(without.everything().size()).isEqualTo(2 * 54);
    }
  }

  @Test
  void theVariantsCanBeLeftOut() {
    try (TrainingData data = SmallProblem.load(OPTIONS)) {
      TrainingData originals = data.withoutVariants().orElseThrow();

      assertThat(originals.hasVariants()).isFalse();
      assertThat(originals.train().orElseThrow().variants()).hasSize(48).containsOnly(0);
      assertThat(originals.test()).isSameAs(data.test());
    }
  }

  @Test
  void moreThanOneProcessMayHoldStaysOnSpark() {
    // 2 · 48 rows of 5 floats.
    try (TrainingData held = SmallProblem.load(SmallProblem.options("head.memory=1920"));
        TrainingData spread =
            SmallProblem.load(SmallProblem.options("head.memory=1919", "head.partitions=3"));
        TrainingSet local = held.everything();
        TrainingSet distributed = spread.everything()) {
      assertThat(local.where()).isEqualTo("in one process");
      assertThat(spread.train()).isEmpty();
      assertThat(spread.hasVariants()).isFalse();
      assertThat(spread.withoutVariants()).isEmpty();
      // Those of the training images, and one of the validation split.
      assertThat(distributed.where()).isEqualTo("distributed over 4 partitions");
      assertThat(distributed.size()).isEqualTo(local.size());
      assertSame(spread.validation(), held.validation());
      assertThat(spread.folds().size()).isEqualTo(1);
      try (Fold fold = spread.folds().get(0)) {
        assertThat(fold.train().size()).isEqualTo(2 * 48);
        assertThat(fold.trainPhotos()).isEqualTo(48);
      }
    }
  }

  @Test
  void trainingImagesAreMeasuredWhereverTheyAre() {
    Head head =
        new Head(
            "lbfgs",
            SmallProblem.LABELS,
            new Standardization(new double[] {0, 0, 0, 0, 0}, new double[] {1, 1, 1, 1, 1}),
            new double[][] {{1, 0, 0, 0, 0}, {0, 1, 0, 0, 0}, {0, 0, 1, 0, 0}},
            new double[3],
            Map.of(),
            0);
    try (TrainingData held = SmallProblem.load(OPTIONS);
        TrainingData spread =
            SmallProblem.load(SmallProblem.options("head.memory=1", "head.partitions=3"))) {
      Predictions local = held.trainPredictions(head);
      Predictions distributed = spread.trainPredictions(head);

      assertThat(local.labels()).hasSize(48);
      assertThat(local.probabilities()[0])
          .containsExactly(head.probabilities(held.train().orElseThrow().features()[0]));
      assertThat(distributed.labels()).containsExactlyInAnyOrder(local.labels());
      assertThat(distributed.probabilities()).hasDimensions(48, 3);
    }
  }

  @Test
  void distributedRowsAreWhitenedAsThoseInMemory() {
    try (TrainingData held = SmallProblem.load(OPTIONS);
        TrainingData spread =
            SmallProblem.load(SmallProblem.options("head.memory=1", "head.partitions=3"));
        TrainingSet everything = held.everything()) {
      Standardization standardization = everything.standardization();
      double[][] local = held.whitening(standardization, 0.1).matrix();
      double[][] distributed = spread.whitening(standardization, 0.1).matrix();
      for (int i = 0; i < local.length; i++) {
        assertThat(distributed[i]).containsExactly(local[i], within(1e-9));
      }

      Head head =
          new Head(
              "lbfgs",
              SmallProblem.LABELS,
              standardization,
              new double[3][5],
              new double[] {1, 0, -1},
              Map.of(),
              0);
      double sum = Math.E + 1 + 1 / Math.E;
      assertThat(held.meanInverseSum(head)).isCloseTo(1 / sum, within(1e-12));
      assertThat(spread.meanInverseSum(head)).isCloseTo(1 / sum, within(1e-12));
    }
  }

  @Test
  void refusesToCrossValidateWhatNoProcessHolds() {
    try (TrainingData data =
        SmallProblem.load(
            SmallProblem.options("head.memory=1000"),
            SmallProblem.dataset(Split.VALIDATION),
            SmallProblem.features(2, false))) {
      assertUnusable(
          data::folds,
          "The training features take more than head.memory, 1,000 bytes, and without a"
              + " validation split all of them are needed at once: raise head.memory, or set"
              + " dataset.validation");
    }
  }

  @Test
  void refusesMissingFeatures() {
    Dataset<Row> some = SmallProblem.features(2, false).where(col("image_id").geq("image03"));

    assertUnusable(
        () -> SmallProblem.load(OPTIONS, SmallProblem.dataset(), some),
        "3 of 60 images have no features for this backbone and configuration, file:/image00 among"
            + " them: run 'headgraft extract' first");
  }

  @Test
  void refusesAnEmptyCache() {
    Dataset<Row> none = SmallProblem.features(2, false).limit(0);

    assertUnusable(
        () -> SmallProblem.load(OPTIONS, SmallProblem.dataset(), none),
        "60 of 60 images have no features for this backbone and configuration, file:/image00 among"
            + " them: run 'headgraft extract' first");
  }

  private static void assertUnusable(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessage(message);
  }
}
