package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StandardizationTest {

  @Test
  void bringsEachFeatureToMeanZeroAndDeviationOne() {
    Standardization standardization =
        Standardization.fit(new float[][] {{1, 100}, {3, 500}, {1, 100}, {3, 500}});

    assertThat(standardization.mean()).containsExactly(2, 300);
    assertThat(standardization.factor()).containsExactly(1, 1 / 200.0);
    assertThat(standardization.apply(new float[] {3, 0})).containsExactly(1, -1.5);
    assertThat(standardization.applyInSinglePrecision(new float[] {3, 0}))
        .containsExactly(1, -1.5f);
  }

  @Test
  void aConstantFeatureCountsForNothing() {
    // A third of three times 0.1 need not be 0.1.
    Standardization standardization = Standardization.fit(new float[][] {{0.1f}, {0.1f}, {0.1f}});

    assertThat(standardization.factor()).containsExactly(0);
    assertThat(standardization.apply(new float[] {1e30f})).containsExactly(0);
  }
}
