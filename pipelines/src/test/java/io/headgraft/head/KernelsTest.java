package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class KernelsTest {

  private static final int ROWS = Kernels.ROWS;
  private static final Kernels SCALAR = new ScalarKernels();
  private static final Kernels VECTORS = new VectorKernels();

  static Stream<Kernels> kernels() {
    return Stream.of(SCALAR, VECTORS);
  }

  @Test
  void vectorsAreTakenWhereTheyAreCompiled() {
    boolean quick = System.getProperty("java.vm.info").contains("emulated-client");
    assertThat(Kernels.best()).isInstanceOf(quick ? ScalarKernels.class : VectorKernels.class);
    assertThat(VECTORS.toString()).matches("by vectors of (128|256|512) bits");
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void productsAreSums(Kernels kernels) {
    double[][] rows = rows(21, 1);
    double[] matrix = numbers(5 + 3 * 25, 2);
    double[] sums = numbers(ROWS * 3, 3);
    double[] before = sums.clone();

    kernels.addProducts(rows, matrix, 5, 25, 3, sums);

    for (int r = 0; r < ROWS; r++) {
      for (int column = 0; column < 3; column++) {
        double expected = before[r * 3 + column];
        for (int i = 0; i < 21; i++) {
          expected += rows[r][i] * matrix[5 + column * 25 + i];
        }
        assertThat(sums[r * 3 + column]).isCloseTo(expected, within(1e-12));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void outerProductsAreSums(Kernels kernels) {
    double[][] rows = rows(21, 1);
    double[] factors = numbers(ROWS * 3, 2);
    double[] matrix = numbers(5 + 3 * 25, 3);
    double[] expected = matrix.clone();
    for (int column = 0; column < 3; column++) {
      for (int i = 0; i < 21; i++) {
        for (int r = 0; r < ROWS; r++) {
          expected[5 + column * 25 + i] += rows[r][i] * factors[r * 3 + column];
        }
      }
    }

    kernels.addOuterProducts(rows, factors, 3, matrix, 5, 25);

    assertThat(matrix).containsExactly(expected, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 2", "2, 3", "17, 10", "64, 7", "1000, 10", "1000, 1"})
  void vectorsChangeNoBit(int features, int columns) {
    double[][] rows = rows(features, 1);
    double[] matrix = numbers(features * columns, 2);
    double[] expected = numbers(ROWS * columns, 3);
    double[] sums = expected.clone();
    double[] expectedMatrix = matrix.clone();

    VECTORS.addProducts(rows, matrix, 0, features, columns, sums);
    SCALAR.addProducts(rows, matrix, 0, features, columns, expected);
    VECTORS.addOuterProducts(rows, sums, columns, matrix, 0, features);
    SCALAR.addOuterProducts(rows, expected, columns, expectedMatrix, 0, features);

    assertThat(sums).isEqualTo(expected);
    assertThat(matrix).isEqualTo(expectedMatrix);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 2", "2, 3", "17, 10", "64, 7", "1000, 10", "1000, 1"})
  void vectorsChangeNoBitInSinglePrecision(int features, int columns) {
    float[][] rows = Stream.of(rows(features, 1)).map(KernelsTest::floats).toArray(float[][]::new);
    float[] matrix = floats(numbers(features * columns, 2));
    float[] expected = floats(numbers(ROWS * columns, 3));
    float[] sums = expected.clone();
    float[] expectedMatrix = matrix.clone();
    double first = sums[columns];
    for (int i = 0; i < features; i++) {
      first += (double) rows[1][i] * matrix[i];
    }

    VECTORS.addProducts(rows, matrix, 0, features, columns, sums);
    SCALAR.addProducts(rows, matrix, 0, features, columns, expected);
    assertThat((double) sums[columns]).isCloseTo(first, within(1e-3));
    VECTORS.addOuterProducts(rows, sums, columns, matrix, 0, features);
    SCALAR.addOuterProducts(rows, expected, columns, expectedMatrix, 0, features);

    assertThat(sums).isEqualTo(expected);
    assertThat(matrix).isEqualTo(expectedMatrix);
  }

  @Test
  void noBitDependsOnWhereARowStands() {
    double[][] rows = rows(1000, 1);
    double[] matrix = numbers(1000 * 8, 2);
    double[] together = new double[ROWS * 8];
    VECTORS.addProducts(rows, matrix, 0, 1000, 8, together);

    for (int r = 0; r < ROWS; r++) {
      double[][] others = rows(1000, 5);
      others[ROWS - 1 - r] = rows[r];
      double[] apart = new double[ROWS * 8];
      VECTORS.addProducts(others, matrix, 0, 1000, 8, apart);
      assertThat(apart[(ROWS - 1 - r) * 8]).isEqualTo(together[r * 8]).isNotZero();
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void aPartOfARowIsWidened(Kernels kernels) {
    float[] row = floats(numbers(50, 1));
    double[] before = numbers(50, 2);
    double[] wide = before.clone();

    kernels.widen(row, wide, 3, 40);

    for (int i = 0; i < 50; i++) {
      assertThat(wide[i]).isEqualTo(i < 3 || i >= 40 ? before[i] : row[i]);
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
