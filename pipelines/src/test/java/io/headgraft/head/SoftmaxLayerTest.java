package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SoftmaxLayerTest {

  @Test
  void aStepFollowsTheMeanGradientAndThePenalty() {
    SoftmaxLayer layer = layer(2, 0.9);

    // From zero, both labels have a probability of a half: errors of -0.5 and 0.5, then 0.5 and
    // -0.5, for the rows (2, 4) and (0, 2), in the mean (-0.5, -0.5) and (0.5, 0.5).
    assertThat(add(layer, new float[] {2, 4}, 0, 1)).isEqualTo(Math.log(2), within(1e-7));
    add(layer, new float[] {0, 2}, 1, 1);
    layer.step(2, 0.1, 0.5);
    assertThat(layer.state().weights())
        .isDeepEqualTo(new float[][] {{0.25f, 0.25f}, {-0.25f, -0.25f}});
    assertThat(layer.state().bias()).containsExactly(0, 0);

    // A row of zeros has a half for each label again: it moves the biases, and of the weights
    // there is the velocity, 0.9 of 0.5, less the penalty's 0.1 * 0.25.
    add(layer, new float[] {0, 0}, 1, 1);
    layer.step(1, 0.1, 0.5);
    assertThat(layer.state().bias()).containsExactly(-0.25f, 0.25f);
    assertThat(layer.state().weights()[0])
        .containsExactly(new float[] {0.4625f, 0.4625f}, within(1e-7f));
    assertThat(layer.state().weights()[1])
        .containsExactly(new float[] {-0.4625f, -0.4625f}, within(1e-7f));
    assertThat(layer.state().steps()).isEqualTo(2);
  }

  @Test
  void aWeightMultipliesLossAndGradient() {
    SoftmaxLayer layer = layer(1, 0);

    assertThat(add(layer, new float[] {4}, 0, 3)).isEqualTo(3 * Math.log(2), within(1e-6));
    layer.step(1, 0, 0.5);

    assertThat(layer.state().weights()).isDeepEqualTo(new float[][] {{3}, {-3}});
    assertThat(layer.state().bias()).containsExactly(0.75f, -0.75f);
  }

  @Test
  void rowsThatAreAddedTogetherAreAddedOneAfterTheOther() {
    Rows rows =
        new Rows(
            new float[][] {{2, 4}, {0, 2}, {1, -1}}, new int[] {0, 1, 1}, new float[] {1, 2, 3});
    SoftmaxLayer together = layer(2, 0.9);
    SoftmaxLayer apart = layer(2, 0.9);
    for (int i = 0; i < 2; i++) {
      double[] losses = add(together, rows, 0, 2, 1);
      assertThat(losses)
          .containsExactly(add(apart, rows, 0)[0], add(apart, rows, 2)[0], add(apart, rows, 1)[0]);
      together.step(3, 0.1, 0.5);
      apart.step(3, 0.1, 0.5);
    }

    assertThat(together.state().weights()).isDeepEqualTo(apart.state().weights());
    assertThat(together.state().weightStates()).isDeepEqualTo(apart.state().weightStates());
    assertThat(together.state().bias()).isEqualTo(apart.state().bias());
  }

  /** As slow as numbers are that are too small for their first digit to be a one. */
  @Test
  void errorsNextToNothingAreNone() {
    SoftmaxLayer layer =
        new SoftmaxLayer(
            new float[][] {{80}, {0}},
            new float[2],
            new float[] {1, 1},
            new float[2],
            new UpdateRule.Sgd(0));

    add(layer, new float[] {1}, 0, 1);
    layer.step(1, 0, 1e30);

    assertThat(Math.exp(-80)).isGreaterThan(Float.MIN_NORMAL);
    assertThat(layer.weights()).isDeepEqualTo(new float[][] {{80}, {0}});
  }

  @Test
  void longAndShortRowsAddUp() {
    for (int features = 1; features < 10; features++) {
      SoftmaxLayer layer = layer(features, 0);
      float[] row = new float[features];
      for (int i = 0; i < features; i++) {
        row[i] = i + 1;
      }
      add(layer, row, 1, 1);
      layer.step(1, 0, 1);
      add(layer, row, 0, 1);
      layer.step(1, 0, 1);
      // Weights of ∓ row / 2 and biases of ∓ 1 / 2 give logits of ∓ (|row|² + 1) / 2: the second
      // error is ∓ (1 - p).
      double squares = features * (features + 1) * (2 * features + 1) / 6.0;
      float p = (float) (1 / (1 + Math.exp(squares + 1)));
      assertThat(layer.state().bias())
          .containsExactly(new float[] {0.5f - p, p - 0.5f}, within(1e-6f));
    }
  }

  @Test
  void logitsAreThoseOfTheState() {
    LayerState state =
        new LayerState(
            new float[][] {{1, 2}, {0, -1}},
            new float[] {10, 20},
            new float[2][0][0],
            new float[0][0],
            0);

    assertThat(SoftmaxLayer.logits(state, new float[][] {{1, 1}, {0, 3}}))
        .isDeepEqualTo(new double[][] {{13, 19}, {16, 17}});
  }

  private static double add(SoftmaxLayer layer, float[] row, int label, float weight) {
    Rows rows = new Rows(new float[][] {row}, new int[] {label}, new float[] {weight});
    return add(layer, rows, 0)[0];
  }

  private static double[] add(SoftmaxLayer layer, Rows rows, int... which) {
    double[] losses = new double[which.length];
    layer.addGradient(rows, which, which.length, losses);
    return losses;
  }

  private static SoftmaxLayer layer(int features, double momentum) {
    UpdateRule rule = new UpdateRule.Sgd(momentum);
    return new SoftmaxLayer(LayerState.zero(2, features, rule.states()), rule);
  }

  @Test
  void theExponentialFunctionIsWithinSinglePrecision() {
    for (float x = 0; x >= -87; x -= 0.0137f) {
      double exact = Math.exp(x);
      assertThat((double) SoftmaxLayer.exp(x)).isCloseTo(exact, within(2e-7 * exact));
    }
    assertThat(SoftmaxLayer.exp(0)).isOne();
    assertThat(SoftmaxLayer.exp(-88)).isZero();
    assertThat(SoftmaxLayer.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(SoftmaxLayer.exp(Float.NaN)).isNaN();
  }
}
