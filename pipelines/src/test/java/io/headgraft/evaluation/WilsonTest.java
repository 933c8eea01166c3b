package io.headgraft.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WilsonTest {

  /** Newcombe, Statistics in Medicine 17 (1998), Table I, method 3 (score without correction). */
  @ParameterizedTest
  @CsvSource({
    "81, 263, 0.2553, 0.3662",
    "15, 148, 0.0624, 0.1605",
    " 0,  20, 0.0000, 0.1611",
    " 1,  29, 0.0061, 0.1718"
  })
  void agreesWithNewcombe(int successes, int trials, double low, double high) {
    Interval interval = Wilson.interval(successes, trials);

    assertThat(interval.low()).isCloseTo(low, within(5e-5));
    assertThat(interval.high()).isCloseTo(high, within(5e-5));
  }

  /** By hand: with no success the interval is 0 to z²/(n + z²), with z² = 3.841459 at 95 %. */
  @Test
  void endsExactlyAtZeroAndOne() {
    for (int trials = 1; trials <= 1000; trials++) {
      Interval none = Wilson.interval(0, trials);
      Interval all = Wilson.interval(trials, trials);

      assertThat(none.low()).isZero();
      assertThat(none.high()).isCloseTo(3.841459 / (trials + 3.841459), within(1e-7));
      assertThat(all.low()).isCloseTo(1 - none.high(), within(1e-15));
      assertThat(all.high()).isEqualTo(1);
    }
  }

  /** Wilson's definition: at both bounds π the observed share is z standard errors from π. */
  @ParameterizedTest
  @CsvSource({"0.5, 0.674490", "0.9, 1.644854", "0.95, 1.959964", "0.99, 2.575829"})
  void boundsAreWhereTheScoreTestTurns(double confidence, double z) {
    Interval interval = Wilson.interval(37, 50, confidence);

    assertThat(standardErrors(0.74, interval.low(), 50)).isCloseTo(z, within(1e-6));
    assertThat(standardErrors(0.74, interval.high(), 50)).isCloseTo(-z, within(1e-6));
  }

  private static double standardErrors(double observed, double share, int trials) {
    return (observed - share) / Math.sqrt(share * (1 - share) / trials);
  }

  @Test
  void countsBeyondTheSquareRootOfAnIntDoNotOverflow() {
    Interval interval = Wilson.interval(1_500_000_000, 2_000_000_000);

    assertThat(interval.low()).isCloseTo(0.75, within(3e-5)).isLessThan(0.75);
    assertThat(interval.high()).isCloseTo(0.75, within(3e-5)).isGreaterThan(0.75);
  }

  @Test
  void rejectsImpossibleCounts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Wilson.interval(0, 0))
        .withMessage("An interval needs at least 1 trial, not 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Wilson.interval(6, 5))
        .withMessage("Invalid number of successes in 5 trials: 6");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Wilson.interval(-1, 5))
        .withMessage("Invalid number of successes in 5 trials: -1");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, 95, -0.5, Double.NaN})
  void rejectsAnImpossibleConfidence(double confidence) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Wilson.interval(1, 2, confidence))
        .withMessage("A confidence lies between 0 and 1, exclusive, not at " + confidence);
  }
}
