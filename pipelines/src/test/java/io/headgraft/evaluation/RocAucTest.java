package io.headgraft.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RocAucTest {

  /** The example in the documentation of scikit-learn's roc_auc_score: 0.75. */
  @Test
  void agreesWithScikitLearn() {
    int[] truth = {0, 0, 1, 1};

    assertThat(RocAuc.oneVsRest(0, truth, scores(-0.1, -0.4, -0.35, -0.8))).isEqualTo(0.75);
    assertThat(RocAuc.macro(2, truth, binary(0.1, 0.4, 0.35, 0.8))).isEqualTo(0.75);
  }

  /**
   * Hanley and McNeil 1982, Table I: a reader's ratings, 1 to 5, of the CT images of 58 normal and
   * 51 abnormal patients; the area is 0.893.
   */
  @Test
  void agreesWithHanleyAndMcNeil() {
    int[] abnormal = {3, 2, 2, 11, 33};
    int[] normal = {33, 6, 6, 11, 2};
    IntStream.Builder truth = IntStream.builder();
    DoubleStream.Builder scores = DoubleStream.builder();
    for (int rating = 0; rating < 5; rating++) {
      for (int i = 0; i < abnormal[rating] + normal[rating]; i++) {
        truth.add(i < abnormal[rating] ? 0 : 1);
        scores.add(rating);
      }
    }

    assertThat(RocAuc.oneVsRest(0, truth.build().toArray(), scores(scores.build().toArray())))
        .isCloseTo(0.893, within(5e-4));
  }

  /** By hand, positives 0.5 and 0.7 against 0.3, 0.5, 0.7: (1 + ½ + 0) + (1 + 1 + ½) of 6. */
  @Test
  void tiesCountHalf() {
    assertThat(RocAuc.oneVsRest(0, new int[] {1, 0, 1, 0, 1}, scores(0.3, 0.5, 0.5, 0.7, 0.7)))
        .isCloseTo(4.0 / 6, within(1e-15));
  }

  @Test
  void constantScoresAreWorthHalf() {
    assertThat(RocAuc.oneVsRest(0, new int[] {0, 1, 1, 0, 1}, scores(0.2, 0.2, 0.2, 0.2, 0.2)))
        .isEqualTo(0.5);
  }

  @Test
  void isNotANumberWithoutBothKindsOfExamples() {
    assertThat(RocAuc.oneVsRest(0, new int[] {0, 0}, scores(0.2, 0.3))).isNaN();
    assertThat(RocAuc.oneVsRest(0, new int[] {1, 1}, scores(0.2, 0.3))).isNaN();
    assertThat(RocAuc.macro(2, new int[] {1, 1}, binary(0.2, 0.3))).isNaN();
  }

  /** By hand: label 0 wins 1 of 1, label 1 wins ½ of 1; label 2 has no positive. */
  @Test
  void meanLeavesOutLabelsThatNoExampleHas() {
    double[][] probabilities = {{0.5, 0.25, 0.25}, {0.0, 0.25, 0.75}};

    assertThat(RocAuc.macro(3, new int[] {0, 1}, probabilities)).isEqualTo(0.75);
  }

  /** Scores in steps of 1/{@code steps}: few steps tie often, many hardly ever. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 1_000_000})
  void agreesWithComparingAllPairs(int steps) {
    Random random = new Random(steps);
    for (int round = 0; round < 100; round++) {
      int examples = 2 + random.nextInt(60);
      int[] truth = random.ints(examples, 0, 3).toArray();
      double[] scores =
          random.ints(examples, 0, steps + 1).mapToDouble(s -> (double) s / steps).toArray();

      assertThat(RocAuc.oneVsRest(0, truth, scores(scores)))
          .isCloseTo(allPairs(truth, scores), within(1e-15));
    }
  }

  /** 4·10¹⁰ pairs: neither an int nor all pairs' time would do. */
  @Test
  void manyExamplesNeitherOverflowNorTakeLong() {
    int examples = 400_000;
    int[] truth = new int[examples];
    double[] scores = new double[examples];
    for (int i = 0; i < examples; i++) {
      truth[i] = i % 2;
      scores[i] = 1 - truth[i];
    }

    assertThat(RocAuc.oneVsRest(0, truth, scores(scores))).isEqualTo(1);
  }

  private static double allPairs(int[] truth, double[] scores) {
    double wins = 0;
    int pairs = 0;
    for (int i = 0; i < truth.length; i++) {
      for (int j = 0; j < truth.length; j++) {
        if (truth[i] == 0 && truth[j] != 0) {
          pairs++;
          wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        }
      }
    }
    return pairs == 0 ? Double.NaN : wins / pairs;
  }

  /** The scores of label 0 alone. */
  private static double[][] scores(double... scores) {
    return Arrays.stream(scores).mapToObj(s -> new double[] {s}).toArray(double[][]::new);
  }

  /** Probabilities of two labels, from those of label 1. */
  private static double[][] binary(double... ofLabel1) {
    return Arrays.stream(ofLabel1).mapToObj(p -> new double[] {1 - p, p}).toArray(double[][]::new);
  }
}
