package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

  private static PlaceholderOptions options(String... overrides) {
    return Settings.load(Optional.empty(), List.of(overrides)).emit().placeholders();
  }
}
