package io.headgraft.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CalibrationErrorTest {

  /** Guo et al.: bin m of 1 to 15 is ((m−1)/15, m/15]. */
  @Test
  void binsAreClosedAbove() {
    for (int m = 1; m <= 15; m++) {
      assertThat(CalibrationError.bin(m / 15.0)).isEqualTo(m - 1);
      assertThat(CalibrationError.bin(m / 15.0 - 1e-12)).isEqualTo(m - 1);
      assertThat(CalibrationError.bin(m / 15.0 + 1e-12)).isEqualTo(Math.min(m, 14));
    }
    assertThat(CalibrationError.bin(Double.MIN_VALUE)).isZero();
  }

  /**
   * By hand. 0.6 = 9/15 lies in one bin with 0.55: their gaps, −0.4 (right) and +0.55 (wrong), add
   * up to 0.15. 0.61, right, is alone in the next bin: 0.39. Both by 3 examples: 0.54/3 = 0.18.
   * Were bins closed below, it would be (0.55 + 0.79)/3.
   */
  @Test
  void gapsCancelWithinABinOnly() {
    int[] truth = {0, 1, 0};
    int[] predicted = {0, 0, 0};
    double[][] probabilities = {{0.6, 0.4}, {0.55, 0.45}, {0.61, 0.39}};

    assertThat(CalibrationError.expected(truth, predicted, probabilities))
        .isCloseTo(0.18, within(1e-15));
  }

  /** Three of four right at a confidence of 3/4. */
  @Test
  void isZeroWhenConfidenceIsAccuracy() {
    double[] row = {0.25, 0.75};

    assertThat(
            CalibrationError.expected(
                new int[] {1, 1, 0, 1},
                new int[] {1, 1, 1, 1},
                new double[][] {row, row, row, row}))
        .isZero();
  }
}
