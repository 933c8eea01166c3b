package io.headgraft.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ProbabilitiesTest {

  @Test
  void argmaxOfTiesIsTheLowestIndex() {
    assertThat(Probabilities.argmax(new double[] {0.1, 0.3, 0.3, 0.3})).isEqualTo(1);
    assertThat(Probabilities.argmax(new double[] {0.5, 0.5})).isZero();
    assertThat(Probabilities.argmax(new double[] {-3, -2, -1})).isEqualTo(2);
    assertThat(Probabilities.argmax(new double[] {-0.0, 0.0})).isZero();
  }

  @Test
  void argmaxNeedsNumbers() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Probabilities.argmax(new double[0]))
        .withMessage("No scores to choose the highest from");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Probabilities.argmax(new double[] {0.5, Double.NaN}))
        .withMessage("Score 1 is NaN");
  }

  /** By hand: e^ln 1, e^ln 2 and e^ln 5 over their sum, 8. */
  @Test
  void softmaxNormalizesExponentials() {
    double[] logits = {0, Math.log(2), Math.log(5)};

    assertThat(Probabilities.softmax(logits))
        .containsExactly(new double[] {0.125, 0.25, 0.625}, within(1e-15));
  }

  @Test
  void softmaxOfLargeLogitsDoesNotOverflow() {
    assertThat(Probabilities.softmax(new double[] {1e308, 1e308})).containsExactly(0.5, 0.5);
    assertThat(Probabilities.softmax(new double[] {-1e308, -1e308})).containsExactly(0.5, 0.5);
    assertThat(Probabilities.softmax(new double[] {-1e308, 1e308})).containsExactly(0, 1);
    assertThat(Probabilities.softmax(new double[] {Double.NEGATIVE_INFINITY, 7}))
        .containsExactly(0, 1);
  }

  @Test
  void softmaxLeavesTheLogitsAlone() {
    double[] logits = {1, 2};

    assertThat(Probabilities.softmax(logits)).isNotSameAs(logits);
    assertThat(logits).containsExactly(1, 2);
  }

  @Test
  void softmaxNeedsAFiniteMaximum() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Probabilities.softmax(new double[] {1, Double.NaN}))
        .withMessage("The highest logit must be finite, not NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Probabilities.softmax(new double[] {1, Double.POSITIVE_INFINITY}))
        .withMessage("The highest logit must be finite, not Infinity");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Probabilities.softmax(new double[0]))
        .withMessage("The highest logit must be finite, not -Infinity");
  }
}
