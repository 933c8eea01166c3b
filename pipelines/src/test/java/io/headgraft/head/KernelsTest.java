package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelsTest {

  private static final int ROWS = Kernels.ROWS;
  private static final Kernels SCALAR = new ScalarKernels();

  static Stream<Kernels> kernels() {
    return Stream.of(SCALAR, Kernels.best());
  }

  /**
   * Or the other tests would compare one with itself: the Java options are those of the launcher.
   */
  @Test
  void theBestAreVectors() {
    assertThat(Kernels.best().toString()).matches("by vectors of (128|256|512) bits");
  }

  @Test
  void lanesAreFilledUp() {
    assertThat(Kernels.lanes(1, 8)).isEqualTo(8);
    assertThat(Kernels.lanes(8, 8)).isEqualTo(8);
    assertThat(Kernels.lanes(9, 8)).isEqualTo(16);
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void productsAreSums(Kernels kernels) {
    double[][] rows = rows(5, 1);
    double[] matrix = numbers(7 * 16, 2);
    double[] sums = numbers(ROWS * 16, 3);
    double[] before = sums.clone();

    kernels.addProducts(rows, matrix, 2, 16, sums);

    for (int r = 0; r < ROWS; r++) {
      for (int lane = 0; lane < 16; lane++) {
        double expected = before[r * 16 + lane];
        for (int i = 0; i < 5; i++) {
          expected += rows[r][i] * matrix[(2 + i) * 16 + lane];
        }
        assertThat(sums[r * 16 + lane]).isCloseTo(expected, within(1e-12));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void outerProductsAreSums(Kernels kernels) {
    double[][] rows = rows(5, 1);
    double[] factors = numbers(ROWS * 24, 2);
    double[] matrix = numbers(7 * 24, 3);
    double[] expected = matrix.clone();
    for (int i = 0; i < 5; i++) {
      for (int lane = 8; lane < 24; lane++) {
        for (int r = 0; r < ROWS; r++) {
          expected[(2 + i) * 24 + lane] += rows[r][i] * factors[r * 24 + lane];
        }
      }
    }

    kernels.addOuterProducts(rows, factors, 24, matrix, 2, 8);

    assertThat(matrix).containsExactly(expected, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 17, 1000})
  void vectorsChangeNoBit(int features) {
    double[][] rows = rows(features, 1);
    double[] matrix = numbers(features * 16, 2);
    double[] expected = numbers(ROWS * 16, 3);
    double[] sums = expected.clone();
    double[] expectedMatrix = matrix.clone();

    Kernels.best().addProducts(rows, matrix, 0, 16, sums);
    SCALAR.addProducts(rows, matrix, 0, 16, expected);
    Kernels.best().addOuterProducts(rows, sums, 16, matrix, 0, 0);
    SCALAR.addOuterProducts(rows, expected, 16, expectedMatrix, 0, 0);

    assertThat(sums).isEqualTo(expected);
    assertThat(matrix).isEqualTo(expectedMatrix);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 17, 1000})
  void vectorsChangeNoBitInSinglePrecision(int features) {
    float[][] rows = Stream.of(rows(features, 1)).map(KernelsTest::floats).toArray(float[][]::new);
    float[] matrix = floats(numbers(features * 32, 2));
    float[] expected = floats(numbers(ROWS * 32, 3));
    float[] sums = expected.clone();
    float[] expectedMatrix = matrix.clone();

    Kernels.best().addProducts(rows, matrix, 32, sums);
    SCALAR.addProducts(rows, matrix, 32, expected);
    Kernels.best().addOuterProducts(rows, sums, 32, matrix);
    SCALAR.addOuterProducts(rows, expected, 32, expectedMatrix);

    assertThat(sums).isEqualTo(expected);
    assertThat(matrix).isEqualTo(expectedMatrix);
    if (features > 0) {
      double first = 0;
      for (int i = 0; i < features; i++) {
        first += rows[1][i] * floats(numbers(features * 32, 2))[i * 32];
      }
      assertThat((double) sums[32])
          .isCloseTo(first + floats(numbers(ROWS * 32, 3))[32], within(1e-3));
    }
  }

  @Test
  void noBitDependsOnWhereARowStands() {
    double[][] rows = rows(1000, 1);
    double[] matrix = numbers(1000 * 8, 2);
    double[] together = new double[ROWS * 8];
    Kernels.best().addProducts(rows, matrix, 0, 8, together);

    for (int r = 0; r < ROWS; r++) {
      double[][] others = rows(1000, 5);
      others[ROWS - 1 - r] = rows[r];
      double[] apart = new double[ROWS * 8];
      Kernels.best().addProducts(others, matrix, 0, 8, apart);
      assertThat(apart[(ROWS - 1 - r) * 8]).isEqualTo(together[r * 8]).isNotZero();
    }
  }

  private static double[][] rows(int features, long seed) {
    double[][] rows = new double[ROWS][];
    for (int r = 0; r < ROWS; r++) {
      rows[r] = numbers(features, seed * 100 + r);
    }
    return rows;
  }

  private static double[] numbers(int count, long seed) {
    Random random = new Random(seed);
    return random.doubles(count).map(number -> 2 * number - 1).toArray();
  }

  private static float[] floats(double[] numbers) {
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return floats;
  }
}
