package io.headgraft.head;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.dataset.Split;
import io.headgraft.testing.LocalSpark;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class TrainingDataTest {

  @Test
  void trainsOnVariantsAndMeasuresImages() {
    try (TrainingData data = SmallProblem.load()) {
      assertThat(data.labels()).isEqualTo(SmallProblem.LABELS);
      assertThat(data.examples(Split.TRAIN).size()).isEqualTo(2 * 48);
      assertThat(data.examples(Split.VALIDATION).size()).isEqualTo(6);
      assertThat(data.examples(Split.TEST).size()).isEqualTo(6);
      assertThat(data.trainingRows().count()).isEqualTo(2 * 48);
    }
  }

  @Test
  void rowsAreInTheOrderOfImageAndVariant() {
    try (TrainingData data = SmallProblem.load(SmallProblem.features(7, true))) {
      Examples train = data.examples(Split.TRAIN);

      assertThat(train.imageIds()).isSorted().startsWith("image02", "image02", "image03");
      assertThat(train.labels()).startsWith(2, 2, 0, 0, 1, 1);
      for (int i = 0; i < 6; i++) {
        assertThat(train.features()[i])
            .containsExactly(SmallProblem.feature(2 + i / 2, i % 2).toArray(Float[]::new));
      }
      assertThat(data.examples(Split.TEST).imageIds()).startsWith("image00", "image10");
    }
  }

  @Test
  void refusesMissingFeatures() {
    Dataset<Row> some = SmallProblem.features(2, false).where(col("image_id").geq("image03"));

    assertUnusable(
        some,
        SmallProblem.MEMORY,
        "3 of 60 images have no features for this backbone and configuration, file:/image00 among"
            + " them: run 'headgraft extract' first");
  }

  @Test
  void refusesAnEmptyCache() {
    assertUnusable(
        SmallProblem.features(2, false).limit(0),
        SmallProblem.MEMORY,
        "60 of 60 images have no features for this backbone and configuration, file:/image00 among"
            + " them: run 'headgraft extract' first");
  }

  @Test
  void refusesMoreThanTheDriverMayHold() {
    // 2 * 48 + 12 rows of 5 floats.
    assertUnusable(
        SmallProblem.features(2, false),
        2_159,
        "108 rows of features take 2,160 bytes, head.memory allows 2,159: raise it, or extract"
            + " fewer variants");
    TrainingData.load(
            LocalSpark.session(), SmallProblem.dataset(), SmallProblem.features(2, false), 2_160)
        .close();
  }

  private static void assertUnusable(Dataset<Row> features, long memory, String message) {
    assertThatThrownBy(
            () -> TrainingData.load(LocalSpark.session(), SmallProblem.dataset(), features, memory))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessage(message);
  }
}
