package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MiniBatchesTest {

  private static final UpdateRule RULE = new UpdateRule.Sgd(0.9);
  private static final Rows ROWS =
      new Rows(
          new float[][] {{1, 2}, {2, 1}, {3, -2}},
          new int[] {0, 1, 0},
          new float[] {1, 0.5f, 1.5f});
  private static final Setting.Descent SETTING = new Setting.Descent(0.1, 0.01, 4);

  @Test
  void theOrderIsAPermutationThatFollowsFromSeedAndEpoch() {
    int[] order = MiniBatches.order(100, 1, 0);

    assertThat(order.clone()).containsExactlyInAnyOrder(IntStream.range(0, 100).toArray());
    assertThat(MiniBatches.order(100, 1, 0)).containsExactly(order);
    assertThat(
            List.of(
                Arrays.toString(order),
                Arrays.toString(MiniBatches.order(100, 1, 1)),
                Arrays.toString(MiniBatches.order(100, 2, 0)),
                Arrays.toString(MiniBatches.order(100, -1, 0)),
                Arrays.toString(IntStream.range(0, 100).toArray())))
        .doesNotHaveDuplicates();
  }

  /** Each of a few rows comes first about as often as any other. */
  @Test
  void noOrderIsPreferred() {
    int[] first = new int[5];
    for (int epoch = 0; epoch < 5000; epoch++) {
      first[MiniBatches.order(5, 1, epoch)[0]]++;
    }
    // Five standard deviations of 28.
    assertThat(Arrays.stream(first).boxed()).allMatch(count -> Math.abs(count - 1000) < 142);
  }

  private static MiniBatches.Losses epoch(
      SoftmaxLayer layer, HeadOptions.Descent options, long seed, int epoch) {
    return MiniBatches.epoch(
            List.of(new MiniBatches.Learner(layer, SETTING)), ROWS, options, seed, epoch)
        .get(0);
  }

  @Test
  void learnersThatGoSideBySideDoNotMeet() {
    SoftmaxLayer one = layer(0);
    SoftmaxLayer other = layer(0);
    Setting.Descent slow = new Setting.Descent(0.01, 0.1, 10);
    List<MiniBatches.Losses> losses =
        MiniBatches.epoch(
            List.of(new MiniBatches.Learner(one, SETTING), new MiniBatches.Learner(other, slow)),
            ROWS,
            options(2),
            1,
            0);

    SoftmaxLayer alone = layer(0);
    assertThat(losses.get(0)).isEqualTo(epoch(alone, options(2), 1, 0));
    assertThat(one.state().weights()).isDeepEqualTo(alone.state().weights());
    SoftmaxLayer slowly = layer(0);
    assertThat(losses.get(1))
        .isEqualTo(
            MiniBatches.epoch(
                    List.of(new MiniBatches.Learner(slowly, slow)), ROWS, options(2), 1, 0)
                .get(0));
    assertThat(other.state().weights()).isDeepEqualTo(slowly.state().weights());
    assertThat(other.state().weights()[0]).isNotEqualTo(one.state().weights()[0]);
  }

  @Test
  void fillsTheLastBatchFromTheBeginningOfTheOrder() {
    SoftmaxLayer layer = layer(0);
    MiniBatches.Losses losses = epoch(layer, options(2), 1, 0);

    int[] order = MiniBatches.order(3, 1, 0);
    SoftmaxLayer expected = layer(0);
    double first = add(expected, order[0]);
    double second = add(expected, order[1]);
    expected.step(2, 0.01, 0.1);
    double third = add(expected, order[2]);
    double again = add(expected, order[0]);
    expected.step(2, 0.01, 0.1);
    assertThat(layer.state().weights()).isDeepEqualTo(expected.state().weights());
    assertThat(layer.state().bias()).containsExactly(expected.state().bias());
    // Each row once, as it was when its turn came.
    assertThat(losses.mean()).isEqualTo((first + second + third) / 3, within(1e-12));
    assertThat(losses.lastBatch()).isEqualTo((third + again) / 2, within(1e-12));
  }

  @Test
  void aBatchMayBeLargerThanAllRows() {
    SoftmaxLayer layer = layer(0);
    MiniBatches.Losses losses = epoch(layer, options(7), 1, 0);

    int[] order = MiniBatches.order(3, 1, 0);
    SoftmaxLayer expected = layer(0);
    for (int i = 0; i < 7; i++) {
      add(expected, order[i % 3]);
    }
    expected.step(7, 0.01, 0.1);
    assertThat(layer.state().weights()).isDeepEqualTo(expected.state().weights());
    assertThat(losses.mean()).isEqualTo(Math.log(2), within(1e-6));
  }

  @Test
  void theLearningRateFollowsTheSchedule() {
    HeadOptions.Descent options =
        new HeadOptions.Descent(
            List.of(), List.of(), new LearningRateSchedule.Annealing(0.5), RULE, 2, 4, 10);
    SoftmaxLayer layer = layer(0);
    epoch(layer, options, 1, 3);

    // Two batches an epoch: the steps of the fourth are the seventh and the eighth.
    int[] order = MiniBatches.order(3, 1, 3);
    SoftmaxLayer expected = layer(0);
    add(expected, order[0]);
    add(expected, order[1]);
    expected.step(2, 0.01, 0.1 / 64);
    add(expected, order[2]);
    add(expected, order[0]);
    expected.step(2, 0.01, 0.1 / 128);
    assertThat(layer.state().weights()).isDeepEqualTo(expected.state().weights());
  }

  /** Where partitions differ in size, the layer has the steps of the largest. */
  @Test
  void theScheduleDoesNotRunAheadWithTheStepsOfOthers() {
    HeadOptions.Descent options =
        new HeadOptions.Descent(
            List.of(), List.of(), new LearningRateSchedule.Cosine(), RULE, 2, 4, 10);
    SoftmaxLayer few = layer(4);
    SoftmaxLayer many = layer(4000);

    epoch(few, options, 1, 2);
    epoch(many, options, 1, 2);

    assertThat(many.state().weights()).isDeepEqualTo(few.state().weights());
    assertThat(many.state().weights()[0][0]).isNotZero();
  }

  private static double add(SoftmaxLayer layer, int row) {
    double[] losses = new double[1];
    layer.addGradient(ROWS, new int[] {row}, 1, losses);
    return losses[0];
  }

  private static HeadOptions.Descent options(int batch) {
    return new HeadOptions.Descent(
        List.of(), List.of(), new LearningRateSchedule.Constant(), RULE, batch, 4, 10);
  }

  private static SoftmaxLayer layer(long steps) {
    LayerState zero = LayerState.zero(2, 2, 1);
    return new SoftmaxLayer(
        new LayerState(zero.weights(), zero.bias(), zero.weightStates(), zero.biasStates(), steps),
        RULE);
  }
}
