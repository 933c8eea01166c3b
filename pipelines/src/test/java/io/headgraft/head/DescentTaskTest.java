package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.dataset.Split;
import io.headgraft.head.DescentState.HeldOut;
import io.headgraft.testing.SameBits;
import io.headgraft.testing.SmallProblem;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DescentTaskTest {

  private static final LocalTrainingSet DATA =
      LocalTrainingSet.of(
          SmallProblem.LABELS, SmallProblem.examples(Split.TRAIN), new ClassWeights.None());
  private static final HeldOut VALIDATION = heldOut(SmallProblem.examples(Split.VALIDATION));
  private static final HeadOptions OPTIONS =
      SmallProblem.options("head.adam.epochs=9", "head.sgd.epochs=9");

  private static HeldOut heldOut(Examples examples) {
    Rows rows = examples.standardized(DATA.standardization(), new float[] {1, 1, 1});
    return new HeldOut(rows.features(), rows.labels());
  }

  @Test
  void trainsSoManyEpochsWithoutHeldOutExamples() {
    DescentState state = run(task(OPTIONS.sgd(), 5), HeldOut.NONE);

    assertThat(state.epochs()).isEqualTo(5);
    assertThat(state.best()).isNull();
    assertThat(state.result()).isSameAs(state.layer());
    // 96 rows in batches of 32.
    assertThat(state.layer().steps()).isEqualTo(15);
    assertThat(state.curve()).extracting(CurvePoint::epoch).containsExactly(1, 2, 3, 4, 5);
    assertThat(state.curve()).extracting(CurvePoint::validationLoss).containsOnly(Double.NaN);
    assertThat(state.curve().get(4).trainLoss()).isLessThan(state.curve().get(0).trainLoss());
    assertThat(state.diverged()).isFalse();
  }

  @Test
  void keepsTheBestEpochAndStopsSomeEpochsLater() {
    // Every label is wrong: the less that is learnt, the better.
    HeldOut wrong =
        new HeldOut(
            VALIDATION.features(),
            Arrays.stream(VALIDATION.labels()).map(label -> (label + 1) % 3).toArray());
    HeadOptions.Descent patient =
        SmallProblem.options("head.sgd.epochs=9", "head.sgd.patience=4").sgd();

    DescentState state = run(task(patient, 9), wrong);

    assertThat(state.bestEpoch()).isEqualTo(1);
    assertThat(state.epochs()).isEqualTo(5);
    assertThat(state.curve()).hasSize(5);
    assertThat(state.done(9, 4)).isTrue();
    LayerState first = run(task(patient, 1), HeldOut.NONE).layer();
    assertThat(state.result().weights()).isDeepEqualTo(first.weights());
    assertThat(state.result().bias()).containsExactly(first.bias());
    assertThat(state.layer().weights()[0]).isNotEqualTo(first.weights()[0]);
  }

  @Test
  void measuresEachEpochOnTheHeldOutExamples() {
    HeadOptions.Descent patient = SmallProblem.options("head.sgd.patience=100").sgd();
    DescentState state = run(task(patient, 9), VALIDATION);

    Scores best =
        Scores.of(VALIDATION.labels(), SoftmaxLayer.logits(state.best(), VALIDATION.features()));
    CurvePoint point = state.curve().get(state.bestEpoch() - 1);
    assertThat(point.validationLoss()).isEqualTo(best.logLoss());
    assertThat(point.validationAccuracy()).isEqualTo(best.accuracy());
    assertThat(state.curve())
        .allSatisfy(
            other ->
                assertThat(other.validationLoss()).isGreaterThanOrEqualTo(point.validationLoss()));
  }

  @Test
  void withoutPatienceTheLastEpochCounts() {
    HeldOut wrong =
        new HeldOut(
            VALIDATION.features(),
            Arrays.stream(VALIDATION.labels()).map(label -> (label + 1) % 3).toArray());
    HeadOptions.Descent eager = SmallProblem.options("head.sgd.patience=0").sgd();

    DescentState state = run(task(eager, 9), wrong);

    assertThat(state.epochs()).isEqualTo(9);
    assertThat(state.bestEpoch()).isEqualTo(9);
    assertThat(state.result().weights()).isDeepEqualTo(state.layer().weights());
  }

  @Test
  void aStepThatLeadsNowhereIsADivergence() {
    DescentState start = DescentState.start(3, SmallProblem.FEATURES, new UpdateRule.Sgd(0));
    MiniBatches.Losses fine = new MiniBatches.Losses(1, 1);
    LayerState infinite = start.layer().copy();
    infinite.weights()[2][4] = Float.POSITIVE_INFINITY;
    LayerState huge = start.layer().copy();
    Arrays.fill(huge.weights()[0], Float.MAX_VALUE);
    HeldOut two = new HeldOut(new float[][] {{2, 2, 2, 2, 2}}, new int[] {0});

    assertThat(start.after(start.layer(), fine, two, 1, 0).diverged()).isFalse();
    assertThat(start.after(infinite, fine, HeldOut.NONE, 1, 0).diverged()).isTrue();
    assertThat(start.after(huge, fine, two, 1, 0).diverged()).isTrue();
    for (double none : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThat(start.after(start.layer(), new MiniBatches.Losses(none, 1), two, 1, 0).diverged())
          .isTrue();
      assertThat(start.after(start.layer(), new MiniBatches.Losses(1, none), two, 1, 0).diverged())
          .isTrue();
    }
    DescentState lost = start.after(infinite, fine, two, 1, 0);
    assertThat(lost.done(100, 100)).isTrue();
    assertThat(lost.curve()).isEmpty();
  }

  @Test
  void aKilledTrainingEndsWithTheBitsOfAnother() {
    for (HeadOptions.Descent descent : List.of(OPTIONS.sgd(), OPTIONS.adam())) {
      DescentState expected = run(task(descent, 9), VALIDATION);
      KilledCheckpoints killed = KilledCheckpoints.at(3);

      assertThatThrownBy(() -> run(task(descent, 9, 1, killed, "data"), VALIDATION))
          .hasMessage("killed");
      KilledCheckpoints again = killed.again();
      DescentState state = run(task(descent, 9, 1, again, "data"), VALIDATION);

      // Those of the epochs 6, 8 and 9; the ones of 2 and 4 were there.
      assertThat(again.writes()).isEqualTo(3);
      assertSame(state, expected);
    }
  }

  @Test
  void aTrainingThatHasEndedIsNotRepeated() {
    KilledCheckpoints checkpoints = KilledCheckpoints.at(KilledCheckpoints.NEVER);
    DescentState expected = run(task(OPTIONS.sgd(), 9, 1, checkpoints, "data"), VALIDATION);
    KilledCheckpoints again = checkpoints.again();

    assertSame(run(task(OPTIONS.sgd(), 9, 1, again, "data"), VALIDATION), expected);
    assertThat(again.writes()).isZero();
  }

  @Test
  void noTrainingTakesTheCheckpointOfAnother() {
    KilledCheckpoints checkpoints = KilledCheckpoints.at(KilledCheckpoints.NEVER);
    run(task(OPTIONS.sgd(), 9, 1, checkpoints, "data"), VALIDATION);
    HeadOptions.Descent batches = SmallProblem.options("head.sgd.mini-batch-size=31").sgd();
    List<DescentTask> others =
        List.of(
            task(OPTIONS.sgd(), 9, 2, checkpoints, "data"),
            task(OPTIONS.sgd(), 8, 1, checkpoints, "data"),
            task(OPTIONS.sgd(), 9, 1, checkpoints, "other data"),
            task(OPTIONS.adam(), 9, 1, checkpoints, "data"),
            task(batches, 9, 1, checkpoints, "data"));

    for (int i = 0; i < others.size(); i++) {
      assertThat(others.get(i).resumed()).isEmpty();
      run(others.get(i), VALIDATION);
      assertThat(checkpoints.files()).isEqualTo(i + 2);
    }
    assertThat(task(OPTIONS.sgd(), 9, 1, checkpoints, "data").resumed()).isPresent();
  }

  @Test
  void whatDivergedIsNotKept() {
    KilledCheckpoints checkpoints = KilledCheckpoints.at(KilledCheckpoints.NEVER);
    HeadOptions.Descent descent =
        SmallProblem.options("head.sgd.schedule=constant", "head.sgd.mini-batch-size=2").sgd();
    DescentTask task =
        new DescentTask(new Setting.Descent(10, 10, 9), descent, 1, 20, checkpoints, "data");

    assertThat(run(task, VALIDATION).diverged()).isTrue();
    assertThat(checkpoints.files()).isZero();
  }

  static Stream<Arguments> brokenCheckpoints() {
    return Stream.of(
        Arguments.of("{", "Unexpected end-of-input"),
        Arguments.of(
            """
            {"layer": {"labels": 2, "features": 3, "states": 1, "numbers": "AAAA", "steps": 4}}""",
            "3 bytes where 16 numbers should be"),
        Arguments.of(
            """
            {"layer": {"labels": 2, "features": 3, "states": 1, "steps": 4}}""",
            "A layer without numbers"));
  }

  @ParameterizedTest
  @MethodSource("brokenCheckpoints")
  void saysWhichCheckpointCannotBeRead(String content, String why) {
    Checkpoints broken =
        new Checkpoints() {
          @Override
          public Optional<byte[]> read(String name) {
            return Optional.of(content.getBytes(StandardCharsets.UTF_8));
          }

          @Override
          public void write(String name, byte[] content) {}
        };

    assertThatThrownBy(() -> run(task(OPTIONS.sgd(), 9, 1, broken, "data"), VALIDATION))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessageMatching("The checkpoint [0-9a-f]{64}\\.json cannot be read: .*" + why + ".*");
  }

  static void assertSame(DescentState state, DescentState expected) {
    assertThat(state.epochs()).isEqualTo(expected.epochs());
    assertThat(state.bestEpoch()).isEqualTo(expected.bestEpoch());
    assertThat(state.layer())
        .usingRecursiveComparison(SameBits.butForSeconds())
        .isEqualTo(expected.layer());
    assertThat(state.best())
        .usingRecursiveComparison(SameBits.butForSeconds())
        .isEqualTo(expected.best());
    assertThat(state.curve())
        .usingRecursiveFieldByFieldElementComparator(SameBits.butForSeconds())
        .isEqualTo(expected.curve());
  }

  private static DescentState run(DescentTask task, HeldOut heldOut) {
    return DescentTask.run(List.of(task), DATA.rows(), 3, heldOut).get(0);
  }

  private static DescentTask task(HeadOptions.Descent descent, int epochs) {
    return task(descent, epochs, 1, Checkpoints.NONE, "data");
  }

  private static DescentTask task(
      HeadOptions.Descent descent, int epochs, long seed, Checkpoints checkpoints, String data) {
    return new DescentTask(
        new Setting.Descent(0.01, 0.01, epochs), descent, seed, 2, checkpoints, data);
  }
}
