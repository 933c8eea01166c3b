package io.headgraft.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HolmTest {

  /** The example in the documentation of Pingouin's holm. */
  @Test
  void agreesWithPingouin() {
    assertThat(Holm.adjust(new double[] {0.5, 0.003, 0.32, 0.054, 0.0003}))
        .containsExactly(new double[] {0.64, 0.012, 0.64, 0.162, 0.0015}, within(1e-15));
  }

  /** The example in the documentation of stdlib's padjust; the largest by hand. */
  @Test
  void agreesWithStdlib() {
    assertThat(Holm.adjust(new double[] {0.319, 0.201, 0.4, 0.374, 0.113}))
        .containsExactly(new double[] {0.957, 0.804, 0.957, 0.957, 0.565}, within(1e-15));
  }

  /** By hand: 4 · 0.005, 3 · 0.01, 2 · 0.03, and 1 · 0.04 raised to the one before. */
  @Test
  void neverFallsBelowASmallerOne() {
    assertThat(Holm.adjust(new double[] {0.01, 0.04, 0.03, 0.005}))
        .containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, within(1e-15));
  }

  @Test
  void isAtMostOne() {
    assertThat(Holm.adjust(new double[] {0.6, 1, 0.6})).containsExactly(1, 1, 1);
  }

  @Test
  void aSingleTestStaysAsItIs() {
    assertThat(Holm.adjust(new double[] {0.04})).containsExactly(0.04);
    assertThat(Holm.adjust(new double[0])).isEmpty();
  }
}
