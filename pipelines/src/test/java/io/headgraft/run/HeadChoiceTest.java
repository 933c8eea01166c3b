package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.evaluation.Metrics;
import io.headgraft.report.Report.HeadReport;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class HeadChoiceTest {

  private static final HeadReport UNSURE = head("lbfgs", 0.6, 0.6);
  private static final HeadReport SURE = head("sgd", 0.9, 0.9);
  private static final HeadReport WRONG = head("adam", 0.99, 0.2);
  private static final HeadReport NEIGHBOURS = head("knn", 1, 1);

  @Test
  void theBestIsTheMostAccurateOnWhatItWasChosenOn() {
    assertThat(HeadChoice.choose(List.of(WRONG, UNSURE), "best")).isEqualTo("lbfgs");
    assertThat(HeadChoice.choose(List.of(UNSURE, WRONG), "best")).isEqualTo("lbfgs");
  }

  @Test
  void ofEquallyAccurateOnesTheSurerOne() {
    assertThat(HeadChoice.choose(List.of(UNSURE, SURE), "best")).isEqualTo("sgd");
    assertThat(HeadChoice.choose(List.of(SURE, UNSURE), "best")).isEqualTo("sgd");
  }

  @Test
  void neighboursAreNeverGrafted() {
    assertThat(HeadChoice.choose(List.of(NEIGHBOURS, WRONG), "best")).isEqualTo("adam");
    assertUsage(
        () -> HeadChoice.choose(List.of(NEIGHBOURS), "best"),
        "The run trained knn only, which cannot be grafted: name another in head.names");
  }

  @Test
  void aNameIsTaken() {
    assertThat(HeadChoice.choose(List.of(SURE, WRONG), "adam")).isEqualTo("adam");
    assertUsage(
        () -> HeadChoice.choose(List.of(SURE, WRONG), "lbfgs"),
        "emit.head is lbfgs, but the run trained [sgd, adam]");
  }

  private static void assertUsage(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(message);
  }

  /** Of two examples, by the probabilities of their labels; the test split says the opposite. */
  private static HeadReport head(String name, double first, double second) {
    return new HeadReport(
        name,
        Map.of(),
        1,
        1,
        "in one process",
        null,
        null,
        metrics(1 - first, 1 - second),
        metrics(first, second),
        List.of(),
        List.of(),
        null,
        null,
        null,
        List.of());
  }

  private static Metrics metrics(double first, double second) {
    return Metrics.of(
        List.of("cat", "dog"),
        new int[] {0, 1},
        new double[][] {{first, 1 - first}, {1 - second, second}});
  }
}
