package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlaceholderOptionsTest {

  @Test
  void fillUpToTheClasses() {
    assertThat(options("emit.classes=5").widened(List.of("✊", "✋")))
        .containsExactly("✊", "✋", "user0", "user1", "user2");
  }

  @Test
  void thereAreAlwaysSome() {
    assertThat(options("emit.classes=2", "emit.placeholders=1").widened(List.of("a", "b", "c")))
        .containsExactly("a", "b", "c", "user0");
    assertThat(options("emit.classes=2", "emit.placeholders=0").widened(List.of("a", "b", "c")))
        .containsExactly("a", "b", "c");
  }

  @Test
  void namesInUseArePassedOver() {
    assertThat(
            options("emit.classes=4", "emit.placeholder-names=me").widened(List.of("me1", "you")))
        .containsExactly("me1", "you", "me0", "me2", "me3");
    assertThat(
            options("emit.classes=2", "emit.placeholder-names=[Anna, Bea, Cleo, Dora, Eva]")
                .widened(List.of("Bea", "you")))
        .containsExactly("Bea", "you", "Anna", "Cleo", "Dora");
  }

  @Test
  void tooFewNamesAreToldInFigures() {
    assertThatThrownBy(
            () ->
                options("emit.placeholder-names=[Anna, Bea, Cleo]").widened(List.of("Bea", "you")))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "emit.placeholder-names has 2 names that no label has, for 8 placeholders beside 2"
                + " labels: name more, or lower emit.classes or emit.placeholders");
  }

  /** An e with an accent is one character or two. */
  @Test
  void namesAreComparedAsLabelsAre() {
    assertThat(
            options("emit.classes=2", "emit.placeholders=1", "emit.placeholder-names=[e\u0301, f]")
                .widened(List.of("\u00e9", "b")))
        .containsExactly("\u00e9", "b", "f");
  }

  @Test
  void haveTheProbabilityInTheMean() {
    PlaceholderOptions options =
        options("emit.classes=2", "emit.placeholders=2", "emit.placeholder-probability=1e-5");
    // Two photos of which the sums of exp(logit) are 5 and 20: 1 / 8 in the mean.
    double silent = Math.exp(options.bias(3, 0.125));

    assertThat((2 * silent / (5 + 2 * silent) + 2 * silent / (20 + 2 * silent)) / 2)
        .isCloseTo(1e-5, within(1e-9));
  }

  /** A head that is sure of all its training photos is not of all others. */
  @Test
  void haveLittleOnEveryPhoto() {
    double silent = Math.exp(options("emit.classes=2", "emit.placeholders=2").bias(3, 1e-12));

    assertThat(2 * silent / (3 + 2 * silent)).isCloseTo(0.01, within(1e-4));
    assertThat(options("emit.placeholder-bias=-20").bias(3, 1e-12)).isEqualTo(-20);
  }

  private static PlaceholderOptions options(String... overrides) {
    return Settings.load(Optional.empty(), List.of(overrides)).emit().placeholders();
  }
}
