package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PreconditionerTest {

  private static final int LABELS = 3;
  private static final int FEATURES = 21;

  /** The features, filled up. */
  private static final int SIZE = 24;

  /** Half of the labels right, as a loss of ln 2 has it: 2 · ¼ / 3. */
  private static final double CURVATURE = 0.5 / 3;

  @Test
  void theCovarianceIsTheMeanOfTheProducts() {
    float[][] features = features(70);
    double[] covariance = Preconditioner.covariance(new Rows(features, new int[70], new float[70]));

    for (int i = 0; i < FEATURES; i++) {
      for (int j = 0; j < FEATURES; j++) {
        double sum = 0;
        for (float[] row : features) {
          sum += (double) row[i] * row[j];
        }
        assertThat(covariance[i * SIZE + j]).isCloseTo(sum / 70, within(1e-12));
      }
    }
  }

  @Test
  void undoesTheMatrixForEachLabel() {
    double[] covariance =
        Preconditioner.covariance(new Rows(features(70), new int[70], new float[70]));
    double[] expected = new Random(2).doubles(LABELS * (FEATURES + 1)).toArray();
    double[] actual = new double[expected.length];
    for (int label = 0; label < LABELS; label++) {
      for (int i = 0; i < FEATURES; i++) {
        for (int j = 0; j < FEATURES; j++) {
          double entry = CURVATURE * covariance[i * SIZE + j] + (i == j ? 0.01 : 0);
          actual[label * FEATURES + i] += entry * expected[label * FEATURES + j];
        }
      }
      actual[LABELS * FEATURES + label] = CURVATURE * expected[LABELS * FEATURES + label];
    }

    new Preconditioner(covariance, FEATURES, LABELS, Math.log(2), 0.01).apply(actual);

    assertThat(actual).containsExactly(expected, within(1e-10));
  }

  private static float[][] features(int rows) {
    Random random = new Random(1);
    float[][] features = new float[rows][FEATURES];
    for (float[] row : features) {
      for (int i = 0; i < FEATURES; i++) {
        row[i] = (float) random.nextGaussian() + (i > 0 ? row[i - 1] : 0);
      }
    }
    return features;
  }
}
