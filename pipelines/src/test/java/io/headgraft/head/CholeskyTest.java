package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CholeskyTest {

  /** Three blocks. */
  private static final int SIZE = 24;

  private static double[][] factor() {
    Random random = new Random(1);
    double[][] factor = new double[SIZE][SIZE];
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < i; j++) {
        factor[i][j] = random.nextGaussian();
      }
      factor[i][i] = 1 + random.nextDouble();
    }
    return factor;
  }

  private static Cholesky cholesky() {
    double[][] factor = factor();
    double[] matrix = new double[SIZE * SIZE];
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < SIZE; j++) {
        for (int k = 0; k < SIZE; k++) {
          matrix[i * SIZE + j] += factor[i][k] * factor[j][k];
        }
      }
    }
    return new Cholesky(matrix);
  }

  @Test
  void aRowIsMultipliedByTheFactor() {
    for (int length : new int[] {SIZE, 21, 5}) {
      double[] row = new Random(2).doubles(length).toArray();
      double[] expected = new double[length];
      for (int j = 0; j < length; j++) {
        for (int i = 0; i < length; i++) {
          expected[j] += row[i] * factor()[i][j];
        }
      }

      assertThat(cholesky().times(row)).containsExactly(expected, within(1e-9));
    }
  }

  @Test
  void solvingUndoesTheFactor() {
    double[] expected = new Random(3).doubles(SIZE * 3).toArray();
    double[] values = new double[expected.length];
    for (int i = 0; i < SIZE; i++) {
      for (int k = 0; k <= i; k++) {
        for (int column = 0; column < 3; column++) {
          values[column * SIZE + i] += factor()[i][k] * expected[column * SIZE + k];
        }
      }
    }

    cholesky().solveFactor(values);

    assertThat(values).containsExactly(expected, within(1e-6));
  }

  @Test
  void solvingTwiceUndoesTheMatrix() {
    double[][] factor = factor();
    double[] expected = new Random(4).doubles(SIZE * 2).toArray();
    double[] values = new double[expected.length];
    for (int column = 0; column < 2; column++) {
      for (int i = 0; i < SIZE; i++) {
        for (int j = 0; j < SIZE; j++) {
          for (int k = 0; k < SIZE; k++) {
            values[column * SIZE + i] += factor[i][k] * factor[j][k] * expected[column * SIZE + j];
          }
        }
      }
    }

    cholesky().solve(values);

    assertThat(values).containsExactly(expected, within(1e-4));
  }

  @Test
  void noBitDependsOnTheOtherColumns() {
    double[] together = new Random(5).doubles(SIZE * 3).toArray();
    double[] columns = together.clone();
    cholesky().solve(together);

    for (int column = 0; column < 3; column++) {
      double[] alone = Arrays.copyOfRange(columns, column * SIZE, (column + 1) * SIZE);
      cholesky().solve(alone);
      assertThat(alone).isEqualTo(Arrays.copyOfRange(together, column * SIZE, (column + 1) * SIZE));
    }
  }
}
