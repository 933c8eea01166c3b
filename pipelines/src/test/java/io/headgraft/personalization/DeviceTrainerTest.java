package io.headgraft.personalization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.coreml.DenseHead;
import io.headgraft.coreml.PooledConvolution;
import io.headgraft.coreml.TrainableLayers;
import io.headgraft.head.UpdateRule;
import io.headgraft.personalization.DeviceTrainer.EpochLoss;
import io.headgraft.personalization.DeviceTrainer.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class DeviceTrainerTest {

  private static final DenseHead ZERO =
      new DenseHead(List.of("a", "b"), new float[2][1], new float[2]);

  private static final float[][] ROWS = {{2}, {-1}, {0.5f}};
  private static final int[] LABELS = {0, 1, 1};

  private static DeviceOptions sgd(double momentum, double rate, int batch, int epochs) {
    return new DeviceOptions(new UpdateRule.Sgd(momentum), rate, batch, epochs, false, 1);
  }

  @Test
  void twoEpochsOfSgdWithMomentumByHand() {
    Outcome outcome =
        DeviceTrainer.train(
            ZERO, new float[][] {{2}}, new int[] {0}, sgd(0.5, 0.5, 1, 2), UpdateHandlers.NONE);

    // The probabilities are a half: the gradient is (1/2 - 1) · 2 = -1, the bias's -1/2. Then the
    // logits are ±(0.5 · 2 + 0.25) = ±1.25, p = 1 / (1 + e^-2.5) = 0.924142, the error -0.0758582,
    // and the velocities 0.5 · -1 - 0.1517164 = -0.6517164 and 0.5 · -0.5 - 0.0758582 = -0.3258582.
    DenseHead head = outcome.layers().head();
    assertThat(head.weights()[0][0]).isCloseTo(0.8258582f, within(1e-6f));
    assertThat(head.weights()[1][0]).isCloseTo(-0.8258582f, within(1e-6f));
    assertThat(head.bias()).containsExactly(new float[] {0.4129291f, -0.4129291f}, within(1e-6f));
    assertThat(outcome.epochs().get(0)).isEqualTo(new EpochLoss(1, Math.log(2), Math.log(2)));
    assertThat(outcome.epochs().get(1).mean()).isCloseTo(0.0788897, within(1e-6));
    assertThat(outcome.cancelled()).isFalse();
    assertThat(ZERO.weights()).as("the start is left alone").isDeepEqualTo(new float[2][1]);
  }

  @Test
  void aStepOfAdamByHand() {
    DeviceOptions adam =
        new DeviceOptions(new UpdateRule.Adam(0.9, 0.999, 0.5), 0.1, 1, 1, false, 1);
    Outcome outcome =
        DeviceTrainer.train(ZERO, new float[][] {{2}}, new int[] {0}, adam, UpdateHandlers.NONE);

    // The corrected means are the gradient and its square: 0.1 · 1 / (1 + 0.5), 0.1 · 0.5 / 1.
    assertThat(outcome.layers().head().weights()[0][0]).isCloseTo(0.0666667f, within(1e-6f));
    assertThat(outcome.layers().head().bias()[0]).isCloseTo(0.05f, within(1e-6f));
  }

  @Test
  void theLastMiniBatchIsFilledUpFromTheStart() {
    Outcome filled = DeviceTrainer.train(ZERO, ROWS, LABELS, sgd(0, 1, 2, 1), UpdateHandlers.NONE);
    Outcome written =
        DeviceTrainer.train(
            ZERO,
            new float[][] {ROWS[0], ROWS[1], ROWS[2], ROWS[0]},
            new int[] {0, 1, 1, 0},
            sgd(0, 1, 2, 1),
            UpdateHandlers.NONE);

    assertThat(filled.layers().head().weights()).isDeepEqualTo(written.layers().head().weights());
    assertThat(filled.epochs().get(0).lastBatch()).isEqualTo(written.epochs().get(0).lastBatch());
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    assertThat(shuffled(3)).isDeepEqualTo(shuffled(3));
    assertThat(shuffled(3)[0][0]).isNotEqualTo(shuffled(4)[0][0]);
  }

  private static float[][] shuffled(long seed) {
    DeviceOptions options = new DeviceOptions(new UpdateRule.Sgd(0.9), 0.5, 1, 7, true, seed);
    return DeviceTrainer.train(ZERO, ROWS, LABELS, options, UpdateHandlers.NONE)
        .layers()
        .head()
        .weights();
  }

  @Test
  void progressIsReportedAsCoreMlDoes() {
    List<String> reports = new ArrayList<>();
    Outcome outcome =
        train(
            EnumSet.allOf(UpdateEvent.class),
            context -> {
              reports.add(context.event() + " " + context.epoch() + " " + context.miniBatch());
              if (context.event() == UpdateEvent.EPOCH_END && context.epoch() == 1) {
                reports.add(context.loss() + " " + context.meanLoss());
              }
              return UpdateResponse.CONTINUE;
            });

    EpochLoss last = outcome.epochs().get(1);
    assertThat(reports)
        .containsExactly(
            "TRAINING_BEGIN 0 0",
            "MINI_BATCH_END 0 0",
            "MINI_BATCH_END 0 1",
            "EPOCH_END 0 1",
            "MINI_BATCH_END 1 0",
            "MINI_BATCH_END 1 1",
            "EPOCH_END 1 1",
            last.lastBatch() + " " + last.mean());
  }

  @Test
  void cancellingKeepsWhatWasLearnt() {
    List<TrainableLayers> seen = new ArrayList<>();
    Outcome outcome =
        train(
            EnumSet.of(UpdateEvent.MINI_BATCH_END),
            context -> {
              seen.add(context.layers().get());
              return seen.size() == 3 ? UpdateResponse.CANCEL : UpdateResponse.CONTINUE;
            });

    assertThat(outcome.cancelled()).isTrue();
    assertThat(outcome.epochs()).hasSize(2);
    assertThat(seen).hasSize(3);
    assertThat(outcome.layers().head().weights()).isDeepEqualTo(seen.get(2).head().weights());
    assertThat(seen.get(1).head().weights()[0][0]).isNotEqualTo(seen.get(2).head().weights()[0][0]);
  }

  @Test
  void theLearningRateAndTheMomentumChangeBetweenMiniBatches() {
    List<TrainableLayers> seen = new ArrayList<>();
    Outcome outcome =
        train(
            EnumSet.of(UpdateEvent.MINI_BATCH_END),
            context -> {
              seen.add(context.layers().get());
              return new UpdateResponse.Resume(
                  context.parameters().withLearningRate(0).withRule(new UpdateRule.Sgd(0.25)));
            });

    assertThat(outcome.layers().head().weights())
        .as("a rate of 0 after the first")
        .isDeepEqualTo(seen.get(0).head().weights());
    assertThat(outcome.layers().head().weights()[0][0]).isNotZero();
    assertThatThrownBy(
            () ->
                train(
                    EnumSet.of(UpdateEvent.MINI_BATCH_END),
                    context -> new UpdateResponse.Resume(sgd(0, 0.5, 3, 2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("may change");
  }

  private static Outcome train(
      EnumSet<UpdateEvent> events, Function<UpdateContext, UpdateResponse> progress) {
    return DeviceTrainer.train(
        ZERO, ROWS, LABELS, sgd(0, 0.5, 2, 2), new UpdateHandlers(events, progress));
  }

  @Test
  void optionsThatCannotBeTrainedWith() {
    assertThatThrownBy(() -> sgd(0, 0.1, 0, 1)).hasMessage("The mini-batch size cannot be 0");
    assertThatThrownBy(() -> sgd(0, 0.1, 1, 0)).hasMessage("The number of epochs cannot be 0");
    assertThatThrownBy(() -> sgd(0, -1, 1, 1)).hasMessage("The learning rate cannot be -1.0");
    assertThatThrownBy(
            () ->
                DeviceTrainer.train(
                    ZERO, ROWS, new int[] {0, 1, 2}, sgd(0, 1, 1, 1), UpdateHandlers.NONE))
        .hasMessage("A label 2 of a head of 2");
  }

  /** The head alone, both layers, and the convolution alone, with and without a ReLU. */
  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    for (boolean relu : new boolean[] {true, false}) {
      assertGradients(layers(relu, true));
      assertGradients(layers(relu, false));
    }
    TrainableLayers head = layers(true, true);
    assertGradients(new TrainableLayers(head.head(), true, Optional.empty()));
  }

  /** Rows that are divided by a scale behind them learn at its square times the rate. */
  @Test
  void aScaleSlowsItsRowDown() {
    DenseHead plain =
        new DenseHead(List.of("a", "b"), new float[][] {{2}, {-1}}, new float[] {0.5f, 0});
    DenseHead scaled =
        new DenseHead(
            plain.labels(),
            new float[][] {{4}, {-1}},
            new float[] {1, 0},
            new float[] {0.5f, 1},
            new float[2]);
    assertThat(DeviceTrainer.logits(scaled, ROWS)).isDeepEqualTo(DeviceTrainer.logits(plain, ROWS));

    DenseHead fast = step(plain);
    DenseHead slow = step(scaled);

    assertThat(slow.weights()[0][0] / 2 - 2)
        .isCloseTo((fast.weights()[0][0] - 2) / 4, within(1e-6f));
    assertThat(slow.bias()[0] / 2 - 0.5f).isCloseTo((fast.bias()[0] - 0.5f) / 4, within(1e-6f));
    assertThat(slow.weights()[1]).isEqualTo(fast.weights()[1]);
    assertThat(slow.scales()).isEqualTo(scaled.scales());
  }

  private static DenseHead step(DenseHead start) {
    return DeviceTrainer.train(start, ROWS, LABELS, sgd(0, 0.3, 3, 1), UpdateHandlers.NONE)
        .layers()
        .head();
  }

  private static final int PIXELS = 10;
  private static final int CHANNELS = 6;
  private static final int FEATURES = 70;

  private static TrainableLayers layers(boolean relu, boolean headTrains) {
    Random random = new Random(5);
    float[] factor = numbers(random, FEATURES);
    float[] shift = numbers(random, FEATURES);
    return new TrainableLayers(
        new DenseHead(
            List.of("a", "b", "c"),
            matrix(random, 3, FEATURES),
            numbers(random, 3),
            numbers(random, 3),
            numbers(random, 3)),
        headTrains,
        Optional.of(
            new PooledConvolution(
                matrix(random, FEATURES, CHANNELS),
                numbers(random, FEATURES),
                relu,
                doubles(factor),
                doubles(shift))));
  }

  private static void assertGradients(TrainableLayers start) {
    Random random = new Random(6);
    int values = start.convolution().isPresent() ? CHANNELS * PIXELS : FEATURES;
    float[][] examples = matrix(random, 5, values);
    int[] labels = {0, 2, 1, 1, 0};
    // One step of rate 1 over all rows is the gradient.
    TrainableLayers after =
        DeviceTrainer.train(start, examples, labels, sgd(0, 1, 5, 1), UpdateHandlers.NONE).layers();
    ReferenceLoss loss = new ReferenceLoss(start, examples, labels);

    assertGradient(start.head().weights(), after.head().weights(), loss.headWeights(), loss);
    assertGradient(rows(start.head().bias()), rows(after.head().bias()), loss.headBias(), loss);
    if (!start.headTrains()) {
      assertThat(after.head().weights()).isDeepEqualTo(start.head().weights());
      assertThat(after.head().bias()).isEqualTo(start.head().bias());
    }
    start
        .convolution()
        .ifPresent(
            own -> {
              PooledConvolution other = after.convolution().orElseThrow();
              assertGradient(own.weights(), other.weights(), loss.weights(), loss);
              assertGradient(rows(own.bias()), rows(other.bias()), loss.bias(), loss);
            });
  }

  private static float[][] rows(float[] values) {
    return new float[][] {values};
  }

  /** Compares what a step took off each number with what the loss changes by. */
  private static void assertGradient(
      float[][] before, float[][] after, double[][] numbers, ReferenceLoss loss) {
    boolean fixed = Arrays.deepEquals(before, after);
    if (fixed && !loss.headTrains()) {
      return;
    }
    for (int i = 0; i < numbers.length; i++) {
      for (int j = 0; j < numbers[i].length; j += 3) {
        double step = 1e-5;
        numbers[i][j] += step;
        double above = loss.value();
        numbers[i][j] -= 2 * step;
        double below = loss.value();
        numbers[i][j] += step;
        assertThat((double) before[i][j] - after[i][j])
            .as("%d, %d", i, j)
            .isCloseTo((above - below) / (2 * step), within(2e-6));
      }
    }
  }

  private static float[][] matrix(Random random, int rows, int columns) {
    float[][] matrix = new float[rows][];
    for (int i = 0; i < rows; i++) {
      matrix[i] = numbers(random, columns);
    }
    return matrix;
  }

  private static float[] numbers(Random random, int count) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = 2 * random.nextFloat() - 1;
    }
    return numbers;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
