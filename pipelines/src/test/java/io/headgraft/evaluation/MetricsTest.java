package io.headgraft.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetricsTest {

  private static final List<String> TWO = List.of("cat", "dog");
  private static final List<String> THREE = List.of("cat", "dog", "owl");

  @Test
  void perfectPredictions() {
    Metrics metrics = Metrics.of(THREE, new int[] {0, 1, 2, 1}, certain(3, 0, 1, 2, 1));

    assertThat(metrics.examples()).isEqualTo(4);
    assertThat(metrics.accuracy()).isEqualTo(1);
    assertThat(metrics.accuracyInterval()).isEqualTo(Wilson.interval(4, 4));
    // Not −0.0, which would show.
    assertThat(metrics.logLoss()).isEqualTo(0.0);
    assertThat(metrics.brier()).isZero();
    assertThat(metrics.ece()).isZero();
    assertThat(metrics.macroF1()).isEqualTo(1);
    assertThat(metrics.macroAuc()).isEqualTo(1);
    assertThat(metrics.confusion()).isDeepEqualTo(new int[][] {{1, 0, 0}, {0, 2, 0}, {0, 0, 1}});
    assertThat(metrics.perLabel())
        .containsExactly(
            new LabelMetrics("cat", 1, 1, 1, 1),
            new LabelMetrics("dog", 2, 1, 1, 1),
            new LabelMetrics("owl", 1, 1, 1, 1));
  }

  /** Certain and wrong: each statistic at its worst; the log-loss is −ln 10⁻¹⁰⁰ = 100 ln 10. */
  @Test
  void worstPredictions() {
    Metrics metrics = Metrics.of(TWO, new int[] {0, 1, 0}, certain(2, 1, 0, 1));

    assertThat(metrics.accuracy()).isZero();
    assertThat(metrics.accuracyInterval()).isEqualTo(Wilson.interval(0, 3));
    assertThat(metrics.logLoss()).isCloseTo(100 * Math.log(10), within(1e-12));
    assertThat(metrics.brier()).isEqualTo(2);
    assertThat(metrics.ece()).isEqualTo(1);
    assertThat(metrics.macroF1()).isZero();
    assertThat(metrics.macroAuc()).isZero();
    assertThat(metrics.confusion()).isDeepEqualTo(new int[][] {{0, 2}, {1, 0}});
  }

  /** The example in the documentation of scikit-learn's log_loss: 0.21616. */
  @Test
  void logLossAgreesWithScikitLearn() {
    Metrics metrics =
        Metrics.of(
            List.of("ham", "spam"),
            new int[] {1, 0, 0, 1},
            new double[][] {{0.1, 0.9}, {0.9, 0.1}, {0.8, 0.2}, {0.35, 0.65}});

    assertThat(metrics.logLoss()).isCloseTo(0.21616, within(5e-6));
  }

  /**
   * By hand with Brier's 1950 formula, ten forecasts of rain: two labels double the squared error,
   * 2 (0.7² + 0.1² + 0.2² + 0.6² + 0.2² + 0.1²) = 1.9, by ten examples.
   */
  @Test
  void brierCountsAllLabels() {
    double[] rain = {0.7, 0.9, 0.8, 0.4, 0.2, 0, 0, 0, 0, 0.1};
    double[][] probabilities =
        Arrays.stream(rain).mapToObj(p -> new double[] {1 - p, p}).toArray(double[][]::new);

    Metrics metrics =
        Metrics.of(
            List.of("no rain", "rain"), new int[] {0, 1, 1, 1, 0, 0, 0, 0, 0, 0}, probabilities);

    assertThat(metrics.brier()).isCloseTo(0.19, within(1e-15));
  }

  /** By hand: (0.5−1)² + 0.25² + 0.25² = 0.375 and 0.2² + (0.3−1)² + 0.5² = 0.78. */
  @Test
  void brierOfThreeLabels() {
    Metrics metrics =
        Metrics.of(THREE, new int[] {0, 1}, new double[][] {{0.5, 0.25, 0.25}, {0.2, 0.3, 0.5}});

    assertThat(metrics.brier()).isCloseTo((0.375 + 0.78) / 2, within(1e-15));
  }

  /**
   * The example in the documentation of scikit-learn's f1_score, precision_score and recall_score:
   * macro F1 0.26, precision 0.22, recall 0.33. By hand: label 0 is predicted 3 times and right
   * twice, so its precision is 2/3, its recall 1 and its F1 4/5; labels 1 and 2 are never right.
   */
  @Test
  void macroF1AgreesWithScikitLearn() {
    Metrics metrics = Metrics.of(THREE, new int[] {0, 1, 2, 0, 1, 2}, certain(3, 0, 2, 1, 0, 0, 1));

    assertThat(metrics.macroF1()).isCloseTo(0.8 / 3, within(1e-15));
    assertThat(metrics.perLabel())
        .containsExactly(
            new LabelMetrics("cat", 2, 2.0 / 3, 1, 0.8),
            new LabelMetrics("dog", 2, 0, 0, 0),
            new LabelMetrics("owl", 2, 0, 0, 0));
    assertThat(metrics.confusion()).isDeepEqualTo(new int[][] {{2, 0, 0}, {1, 0, 1}, {0, 2, 0}});
  }

  /** An even chance for both labels predicts the first; by hand. */
  @Test
  void tiesGoToTheFirstLabel() {
    Metrics metrics = Metrics.of(TWO, new int[] {0, 1, 1}, new double[][] {even(), even(), even()});

    assertThat(metrics.confusion()).isDeepEqualTo(new int[][] {{1, 0}, {2, 0}});
    assertThat(metrics.accuracy()).isEqualTo(1.0 / 3);
    assertThat(metrics.logLoss()).isCloseTo(Math.log(2), within(1e-15));
    assertThat(metrics.brier()).isEqualTo(0.5);
    assertThat(metrics.ece()).isCloseTo(0.5 - 1.0 / 3, within(1e-15));
    assertThat(metrics.macroF1()).isCloseTo((2 * 1 / 4.0 + 0) / 2, within(1e-15));
    assertThat(metrics.macroAuc()).isEqualTo(0.5);
  }

  @Test
  void aLabelNeitherPresentNorPredictedLeavesTheMeansAlone() {
    Metrics metrics = Metrics.of(THREE, new int[] {0, 1}, certain(3, 0, 1));

    assertThat(metrics.perLabel()).last().isEqualTo(new LabelMetrics("owl", 0, 0, 0, 0));
    assertThat(metrics.macroF1()).isEqualTo(1);
    assertThat(metrics.macroAuc()).isEqualTo(1);
  }

  /** By hand: cat's F1 is 2/3, dog's 1, owl's 0, and owl counts, as with scikit-learn. */
  @Test
  void aLabelPredictedButAbsentLowersMacroF1() {
    Metrics metrics = Metrics.of(THREE, new int[] {0, 0, 1}, certain(3, 0, 2, 1));

    assertThat(metrics.perLabel()).last().isEqualTo(new LabelMetrics("owl", 0, 0, 0, 0));
    assertThat(metrics.macroF1()).isCloseTo((2.0 / 3 + 1 + 0) / 3, within(1e-15));
  }

  @Test
  void aSingleExampleHasNoAuc() {
    Metrics metrics = Metrics.of(TWO, new int[] {1}, new double[][] {{0.25, 0.75}});

    assertThat(metrics.examples()).isEqualTo(1);
    assertThat(metrics.accuracy()).isEqualTo(1);
    assertThat(metrics.logLoss()).isCloseTo(-Math.log(0.75), within(1e-15));
    assertThat(metrics.brier()).isEqualTo(0.125);
    assertThat(metrics.ece()).isEqualTo(0.25);
    assertThat(metrics.macroF1()).isEqualTo(1);
    assertThat(metrics.macroAuc()).isNaN();
  }

  @Test
  void aSingleLabelIsAlwaysRight() {
    Metrics metrics = Metrics.of(List.of("cat"), new int[] {0, 0}, certain(1, 0, 0));

    assertThat(metrics.accuracy()).isEqualTo(1);
    assertThat(metrics.macroAuc()).isNaN();
  }

  /** What must hold whatever the predictions are, on seeded random ones. */
  @Test
  void statisticsOfRandomPredictionsAgreeWithEachOther() {
    Random random = new Random(81840422);
    for (int round = 0; round < 200; round++) {
      int[] truth = random.ints(1 + random.nextInt(40), 0, 3).toArray();
      double[][] probabilities = randomDistributions(random, truth.length);

      Metrics metrics = Metrics.of(THREE, truth, probabilities);

      int[] inCells = Arrays.stream(metrics.confusion()).flatMapToInt(Arrays::stream).toArray();
      assertThat(Arrays.stream(inCells).sum()).isEqualTo(truth.length);
      assertThat(metrics.perLabel().stream().mapToInt(LabelMetrics::support).sum())
          .isEqualTo(truth.length);
      // Recall weighted by support is accuracy.
      assertThat(metrics.perLabel().stream().mapToDouble(l -> l.recall() * l.support()).sum())
          .isCloseTo(metrics.accuracy() * truth.length, within(1e-12));
      assertThat(metrics.accuracy())
          .isBetween(metrics.accuracyInterval().low(), metrics.accuracyInterval().high());
      assertThat(metrics.brier()).isBetween(0.0, 2.0);
      assertThat(metrics.ece()).isBetween(0.0, 1.0);
      assertThat(metrics.perLabel())
          .allSatisfy(l -> assertThat(l.f1()).isCloseTo(harmonicMean(l), within(1e-15)));
    }
  }

  private static double harmonicMean(LabelMetrics label) {
    double sum = label.precision() + label.recall();
    return sum == 0 ? 0 : 2 * label.precision() * label.recall() / sum;
  }

  private static double[][] randomDistributions(Random random, int examples) {
    double[][] distributions = new double[examples][];
    for (int i = 0; i < examples; i++) {
      distributions[i] =
          Probabilities.softmax(random.doubles(THREE.size()).map(x -> 6 * x).toArray());
    }
    return distributions;
  }

  @Test
  void acceptsSumsThatSinglePrecisionRounded() {
    assertThat(Metrics.of(TWO, new int[] {0}, new double[][] {{1 + 9e-7, 0}}).accuracy())
        .isEqualTo(1);
    assertThat(Metrics.of(TWO, new int[] {0}, new double[][] {{0.5, 0.5 - 9e-7}}).accuracy())
        .isEqualTo(1);
  }

  @Test
  void perLabelCannotBeChanged() {
    Metrics metrics = Metrics.of(TWO, new int[] {0}, new double[][] {even()});

    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> metrics.perLabel().clear());
  }

  @Test
  void rejectsAnEmptySplit() {
    assertRejected(new int[0], new double[0][], "No examples: an empty split has no metrics");
  }

  @Test
  void rejectsExamplesThatDoNotFitTogether() {
    assertRejected(new int[] {0, 1}, new double[][] {even()}, "2 examples, but probabilities of 1");
    assertRejected(
        new int[] {0, 2},
        new double[][] {even(), even()},
        "Invalid label of example 1: 2 of 2 labels");
    assertRejected(
        new int[] {-1}, new double[][] {even()}, "Invalid label of example 0: -1 of 2 labels");
    assertRejected(
        new int[] {1},
        new double[][] {{0.2, 0.3, 0.5}},
        "Example 0 has 3 probabilities for 2 labels");
  }

  @Test
  void rejectsWhatIsNoDistribution() {
    assertRejected(
        new int[] {1, 1},
        new double[][] {even(), {0.5, 0.25}},
        "Probabilities of example 1 sum to 0.75, not to 1");
    assertRejected(
        new int[] {1}, new double[][] {{0.5, Double.NaN}}, "Invalid probability of example 0: NaN");
    assertRejected(
        new int[] {1}, new double[][] {{-0.5, 1.5}}, "Invalid probability of example 0: -0.5");
    assertRejected(
        new int[] {1},
        new double[][] {{0, Double.POSITIVE_INFINITY}},
        "Probabilities of example 0 sum to Infinity, not to 1");
  }

  private static void assertRejected(int[] truth, double[][] probabilities, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Metrics.of(TWO, truth, probabilities))
        .withMessage(message);
  }

  private static double[] even() {
    return new double[] {0.5, 0.5};
  }

  /** All probability on one label each. */
  private static double[][] certain(int labels, int... predicted) {
    double[][] probabilities = new double[predicted.length][labels];
    for (int i = 0; i < predicted.length; i++) {
      probabilities[i][predicted[i]] = 1;
    }
    return probabilities;
  }
}
