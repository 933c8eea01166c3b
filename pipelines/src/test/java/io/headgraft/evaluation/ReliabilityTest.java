package io.headgraft.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.Json;
import io.headgraft.evaluation.Reliability.Bin;
import org.junit.jupiter.api.Test;

class ReliabilityTest {

  /** Guo et al.: bin m of 1 to 15 is ((m−1)/15, m/15]. */
  @Test
  void binsAreClosedAbove() {
    for (int m = 1; m <= 15; m++) {
      assertThat(Reliability.bin(m / 15.0)).isEqualTo(m - 1);
      assertThat(Reliability.bin(m / 15.0 - 1e-12)).isEqualTo(m - 1);
      assertThat(Reliability.bin(m / 15.0 + 1e-12)).isEqualTo(Math.min(m, 14));
    }
    assertThat(Reliability.bin(Double.MIN_VALUE)).isZero();
  }

  /**
   * By hand. 0.6 = 9/15 lies in one bin with 0.55: their gaps, −0.4 (right) and +0.55 (wrong), add
   * up to 0.15. 0.61, right, is alone in the next bin: 0.39. Both by 3 examples: 0.54/3 = 0.18.
   * Were bins closed below, it would be (0.55 + 0.79)/3.
   */
  @Test
  void gapsCancelWithinABinOnly() {
    Reliability reliability =
        Reliability.of(
            new int[] {0, 1, 0}, new double[][] {{0.6, 0.4}, {0.55, 0.45}, {0.61, 0.39}});

    assertThat(reliability.expectedCalibrationError()).isCloseTo(0.18, within(1e-15));
    assertThat(reliability.bins())
        .containsExactly(
            new Bin(8.0 / 15, 0.6, 2, (0.6 + 0.55) / 2, 0.5, Wilson.interval(1, 2)),
            new Bin(0.6, 10.0 / 15, 1, 0.61, 1, Wilson.interval(1, 1)));
  }

  /** Three of four right at a confidence of 3/4. */
  @Test
  void errorIsZeroWhenConfidenceIsAccuracy() {
    double[] row = {0.25, 0.75};

    Reliability reliability =
        Reliability.of(new int[] {1, 1, 0, 1}, new double[][] {row, row, row, row});

    assertThat(reliability.expectedCalibrationError()).isZero();
  }

  @Test
  void goesThroughJson() {
    Reliability reliability = Reliability.of(new int[] {0}, new double[][] {{0.25, 0.75}});

    String json = Json.line(reliability);

    assertThat(json)
        .isEqualTo(
            "{\"bins\":[{\"from\":0.7333333333333333,\"to\":0.8,\"count\":1,\"mean-confidence\":0.75,"
                + "\"accuracy\":0.0,\"accuracy-interval\":[0.0,0.7934506856227626]}]}");
    assertThat(Json.read(json.getBytes(UTF_8), Reliability.class, "json")).isEqualTo(reliability);
  }

  @Test
  void rejectsWhatMetricsReject() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Reliability.of(new int[0], new double[0][]))
        .withMessage("No examples: an empty split has no metrics");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Reliability.of(new int[] {2}, new double[][] {{0.5, 0.5}}))
        .withMessage("Invalid label of example 0: 2 of 2 labels");
  }
}
