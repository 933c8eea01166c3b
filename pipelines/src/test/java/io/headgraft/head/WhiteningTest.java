package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WhiteningTest {

  /** Two blocks of products, and no whole number of vectors. */
  private static final int FEATURES = 69;

  private static final int LABELS = 3;

  private static Examples examples(int rows, double noise) {
    Random random = new Random(1);
    float[][] means = new float[LABELS][FEATURES];
    for (float[] mean : means) {
      for (int i = 0; i < FEATURES; i++) {
        mean[i] = (float) random.nextGaussian();
      }
    }
    float[][] features = new float[rows][FEATURES];
    int[] labels = new int[rows];
    for (int row = 0; row < rows; row++) {
      labels[row] = row % LABELS;
      double walk = 0;
      for (int i = 0; i < FEATURES; i++) {
        walk += noise * random.nextGaussian();
        features[row][i] = 5 + means[labels[row]][i] + (float) walk;
      }
    }
    return new Examples(features, labels, new String[rows], new String[rows], new int[rows]);
  }

  private static Scatter scatter(Examples examples) {
    return Scatter.of(examples, Standardization.fit(examples.features()), LABELS);
  }

  private static double[] product(double[][] matrix, double[] values) {
    return Arrays.stream(matrix).mapToDouble(row -> dot(row, values)).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** Of rows, around their own label's mean. */
  private static double[][] inside(double[][] rows, int[] labels) {
    int features = rows[0].length;
    double[][] means = new double[LABELS][features];
    double[] counts = new double[LABELS];
    for (int row = 0; row < rows.length; row++) {
      counts[labels[row]]++;
      for (int i = 0; i < features; i++) {
        means[labels[row]][i] += rows[row][i];
      }
    }
    double[][] covariance = new double[features][features];
    for (int row = 0; row < rows.length; row++) {
      for (int i = 0; i < features; i++) {
        for (int j = 0; j < features; j++) {
          int label = labels[row];
          covariance[i][j] +=
              (rows[row][i] - means[label][i] / counts[label])
                  * (rows[row][j] - means[label][j] / counts[label])
                  / rows.length;
        }
      }
    }
    return covariance;
  }

  private static double[][] standardized(Examples examples) {
    Standardization standardization = Standardization.fit(examples.features());
    return Arrays.stream(examples.features()).map(standardization::apply).toArray(double[][]::new);
  }

  @Test
  void theCovarianceIsThatInsideTheLabels() {
    Examples examples = examples(61, 1);
    double[][] expected = inside(standardized(examples), examples.labels());

    double[] found = scatter(examples).insideLabels();

    int side = Products.side(FEATURES);
    for (int i = 0; i < FEATURES; i++) {
      for (int j = 0; j < FEATURES; j++) {
        assertThat(found[i * side + j]).isCloseTo(expected[i][j], within(1e-12));
      }
    }
  }

  @Test
  void partsAddUpToTheWhole() {
    Examples all = examples(50, 1);
    Standardization standardization = Standardization.fit(all.features());
    Scatter parts =
        Scatter.of(all.where(row -> row < 20), standardization, LABELS)
            .plus(Scatter.of(all.where(row -> row >= 20), standardization, LABELS));

    assertThat(parts.counts()).isEqualTo(scatter(all).counts());
    assertThat(parts.insideLabels()).containsExactly(scatter(all).insideLabels(), within(1e-12));
  }

  @Test
  void whatComesOutVariesAlikeInEveryDirection() {
    Examples examples = examples(400, 1);
    double[][] matrix = Whitening.of(scatter(examples), 1e-9).matrix();

    double[][] out =
        Arrays.stream(standardized(examples))
            .map(row -> product(matrix, row))
            .toArray(double[][]::new);

    double[][] covariance = inside(out, examples.labels());
    for (int i = 0; i < FEATURES; i++) {
      for (int j = 0; j < FEATURES; j++) {
        assertThat(covariance[i][j] / covariance[0][0]).isCloseTo(i == j ? 1 : 0, within(1e-5));
      }
    }
    assertThat(Arrays.stream(out).mapToDouble(row -> dot(row, row)).average().orElseThrow())
        .isCloseTo(FEATURES, within(1e-6));
  }

  /** All of the covariance gives way: what is left is a multiple of the identity. */
  @Test
  void fullShrinkageLeavesFeaturesAsTheyAre() {
    double[][] matrix = Whitening.of(scatter(examples(90, 1)), 1).matrix();

    for (int i = 0; i < FEATURES; i++) {
      for (int j = 0; j < FEATURES; j++) {
        assertThat(matrix[i][j]).isCloseTo(i == j ? 1 : 0, within(1e-9));
      }
    }
  }

  @Test
  void movedWeightsGiveTheSameLogits() {
    // Fewer rows than features: the covariance alone has no inverse.
    Examples examples = examples(30, 1);
    Whitening whitening = Whitening.of(scatter(examples), 0.1);
    double[] weights = new Random(2).doubles(FEATURES).toArray();

    for (double[] row : standardized(examples)) {
      assertThat(dot(whitening.moved(weights), product(whitening.matrix(), row)))
          .isCloseTo(dot(weights, row), within(1e-9));
    }
  }

  @Test
  void labelsOfOnePhotoEachAreRefused() {
    assertThatThrownBy(() -> Whitening.of(scatter(examples(3, 1)), 0.1))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessageContaining("set emit.standardize to layer");
  }
}
