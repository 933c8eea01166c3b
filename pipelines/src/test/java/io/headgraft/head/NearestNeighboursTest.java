package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.headgraft.dataset.Split;
import io.headgraft.head.NearestNeighbours.Neighbour;
import io.headgraft.testing.LocalSpark;
import io.headgraft.testing.SmallProblem;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.Test;

class NearestNeighboursTest {

  /** More than two blocks of rows, and more than a tile of examples. */
  private static final Rows ROWS = rows(600, 7, 1);

  private static final float[][] EXAMPLES = rows(1100, 7, 2).features();

  @Test
  void findsTheNearest() {
    Neighbour[][] nearest = NearestNeighbours.nearest(parts(ROWS, 600), EXAMPLES, 10);

    assertThat(nearest.length).isEqualTo(EXAMPLES.length);
    for (int i = 0; i < nearest.length; i++) {
      float[] example = EXAMPLES[i];
      int[] expected =
          IntStream.range(0, ROWS.size())
              .boxed()
              .sorted(Comparator.comparingDouble(row -> distance(ROWS.features()[row], example)))
              .limit(10)
              .mapToInt(row -> row)
              .toArray();
      assertThat(nearest[i]).hasSize(10);
      for (int j = 0; j < 10; j++) {
        assertThat((double) nearest[i][j].squaredDistance())
            .isCloseTo(distance(ROWS.features()[expected[j]], example), withinPercentage(1e-3));
        assertThat(nearest[i][j].label()).isEqualTo(ROWS.labels()[expected[j]]);
        assertThat(nearest[i][j].weight()).isEqualTo(ROWS.weights()[expected[j]]);
      }
    }
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return sum;
  }

  @Test
  void noPartitioningChangesABit() {
    Neighbour[][] expected = NearestNeighbours.nearest(parts(ROWS, 600), EXAMPLES, 7);

    assertThat(NearestNeighbours.nearest(parts(ROWS, 1, 2, 300, 300, 600), EXAMPLES, 7))
        .isDeepEqualTo(expected);
    assertThat(NearestNeighbours.nearest(parts(ROWS, 63, 320, 600), EXAMPLES, 7))
        .isDeepEqualTo(expected);
  }

  /** Five times the same row, under three labels: where it stands must not matter. */
  @Test
  void ofEquallyNearRowsThoseOfTheFirstLabelsCount() {
    float[] row = {0.1f, 0.7f, -0.3f};
    float[][] five = {row, row, row, row, row};
    Rows one = new Rows(five, new int[] {2, 0, 1, 0, 2}, new float[] {1, 1, 1, 1, 1});
    Rows other = new Rows(five, new int[] {0, 2, 2, 1, 0}, new float[] {1, 1, 1, 1, 1});
    float[][] example = {{0.4f, 0.4f, 0.4f}};

    for (JavaRDD<Rows> rows : List.of(parts(one, 5), parts(other, 5), parts(one, 1, 3, 5))) {
      assertThat(NearestNeighbours.nearest(rows, example, 3)[0])
          .extracting(Neighbour::label)
          .containsExactly(0, 0, 1);
    }
  }

  @Test
  void thereMayBeFewerRowsThanNeighbours() {
    Rows two = new Rows(new float[][] {{0}, {3}}, new int[] {0, 1}, new float[] {1, 1});
    Neighbour[] nearest = NearestNeighbours.nearest(parts(two, 1, 2), new float[][] {{1}}, 40)[0];

    assertThat(nearest).extracting(Neighbour::squaredDistance).containsExactly(1f, 4f);
    assertThat(votes(nearest, 40, Weighting.UNIFORM)).containsExactly(0.5, 0.5, 0);
    // One over distances of 1 and 2.
    assertThat(votes(nearest, 40, Weighting.INVERSE_DISTANCE))
        .containsExactly(new double[] {2 / 3.0, 1 / 3.0, 0}, within(1e-15));
  }

  @Test
  void aVoteCountsTheWeightOfItsRow() {
    Neighbour[] nearest = {new Neighbour(1, 0, 3), new Neighbour(1, 1, 1), new Neighbour(1, 2, 9)};

    assertThat(votes(nearest, 2, Weighting.UNIFORM)).containsExactly(0.75, 0.25, 0);
    assertThat(votes(nearest, 2, Weighting.INVERSE_DISTANCE)).containsExactly(0.75, 0.25, 0);
  }

  @Test
  void neighboursAtDistanceZeroLeaveTheOthersNoSay() {
    Neighbour[] nearest = {
      new Neighbour(0, 1, 1), new Neighbour(0, 2, 1), new Neighbour(1e-30f, 0, 1)
    };

    assertThat(votes(nearest, 3, Weighting.INVERSE_DISTANCE)).containsExactly(0, 0.5, 0.5);
    assertThat(votes(nearest, 3, Weighting.UNIFORM))
        .containsExactly(new double[] {1 / 3.0, 1 / 3.0, 1 / 3.0}, within(1e-15));
  }

  /** Rounding must not take a row for another one near it. */
  @Test
  void aRowIsAtDistanceZeroOfItself() {
    Rows rows = rows(70, 1001, 3);
    Neighbour[][] nearest = NearestNeighbours.nearest(parts(rows, 70), rows.features(), 2);

    for (int i = 0; i < nearest.length; i++) {
      assertThat(nearest[i][0].squaredDistance()).isZero();
      assertThat(nearest[i][0].label()).isEqualTo(rows.labels()[i]);
      assertThat(nearest[i][1].squaredDistance()).isGreaterThan(100);
    }
  }

  private static double[] votes(Neighbour[] nearest, int k, Weighting weighting) {
    return NearestNeighbours.votes(nearest, new Setting.Neighbours(k, weighting), 3);
  }

  @Test
  void isChosenByAccuracyAndThenByLogLoss() {
    Folds folds =
        Folds.crossValidation(
            SmallProblem.LABELS, SmallProblem.examples(Split.TRAIN), new ClassWeights.None(), 4);
    Choice<Setting.Neighbours> choice = trainer().choose(folds);

    assertThat(choice.trials()).hasSize(12);
    Trial best =
        choice.trials().stream()
            .max(
                Comparator.comparingDouble(Trial::accuracy)
                    .thenComparing(Comparator.comparingDouble(Trial::logLoss).reversed()))
            .orElseThrow();
    assertThat(choice.setting().toMap()).isEqualTo(best.hyperparameters());
    assertThat(Scores.of(folds.labels(), choice.heldOut()))
        .isEqualTo(new Scores(best.logLoss(), best.accuracy()));
    // The log-loss would choose another.
    assertThat(choice.trials()).extracting(Trial::logLoss).anyMatch(loss -> loss < best.logLoss());
    assertThat(choice.trials()).extracting(Trial::accuracy).contains(best.accuracy());
    assertThat(choice.fits()).isEqualTo(4);
    assertThat(choice.curve()).isEmpty();
    assertThat(choice.seeds()).isEmpty();
  }

  @Test
  void classifiesAsItWasChosen() {
    Folds folds =
        Folds.validation(
            SmallProblem.LABELS,
            SmallProblem.examples(Split.TRAIN),
            SmallProblem.examples(Split.VALIDATION),
            new ClassWeights.Balanced());
    Choice<Setting.Neighbours> choice = trainer().choose(folds);

    try (Fold fold = folds.get(0)) {
      NearestNeighbours classifier = trainer().train(fold.train(), choice.setting());
      double[][] probabilities = classifier.probabilities(fold.heldOut().features());
      for (int i = 0; i < probabilities.length; i++) {
        assertThat(Arrays.stream(probabilities[i]).map(StrictMath::log).toArray())
            .containsExactly(choice.heldOut()[i]);
        assertThat(Arrays.stream(probabilities[i]).sum()).isCloseTo(1, within(1e-12));
      }
    }
  }

  @Test
  void rowsOnSparkGiveTheSameVotes() {
    HeadOptions spread = SmallProblem.options("head.memory=1", "head.partitions=3");
    Setting.Neighbours setting = new Setting.Neighbours(5, Weighting.INVERSE_DISTANCE);
    float[][] test = SmallProblem.examples(Split.TEST).features();
    try (TrainingData local = SmallProblem.load(SmallProblem.options());
        TrainingData distributed = SmallProblem.load(spread);
        TrainingSet rows = distributed.everything()) {
      double[][] expected = trainer().train(local.everything(), setting).probabilities(test);
      double[][] votes = trainer().train(rows, setting).probabilities(test);

      // The standardization is a sum over the partitions, so its last bits differ.
      for (int i = 0; i < votes.length; i++) {
        assertThat(votes[i]).containsExactly(expected[i], within(1e-6));
      }
    }
  }

  private static NearestNeighboursTrainer trainer() {
    return new NearestNeighboursTrainer(SmallProblem.options().knn(), LocalSpark.context());
  }

  /** Rows up to each end, from the end before. */
  private static JavaRDD<Rows> parts(Rows rows, int... ends) {
    List<Rows> parts =
        IntStream.range(0, ends.length)
            .mapToObj(i -> rows.slice(i == 0 ? 0 : ends[i - 1], ends[i]))
            .toList();
    return LocalSpark.context().parallelize(parts, parts.size());
  }

  private static Rows rows(int count, int features, long seed) {
    Random random = new Random(seed);
    float[][] rows = new float[count][features];
    int[] labels = new int[count];
    float[] weights = new float[count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < features; j++) {
        rows[i][j] = (float) random.nextGaussian();
      }
      labels[i] = random.nextInt(3);
      weights[i] = 1 + labels[i];
    }
    return new Rows(rows, labels, weights);
  }
}
