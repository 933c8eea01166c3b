package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.dataset.Split;
import io.headgraft.testing.LocalSpark;
import io.headgraft.testing.SameBits;
import io.headgraft.testing.SmallProblem;
import java.util.Comparator;
import java.util.Map;
import org.apache.spark.SparkException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescentTrainerTest {

  private static final Examples TRAIN = SmallProblem.examples(Split.TRAIN);
  private static final Folds FOLDS =
      Folds.validation(
          SmallProblem.LABELS,
          TRAIN,
          SmallProblem.examples(Split.VALIDATION),
          new ClassWeights.None());
  private static final LocalTrainingSet DATA =
      LocalTrainingSet.of(SmallProblem.LABELS, TRAIN, new ClassWeights.None());
  private static final Setting.Descent SETTING = new Setting.Descent(0.01, 0.1, 5);

  /** Rates and penalties of which one cannot go well: 10 · 10 is far beyond what is stable. */
  private static final String[] WILD = {
    "head.sgd.learning-rates=[0.01, 10]",
    "head.sgd.l2=[0.01, 10]",
    "head.sgd.mini-batch-size=2",
    "head.sgd.schedule=constant"
  };

  @Test
  void theSeedDecidesTheHead() {
    Head first = sgd(Checkpoints.NONE).train(DATA, SETTING);

    Head again = sgd(Checkpoints.NONE).train(DATA, SETTING);
    assertThat(again.weights()).isDeepEqualTo(first.weights());
    assertThat(again.bias()).containsExactly(first.bias());
    Head other = sgd(Checkpoints.NONE, "head.seed=2").train(DATA, SETTING);
    assertThat(other.bias()).isNotEqualTo(first.bias());
    assertThat(first.name()).isEqualTo("sgd");
    assertThat(first.hyperparameters())
        .isEqualTo(
            Map.of(
                "learning-rate",
                0.01,
                "l2",
                0.1,
                "epochs",
                5,
                "mini-batch-size",
                32,
                "schedule",
                "cosine",
                "momentum",
                0.9,
                "seed",
                1L));
  }

  @Test
  void adamHasHyperParametersOfItsOwn() {
    Head head = adam().train(DATA, SETTING);

    assertThat(head.name()).isEqualTo("adam");
    assertThat(head.hyperparameters())
        .containsEntry("beta1", 0.9)
        .containsEntry("beta2", 0.999)
        .containsEntry("eps", 1e-8)
        .doesNotContainKey("momentum");
  }

  @Test
  void comesToTheOptimumOfLbfgs() {
    double l2 = 0.01;
    HeadOptions options = SmallProblem.options("head.lbfgs.tolerance=1e-14");
    double optimum =
        HeadObjective.of(DATA, new LbfgsTrainer(options).train(DATA, new Setting.Penalty(l2)), l2)
            .value();

    Head sgd =
        sgd(Checkpoints.NONE, "head.sgd.epochs=300")
            .train(DATA, new Setting.Descent(0.03, l2, 300));
    Head adam = adam("head.adam.epochs=300").train(DATA, new Setting.Descent(0.03, l2, 300));

    assertThat(HeadObjective.of(DATA, sgd, l2).value() - optimum).isBetween(-1e-9, 1e-4);
    assertThat(HeadObjective.of(DATA, adam, l2).value() - optimum).isBetween(-1e-9, 1e-4);
    // Neither is there by accident: nothing is learnt at zero.
    assertThat(optimum).isLessThan(0.9 * Math.log(3));
  }

  @Test
  void triesEachRateWithEachPenalty() {
    Choice<Setting.Descent> choice = sgd(Checkpoints.NONE).choose(FOLDS);

    assertThat(choice.trials())
        .extracting(
            trial -> trial.hyperparameters().get("learning-rate"),
            trial -> trial.hyperparameters().get("l2"))
        .hasSize(9)
        .doesNotHaveDuplicates();
    Trial best =
        choice.trials().stream().min(Comparator.comparingDouble(Trial::logLoss)).orElseThrow();
    assertThat(choice.setting().toMap()).isEqualTo(best.hyperparameters());
    // The other four seeds of the best setting.
    assertThat(choice.fits()).isEqualTo(9 + 4);
    Scores scores = Scores.of(FOLDS.labels(), choice.heldOut());
    assertThat(scores).isEqualTo(new Scores(best.logLoss(), best.accuracy()));
    CurvePoint point = choice.curve().get(choice.setting().epochs() - 1);
    assertThat(point.validationLoss()).isEqualTo(best.logLoss());
    assertThat(choice.seeds())
        .extracting(Choice.SeedTrial::seed)
        .containsExactly(1L, 2L, 3L, 4L, 5L);
    assertThat(choice.seeds().get(0))
        .isEqualTo(new Choice.SeedTrial(1, best.logLoss(), best.accuracy()));
    assertThat(choice.seeds()).extracting(Choice.SeedTrial::logLoss).doesNotHaveDuplicates();
  }

  @Test
  void settingsThatAreTrainedSideBySideDoNotMeet() {
    Choice<Setting.Descent> all = sgd(Checkpoints.NONE).choose(FOLDS);

    Choice<Setting.Descent> one =
        sgd(
                Checkpoints.NONE,
                "head.sgd.learning-rates=[0.003]",
                "head.sgd.l2=[0.01]",
                "head.seeds=1")
            .choose(FOLDS);

    assertThat(one.trials()).hasSize(1);
    assertThat(one.fits()).isEqualTo(1);
    assertThat(all.trials())
        .usingRecursiveFieldByFieldElementComparator(SameBits.butForSeconds())
        .containsAll(one.trials());
  }

  @Test
  void trainsTheMedianOfTheBestEpochsOfTheFolds() {
    Folds folds = Folds.crossValidation(SmallProblem.LABELS, TRAIN, new ClassWeights.None(), 3);
    Choice<Setting.Descent> choice =
        sgd(Checkpoints.NONE, "head.sgd.learning-rates=[0.01]", "head.sgd.l2=[0.01]").choose(folds);

    assertThat(choice.heldOut()).hasNumberOfRows(48);
    assertThat(choice.fits()).isEqualTo((1 + 4) * 3);
    assertThat(choice.setting().epochs()).isBetween(1, 40);
    assertThat(sgd(Checkpoints.NONE).train(DATA, choice.setting()).hyperparameters())
        .containsEntry("epochs", choice.setting().epochs());
  }

  @Test
  void aSettingThatDivergesIsNotChosen() {
    Choice<Setting.Descent> choice = sgd(Checkpoints.NONE, WILD).choose(FOLDS);

    assertThat(choice.trials()).hasSize(4);
    Trial lost = choice.trials().get(3);
    assertThat(lost.hyperparameters())
        .containsEntry("learning-rate", 10.0)
        .containsEntry("l2", 10.0);
    assertThat(lost.logLoss()).isNaN();
    assertThat(lost.accuracy()).isNaN();
    assertThat(choice.setting().l2()).isEqualTo(0.01);
  }

  @Test
  void saysThatAllDiverged() {
    assertUsage(
        () ->
            sgd(
                    Checkpoints.NONE,
                    "head.sgd.learning-rates=[9, 10]",
                    "head.sgd.l2=[10]",
                    "head.sgd.schedule=constant")
                .choose(FOLDS),
        "sgd diverged at every learning rate: lower head.sgd.learning-rates, which are [9.0, 10.0]");
  }

  @Test
  void saysThatTheFinalTrainingDiverged() {
    assertUsage(
        () -> sgd(Checkpoints.NONE, WILD).train(DATA, new Setting.Descent(10, 10, 40)),
        "sgd diverged: lower head.sgd.learning-rates, of which 10.0 was chosen");
  }

  private static void assertUsage(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 15, 27})
  void aKilledSweepEndsWithTheBitsOfAnother(int write) {
    Choice<Setting.Descent> expected = sgd(Checkpoints.NONE).choose(FOLDS);
    KilledCheckpoints killed = KilledCheckpoints.at(write);

    assertThatThrownBy(() -> sgd(killed).choose(FOLDS))
        .satisfiesAnyOf(
            e -> assertThat(e).isInstanceOf(SparkException.class).hasMessageContaining("killed"),
            e -> assertThat(e).hasMessage("killed"));
    Choice<Setting.Descent> choice = sgd(killed.again()).choose(FOLDS);

    assertSame(choice, expected);
  }

  /** Also of the final training, whose rows are others. */
  @Test
  void aFinalTrainingDoesNotTakeTheCheckpointsOfTheSweep() {
    KilledCheckpoints checkpoints = KilledCheckpoints.at(KilledCheckpoints.NEVER);
    DescentTrainer trainer = sgd(checkpoints);
    trainer.choose(FOLDS);
    Setting.Descent setting = new Setting.Descent(0.01, 0.1, 40);

    Head head = trainer.train(DATA, setting);

    assertThat(head.weights()).isDeepEqualTo(sgd(Checkpoints.NONE).train(DATA, setting).weights());
  }

  static void assertSame(Choice<Setting.Descent> choice, Choice<Setting.Descent> expected) {
    assertThat(choice.setting()).isEqualTo(expected.setting());
    assertThat(choice.trials())
        .usingRecursiveFieldByFieldElementComparator(SameBits.butForSeconds())
        .isEqualTo(expected.trials());
    assertThat(choice.heldOut()).isDeepEqualTo(expected.heldOut());
    assertThat(choice.seeds()).isEqualTo(expected.seeds());
    assertThat(choice.curve())
        .usingRecursiveFieldByFieldElementComparator(SameBits.butForSeconds())
        .isEqualTo(expected.curve());
  }

  @Test
  void saysHowItTrains() {
    assertThat(sgd(Checkpoints.NONE).how(DATA))
        .isEqualTo("in one process, the settings side by side, shared out among Spark's tasks");
  }

  private static DescentTrainer sgd(Checkpoints checkpoints, String... overrides) {
    HeadOptions options = SmallProblem.options(overrides);
    return new DescentTrainer("sgd", options, options.sgd(), LocalSpark.context(), checkpoints);
  }

  private static DescentTrainer adam(String... overrides) {
    HeadOptions options = SmallProblem.options(overrides);
    return new DescentTrainer(
        "adam", options, options.adam(), LocalSpark.context(), Checkpoints.NONE);
  }
}
