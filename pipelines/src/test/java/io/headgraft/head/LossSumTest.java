package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.testing.LocalSpark;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossSumTest {

  private static final int LABELS = 3;
  private static final int FEATURES = 5;
  private static final double[] PARAMETERS =
      new Random(1).doubles(LABELS * (FEATURES + 1), -1, 1).toArray();

  /** Blocks of 64 rows in 16 ranges, all of them whole or not. */
  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 1100})
  void isTheWeightedSumOfCrossEntropies(int count) {
    Rows rows = rows(count);
    double expected = 0;
    for (int i = 0; i < count; i++) {
      expected += rows.weights()[i] * crossEntropy(rows.features()[i], rows.labels()[i]);
    }

    LossSum sum = new LossSum.Local(rows, LABELS);

    assertThat(loss(sum, PARAMETERS)).isCloseTo(expected, within(1e-12 * count));
    // The buffers of the first sum must not show in the second.
    assertThat(loss(sum, PARAMETERS)).isEqualTo(loss(sum, PARAMETERS));
  }

  private static double crossEntropy(float[] row, int label) {
    double[] exponentials = new double[LABELS];
    for (int k = 0; k < LABELS; k++) {
      double logit = PARAMETERS[LABELS * FEATURES + k];
      for (int i = 0; i < FEATURES; i++) {
        logit += PARAMETERS[k * FEATURES + i] * row[i];
      }
      exponentials[k] = Math.exp(logit);
    }
    return -Math.log(
        exponentials[label] / IntStream.range(0, LABELS).mapToDouble(k -> exponentials[k]).sum());
  }

  @Test
  void theGradientIsWhatFiniteDifferencesSay() {
    LossSum sum = new LossSum.Local(rows(150), LABELS);
    double[] gradient = gradient(sum);

    double step = 1e-5;
    for (int i = 0; i < PARAMETERS.length; i++) {
      double[] parameters = PARAMETERS.clone();
      parameters[i] = PARAMETERS[i] + step;
      double above = loss(sum, parameters);
      parameters[i] = PARAMETERS[i] - step;
      double slope = (above - loss(sum, parameters)) / (2 * step);
      assertThat(gradient[i]).isCloseTo(slope, within(1e-6));
    }
  }

  @Test
  void theGradientIsAddedToWhatIsThere() {
    LossSum sum = new LossSum.Local(rows(10), LABELS);
    double[] expected = gradient(sum);
    double[] gradient = new double[PARAMETERS.length];
    gradient[4] = 1000;

    sum.add(PARAMETERS, gradient);

    assertThat(gradient[4]).isEqualTo(1000 + expected[4]);
    assertThat(gradient[5]).isEqualTo(expected[5]);
  }

  @Test
  void hugeLogitsStayFinite() {
    double[] parameters = new double[PARAMETERS.length];
    parameters[LABELS * FEATURES] = 1e6;
    Rows rows = new Rows(new float[2][FEATURES], new int[] {0, 1}, new float[] {1, 1});

    assertThat(loss(new LossSum.Local(rows, LABELS), parameters)).isEqualTo(1e6);
  }

  @Test
  void noBitDependsOnTheNumberOfProcessors() {
    Rows rows = rows(1100);
    ForkJoinPool one = new ForkJoinPool(1);
    ForkJoinPool seven = new ForkJoinPool(7);
    try {
      double[] alone = one.submit(() -> gradient(new LossSum.Local(rows, LABELS))).join();
      for (int i = 0; i < 5; i++) {
        assertThat(seven.submit(() -> gradient(new LossSum.Local(rows, LABELS))).join())
            .containsExactly(alone);
      }
    } finally {
      one.shutdown();
      seven.shutdown();
    }
  }

  @Test
  void oneChunkGivesTheBitsOfLocalRows() {
    Rows rows = rows(200);
    assertThat(gradient(distributed(rows, 200)))
        .containsExactly(gradient(new LossSum.Local(rows, LABELS)));
  }

  @Test
  void chunksAddUpTheSameEachTime() {
    Rows rows = rows(200);
    // The third chunk has no rows.
    LossSum sum = distributed(rows, 0, 90, 90, 200);
    double[] gradient = gradient(sum);

    assertThat(gradient).containsExactly(gradient(new LossSum.Local(rows, LABELS)), within(1e-10));
    for (int i = 0; i < 3; i++) {
      assertThat(gradient(sum)).containsExactly(gradient);
    }
  }

  private static LossSum distributed(Rows rows, int... ends) {
    List<Rows> chunks =
        IntStream.range(0, ends.length)
            .mapToObj(i -> rows.slice(i == 0 ? 0 : ends[i - 1], ends[i]))
            .toList();
    return new LossSum.Distributed(LocalSpark.context().parallelize(chunks, chunks.size()), LABELS);
  }

  private static double loss(LossSum sum, double[] parameters) {
    return sum.add(parameters, new double[parameters.length]);
  }

  private static double[] gradient(LossSum sum) {
    double[] gradient = new double[PARAMETERS.length];
    sum.add(PARAMETERS, gradient);
    return gradient;
  }

  private static Rows rows(int count) {
    Random random = new Random(count);
    float[][] features = new float[count][FEATURES];
    int[] labels = new int[count];
    float[] weights = new float[count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < FEATURES; j++) {
        features[i][j] = (float) random.nextGaussian();
      }
      labels[i] = random.nextInt(LABELS);
      weights[i] = 0.5f + random.nextFloat();
    }
    return new Rows(features, labels, weights);
  }
}
