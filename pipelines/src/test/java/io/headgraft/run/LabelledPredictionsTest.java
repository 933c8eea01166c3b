package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.HeadgraftException;
import io.headgraft.evaluation.LabelMetrics;
import io.headgraft.evaluation.Metrics;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelledPredictionsTest {

  private final LabelledPredictions predictions =
      new LabelledPredictions("tiny.mlmodel", List.of("cat", "dog"));

  @Test
  void measuresWhatTheModelKnows() {
    predictions.add("1", "cat", new float[] {0.75f, 0.25f});
    predictions.add("2", "dog", new float[] {0.5f, 0.5f});

    Metrics metrics = predictions.metrics();

    assertThat(predictions.unknownLabels()).isEmpty();
    assertThat(metrics.accuracy()).isEqualTo(0.5);
    assertThat(metrics.logLoss()).isCloseTo(-Math.log(0.75 * 0.5) / 2, within(1e-12));
    assertThat(metrics.confusion()).isDeepEqualTo(new int[][] {{1, 0}, {1, 0}});
  }

  @Test
  void imagesOfUnknownLabelsAreWrongAndHaveNoLogLoss() {
    predictions.add("1", "cat", new float[] {0.75f, 0.25f});
    predictions.add("2", "zebra", new float[] {1, 0});
    predictions.add("3", "dog", new float[] {0.25f, 0.75f});
    predictions.add("4", "emu", new float[] {0.5f, 0.5f});
    predictions.add("5", "zebra", new float[] {0.25f, 0.75f});

    Metrics metrics = predictions.metrics();

    assertThat(predictions.unknownLabels()).isEqualTo(Map.of("emu", 1, "zebra", 2));
    assertThat(metrics.examples()).isEqualTo(5);
    assertThat(metrics.accuracy()).isEqualTo(0.4);
    assertThat(metrics.accuracyInterval().low()).isCloseTo(0.1176, within(1e-4));
    assertThat(metrics.logLoss()).isCloseTo(-Math.log(0.75), within(1e-12));
    assertThat(metrics.macroAuc()).isEqualTo(1);
    assertThat(metrics.brier()).isCloseTo((0.125 + 2 + 0.125 + 1.5 + 1.625) / 5, within(1e-12));
    assertThat(metrics.perLabel())
        .extracting(LabelMetrics::label)
        .containsExactly("cat", "dog", "emu", "zebra");
    assertThat(metrics.perLabel().get(0).precision()).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(metrics.confusion())
        .isDeepEqualTo(new int[][] {{1, 0, 0, 0}, {0, 1, 0, 0}, {1, 0, 0, 0}, {1, 1, 0, 0}});
  }

  @Test
  void labelsAreComparedInOneFormOfUnicode() {
    LabelledPredictions decomposed =
        new LabelledPredictions("tiny.mlmodel", List.of("cafe\u0301", "tea"));
    decomposed.add("1", "caf\u00e9", new float[] {1, 0});

    assertThat(decomposed.metrics().accuracy()).isEqualTo(1);
  }

  @Test
  void refusesAModelThatKnowsNoLabel() {
    predictions.requireKnown(List.of("zebra", "dog"));
    assertThatThrownBy(() -> predictions.requireKnown(List.of("zebra", "emu", "zebra")))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage("tiny.mlmodel knows the labels [cat, dog], the images have [emu, zebra]");

    LabelledPredictions many =
        new LabelledPredictions(
            "tiny.mlmodel", IntStream.range(0, 1000).mapToObj(Integer::toString).toList());
    assertThatThrownBy(() -> many.requireKnown(List.of("emu")))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(
            "tiny.mlmodel knows the labels [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] and 990 more, the images have [emu]");
  }

  /** A thousand labels in single precision do not sum to 1 exactly. */
  @Test
  void roundingIsTakenOut() {
    predictions.add("1", "cat", new float[] {0.7502f, 0.2503f});

    assertThat(predictions.metrics().logLoss()).isCloseTo(-Math.log(0.7502 / 1.0005), within(1e-6));
  }

  @ParameterizedTest
  @ValueSource(floats = {0.9f, -0.25f, Float.NaN, Float.POSITIVE_INFINITY})
  void refusesWhatAreNoProbabilities(float first) {
    assertThatThrownBy(() -> predictions.add("photo.jpg", "cat", new float[] {first, 1.25f}))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageStartingWith("tiny.mlmodel gives photo.jpg numbers that are no probabilities");
  }
}
