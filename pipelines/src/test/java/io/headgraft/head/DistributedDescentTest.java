package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.dataset.Split;
import io.headgraft.testing.LocalSpark;
import io.headgraft.testing.SameBits;
import io.headgraft.testing.SmallProblem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DistributedDescentTest {

  private static final Examples TRAIN = SmallProblem.examples(Split.TRAIN);
  private static final Setting.Descent SETTING = new Setting.Descent(0.01, 0.01, 7);

  @Test
  void onePartitionGivesTheBitsOfLocalTraining() {
    LocalTrainingSet local =
        LocalTrainingSet.of(SmallProblem.LABELS, TRAIN, new ClassWeights.Balanced());
    try (DistributedTrainingSet distributed =
        DistributedTrainingSet.of(
            SmallProblem.LABELS,
            LocalSpark.context().parallelize(List.of(TRAIN), 1),
            null,
            new ClassWeights.Balanced())) {
      HeadOptions options = SmallProblem.options();

      for (HeadOptions.Descent descent : List.of(options.sgd(), options.adam())) {
        DescentTrainer trainer =
            new DescentTrainer("sgd", options, descent, LocalSpark.context(), Checkpoints.NONE);
        Head expected = trainer.train(local, SETTING);
        Head head = trainer.train(distributed, SETTING);

        assertThat(head.weights()).isDeepEqualTo(expected.weights());
        assertThat(head.bias()).containsExactly(expected.bias());
        assertThat(head.standardization())
            .usingRecursiveComparison(SameBits.butForSeconds())
            .isEqualTo(expected.standardization());
      }
    }
  }

  @Test
  void rowsAreStandardizedAndWeightedTogether() {
    LocalTrainingSet local =
        LocalTrainingSet.of(SmallProblem.LABELS, TRAIN, new ClassWeights.Balanced());
    try (DistributedTrainingSet distributed =
        DistributedTrainingSet.of(
            SmallProblem.LABELS,
            LocalSpark.context().parallelize(slices(TRAIN, 0, 40, 40, 90), 4),
            slices(TRAIN, 90, 96).get(1),
            new ClassWeights.Balanced())) {
      assertThat(distributed.size()).isEqualTo(96);
      assertThat(distributed.standardization().mean())
          .containsExactly(local.standardization().mean(), within(1e-12));
      assertThat(distributed.standardization().factor())
          .containsExactly(local.standardization().factor(), within(1e-12));
      assertThat(distributed.chunks().map(Rows::size).collect()).containsExactly(0, 40, 0, 50, 6);
      List<Rows> chunks = distributed.chunks().collect();
      assertThat(chunks.get(4).weights())
          .containsExactly(local.rows().slice(90, 96).weights(), within(1e-6f));
    }
  }

  /** Rows up to each end, from the end before. */
  private static List<Examples> slices(Examples examples, int... ends) {
    List<Examples> slices = new ArrayList<>();
    int start = 0;
    for (int end : ends) {
      int from = start;
      boolean[] wanted = new boolean[examples.size()];
      Arrays.fill(wanted, from, end, true);
      slices.add(examples.where(i -> wanted[i]));
      start = end;
    }
    return slices;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void severalPartitionsComeNearTheOptimum(int partitions) {
    HeadOptions options = options(partitions, "head.sgd.epochs=60");
    try (TrainingData data = SmallProblem.load(options);
        TrainingSet rows = data.everything()) {
      Head optimum = new LbfgsTrainer(options).train(rows, new Setting.Penalty(0.1));
      Head head =
          trainer(options, Checkpoints.NONE).train(rows, new Setting.Descent(0.05, 0.1, 60));

      double least = HeadObjective.of(rows, optimum, 0.1).value();
      assertThat(HeadObjective.of(rows, head, 0.1).value() - least).isBetween(-1e-6, 2e-3);
      assertThat(least).isLessThan(0.9 * Math.log(3));
    }
  }

  @Test
  void morePartitionsThanImagesLeaveSomeEmpty() {
    HeadOptions options = options(60);
    try (TrainingData data = SmallProblem.load(options);
        TrainingSet rows = data.everything()) {
      Head head = trainer(options, Checkpoints.NONE).train(rows, SETTING);

      assertThat(HeadObjective.of(rows, head, SETTING.l2()).value()).isLessThan(Math.log(3));
    }
  }

  @Test
  void howSparkSchedulesDoesNotChangeABit() {
    HeadOptions options = options(3);
    try (TrainingData one =
            SmallProblem.load(options, SmallProblem.dataset(), SmallProblem.features(1, false));
        TrainingData many =
            SmallProblem.load(options, SmallProblem.dataset(), SmallProblem.features(9, true))) {
      Choice<Setting.Descent> expected = trainer(options, Checkpoints.NONE).choose(one.folds());
      for (int i = 0; i < 3; i++) {
        DescentTrainerTest.assertSame(
            trainer(options, Checkpoints.NONE).choose(many.folds()), expected);
      }
    }
  }

  @Test
  void settingsThatAreTrainedInOnePassDoNotMeet() {
    HeadOptions options = options(3);
    HeadOptions one =
        options(3, "head.sgd.learning-rates=[0.003]", "head.sgd.l2=[0.01]", "head.seeds=1");
    try (TrainingData data = SmallProblem.load(options)) {
      Choice<Setting.Descent> all = trainer(options, Checkpoints.NONE).choose(data.folds());
      Choice<Setting.Descent> alone = trainer(one, Checkpoints.NONE).choose(data.folds());

      assertThat(all.trials()).hasSize(9);
      assertThat(all.trials())
          .usingRecursiveFieldByFieldElementComparator(SameBits.butForSeconds())
          .containsAll(alone.trials());
      assertThat(all.fits()).isEqualTo(9 + 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 19})
  void aKilledSweepEndsWithTheBitsOfAnother(int write) {
    HeadOptions options = options(3);
    try (TrainingData data = SmallProblem.load(options)) {
      Choice<Setting.Descent> expected = trainer(options, Checkpoints.NONE).choose(data.folds());
      KilledCheckpoints killed = KilledCheckpoints.at(write);

      assertThatThrownBy(() -> trainer(options, killed).choose(data.folds())).hasMessage("killed");
      Choice<Setting.Descent> choice = trainer(options, killed.again()).choose(data.folds());

      DescentTrainerTest.assertSame(choice, expected);
      assertThat(choice.curve())
          .isSortedAccordingTo(Comparator.comparingDouble(CurvePoint::seconds));
    }
  }

  @Test
  void saysHowItTrains() {
    HeadOptions options = options(3);
    try (TrainingData data = SmallProblem.load(options);
        TrainingSet rows = data.everything()) {
      assertThat(trainer(options, Checkpoints.NONE).how(rows))
          .isEqualTo(
              "distributed over 4 partitions, all settings at once on each partition, averaged"
                  + " after each epoch");
    }
  }

  private static HeadOptions options(int partitions, String... overrides) {
    List<String> all = new ArrayList<>(List.of("head.sgd.epochs=8", "head.seeds=2"));
    all.addAll(List.of(overrides));
    all.add("head.memory=1");
    all.add("head.checkpoint-epochs=3");
    all.add("head.partitions=" + partitions);
    return SmallProblem.options(all.toArray(String[]::new));
  }

  private static DescentTrainer trainer(HeadOptions options, Checkpoints checkpoints) {
    return new DescentTrainer("sgd", options, options.sgd(), LocalSpark.context(), checkpoints);
  }
}
