package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DenseBlockTest {

  private static final int VECTORS = 3;

  /** Loops go four by four, the rest one by one. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 33})
  void productsAndGradientsAreSums(int features) {
    for (int size : new int[] {4, 64}) {
      DenseBlock block = new DenseBlock(size, features);
      // What was there before must not show.
      block.load(rows(size, features, 1), 0, size);
      for (int count : new int[] {1, 2, 3, 4}) {
        float[][] rows = rows(count + 2, features, count);
        block.load(rows, 2, count);
        assertProducts(block, rows, count, size);
        assertGradient(block, rows, count, size);
      }
    }
  }

  private static void assertProducts(DenseBlock block, float[][] rows, int count, int size) {
    int features = block.features();
    double[] vectors = numbers(VECTORS * features, 5);
    double[] products = numbers(VECTORS * size, 6);
    double[] before = products.clone();

    block.addProducts(vectors, VECTORS, products);

    for (int k = 0; k < VECTORS; k++) {
      for (int r = 0; r < size; r++) {
        double expected = before[k * size + r];
        for (int i = 0; r < count && i < features; i++) {
          expected += vectors[k * features + i] * rows[2 + r][i];
        }
        assertThat(products[k * size + r]).isCloseTo(expected, within(1e-12));
      }
    }
  }

  private static void assertGradient(DenseBlock block, float[][] rows, int count, int size) {
    int features = block.features();
    double[] factors = numbers(VECTORS * size, 7);
    double[] gradient = numbers(VECTORS * features, 8);
    double[] before = gradient.clone();

    block.addGradient(factors, VECTORS, gradient);

    for (int k = 0; k < VECTORS; k++) {
      for (int i = 0; i < features; i++) {
        double expected = before[k * features + i];
        for (int r = 0; r < count; r++) {
          expected += factors[k * size + r] * rows[2 + r][i];
        }
        assertThat(gradient[k * features + i]).isCloseTo(expected, within(1e-12));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6, 8, 1000})
  void noBitDependsOnWhereARowStands(int features) {
    float[][] rows = rows(8, features, 1);
    double[] vector = numbers(features, 2);
    double[] together = products(rows, 0, 8, vector);

    for (int i = 0; i < rows.length; i++) {
      assertThat(products(rows, i, 1, vector)[0]).isEqualTo(together[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 7, 1000})
  void aSquareIsTheProductOfARowWithItselfToTheBit(int features) {
    float[][] rows = rows(8, features, 3);

    for (float[] row : rows) {
      double[] vector = new double[features];
      for (int i = 0; i < features; i++) {
        vector[i] = row[i];
      }
      assertThat(DenseBlock.square(row))
          .isEqualTo(products(new float[][] {row}, 0, 1, vector)[0])
          .isPositive();
    }
  }

  private static double[] products(float[][] rows, int start, int count, double[] vector) {
    DenseBlock block = new DenseBlock(8, vector.length);
    block.load(rows, start, count);
    double[] products = new double[8];
    block.addProducts(vector, 1, products);
    return products;
  }

  private static float[][] rows(int count, int features, long seed) {
    Random random = new Random(seed);
    float[][] rows = new float[count][features];
    for (float[] row : rows) {
      for (int i = 0; i < features; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    return rows;
  }

  private static double[] numbers(int count, long seed) {
    return new Random(seed).doubles(count, -1, 1).toArray();
  }
}
