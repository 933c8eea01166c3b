package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ClassWeightsTest {

  private static final List<String> LABELS = List.of("ant", "bee", "cat");
  private static final long[] COUNTS = {60, 30, 10};

  @Test
  void noneIsOneForEachRow() {
    assertThat(new ClassWeights.None().of(LABELS, COUNTS)).containsOnly(1);
  }

  @Test
  void balancedGivesEachLabelTheSameSum() {
    float[] weights = new ClassWeights.Balanced().of(LABELS, COUNTS);

    // Rows / (labels · rows of the label), as scikit-learn has it.
    assertThat(weights)
        .containsExactly(new float[] {100 / 180f, 100 / 90f, 100 / 30f}, within(1e-6f));
  }

  @Test
  void explicitOnesKeepTheirRatios() {
    float[] weights = new ClassWeights.Explicit(Map.of("bee", 3.0)).of(LABELS, COUNTS);

    // 60 + 3 · 30 + 10 = 160 for 100 rows.
    assertThat(weights).containsExactly(new float[] {0.625f, 1.875f, 0.625f}, within(1e-6f));
  }

  @Test
  void aLabelWithoutRowsChangesNothing() {
    float[] weights = new ClassWeights.Balanced().of(LABELS, new long[] {10, 0, 10});

    assertThat(weights[0]).isEqualTo(1);
    assertThat(weights[2]).isEqualTo(1);
  }

  @Test
  void namesTheLabelsThatTheDataSetDoesNotHave() {
    ClassWeights weights =
        new ClassWeights.Explicit(new TreeMap<>(Map.of("dog", 2.0, "ant", 1.0, "cow", 1.0)));

    assertThatThrownBy(() -> weights.of(LABELS, COUNTS))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "head.class-weights names [cow, dog], the data set has the labels [ant, bee, cat]");
  }
}
