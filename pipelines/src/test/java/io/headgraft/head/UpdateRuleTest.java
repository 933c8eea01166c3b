package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class UpdateRuleTest {

  @Test
  void momentumKeepsNineTenthsOfTheVelocity() {
    UpdateRule rule = new UpdateRule.Sgd(0.9);
    float[] values = {1, 1};
    float[][] states = new float[rule.states()][2];

    rule.step(new Parameters(values, new float[] {2, 0}, states), 1, 0, 0.5, 0);
    assertThat(values).containsExactly(new float[] {0, 1}, within(1e-7f));

    // Velocities of 0.9 · 2 − 1 = 0.8 and 4.
    rule.step(new Parameters(values, new float[] {-1, 4}, states), 1, 0, 0.25, 1);
    assertThat(values).containsExactly(new float[] {-0.2f, 0}, within(1e-7f));
  }

  /** Algorithm 1 of Kingma and Ba, worked out by hand. */
  @Test
  void adamFollowsTheRatioOfTheMoments() {
    UpdateRule rule = new UpdateRule.Adam(0.9, 0.999, 1e-8);
    float[] values = {1};
    float[][] states = new float[rule.states()][1];

    // m = 0.2, v = 0.004; without their bias 2 and 4: a step of 0.1 · 2 / 2.
    rule.step(new Parameters(values, new float[] {2}, states), 1, 0, 0.1, 0);
    assertThat(values[0]).isEqualTo(0.9f, within(1e-6f));

    // m = 0.18 − 0.1 = 0.08, v = 0.003996 + 0.001 = 0.004996; without their bias 0.08 / 0.19 and
    // 0.004996 / 0.001999: a step of 0.1 · 0.4210526 / 1.5808987.
    rule.step(new Parameters(values, new float[] {-1}, states), 1, 0, 0.1, 1);
    assertThat(values[0])
        .isEqualTo(
            (float) (0.9 - 0.1 * (0.08 / 0.19) / Math.sqrt(0.004996 / 0.001999)), within(1e-6f))
        .isEqualTo(0.8733663f, within(1e-6f));
  }

  @Test
  void adamAddsEpsilonToTheRoot() {
    UpdateRule rule = new UpdateRule.Adam(0.9, 0.999, 0.5);
    float[] values = {1};

    rule.step(new Parameters(values, new float[] {2}, new float[rule.states()][1]), 1, 0, 0.1, 0);

    assertThat(values[0]).isEqualTo(1 - 0.1f * 2 / 2.5f, within(1e-6f));
  }

  @Test
  void gradientsAreMeansAndThePenaltyIsAdded() {
    for (UpdateRule rule : List.of(new UpdateRule.Sgd(0), new UpdateRule.Adam(0, 0, 1e-8))) {
      Parameters sum = Parameters.begin(new float[] {3}, rule.states());
      Parameters mean = Parameters.begin(new float[] {3}, rule.states());
      sum.gradient()[0] = 8;
      mean.gradient()[0] = 2 + 0.5f * 3;

      rule.step(sum, 4, 0.5, 0.1, 0);
      rule.step(mean, 1, 0, 0.1, 0);

      assertThat(sum.values()).isEqualTo(mean.values()).doesNotContain(3);
      assertThat(sum.gradient()).containsOnly(0);
    }
  }
}
