package io.headgraft.evaluation;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class IntervalTest {

  @Test
  void rejectsBoundsTheWrongWayRound() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Interval(0.5, 0.25))
        .withMessage("Invalid interval: 0.5 to 0.25");
  }

  @Test
  void rejectsNaN() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Interval(Double.NaN, 1))
        .withMessage("Invalid interval: NaN to 1.0");
  }
}
