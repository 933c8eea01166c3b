package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeadTest {

  private static final Head HEAD = head(4, 6);

  @Test
  void probabilitiesAreTheSoftmaxOfTheLogits() {
    Head head =
        new Head(
            "sgd",
            List.of("cat", "dog"),
            new Standardization(new double[] {1, 2}, new double[] {2, 0.5}),
            new double[][] {{1, 0}, {0, 2}},
            new double[] {0.5, -0.5},
            Map.of(),
            0);

    double[] probabilities = head.probabilities(new float[] {1.5f, 4});

    // Standardized features of 1 and 1, logits of 1.5 and 1.5.
    assertThat(probabilities).containsExactly(0.5, 0.5);
    assertThat(head.probabilities(new float[][] {{1.5f, 4}}))
        .isDeepEqualTo(new double[][] {{0.5, 0.5}});
  }

  @Test
  void centeringKeepsTheProbabilities() {
    Head centered = HEAD.centered();

    for (int seed = 0; seed < 20; seed++) {
      float[] feature = feature(seed, 6);
      assertThat(centered.probabilities(feature))
          .containsExactly(HEAD.probabilities(feature), within(1e-14));
    }
    assertThat(centered.labels()).isEqualTo(HEAD.labels());
    assertThat(centered.standardization()).isSameAs(HEAD.standardization());
  }

  @Test
  void aTemperatureDividesTheLogits() {
    Head cooled = HEAD.cooled(2.5);
    float[] feature = feature(1, 6);

    double[] divided = Arrays.stream(HEAD.logits(feature)).map(logit -> logit / 2.5).toArray();
    assertThat(cooled.logits(feature)).containsExactly(divided, within(1e-14));
    assertThat(cooled.labels()).isEqualTo(HEAD.labels());
    assertThat(cooled.hyperparameters()).isEqualTo(HEAD.hyperparameters());
  }

  @Test
  void centeredRowsAndBiasesSumToZero() {
    Head centered = HEAD.centered();

    for (int i = 0; i < 6; i++) {
      double sum = 0;
      for (double[] row : centered.weights()) {
        sum += row[i];
      }
      assertThat(sum).isCloseTo(0, within(1e-14));
    }
    double sum = 0;
    for (double bias : centered.bias()) {
      sum += bias;
    }
    assertThat(sum).isCloseTo(0, within(1e-14));
  }

  private static Head head(int labels, int features) {
    Random random = new Random(1);
    double[][] weights = new double[labels][];
    for (int i = 0; i < labels; i++) {
      weights[i] = random.doubles(features, -1, 1).toArray();
    }
    return new Head(
        "sgd",
        List.of("a", "b", "c", "d"),
        new Standardization(random.doubles(features).toArray(), random.doubles(features).toArray()),
        weights,
        random.doubles(labels).toArray(),
        Map.of(),
        0);
  }

  private static float[] feature(long seed, int length) {
    Random random = new Random(seed);
    float[] feature = new float[length];
    for (int i = 0; i < length; i++) {
      feature[i] = random.nextFloat();
    }
    return feature;
  }
}
