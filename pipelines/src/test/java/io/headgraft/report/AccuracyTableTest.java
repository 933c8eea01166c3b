package io.headgraft.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.Json;
import io.headgraft.evaluation.Metrics;
import io.headgraft.image.Rejection;
import io.headgraft.report.Report.BackboneFacts;
import io.headgraft.report.Report.DatasetFacts;
import io.headgraft.report.Report.HeadReport;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccuracyTableTest {

  private static final List<String> LABELS = List.of("cat", "dog");
  private static final Metrics THREE_OF_FOUR =
      Metrics.of(
          LABELS, new int[] {0, 0, 1, 1}, new double[][] {{1, 0}, {1, 0}, {0.5, 0.5}, {0, 1}});

  @Test
  void aHeadIsALine() {
    assertThat(AccuracyTable.of(report(true, THREE_OF_FOUR)))
        .isEqualTo(
            """
            head               train      validation            test     95 % interval  log-loss  seconds
            lbfgs          0.750 3/4       0.750 3/4       0.750 3/4    0.301 to 0.954     0.173     12.3
            """);
  }

  @Test
  void aSplitThatIsNotThereIsADash() {
    assertThat(AccuracyTable.of(report(true, null)).lines().skip(1))
        .containsExactly(
            "lbfgs          0.750 3/4               -               -                 -         -     12.3");
  }

  @Test
  void figuresOfAnUntrainedBackboneAreMarked() {
    assertThat(AccuracyTable.of(report(false, THREE_OF_FOUR)).lines().skip(1))
        .containsExactly(
            "lbfgs         0.750* 3/4      0.750* 3/4      0.750* 3/4    0.301 to 0.954     0.173     12.3",
            "* of an UNTRAINED backbone (random weights): these figures show that the chain works,",
            "  not how well it recognizes the photos. Give real weights with --backbone FILE.");
  }

  @Test
  void headsAreFoundByName() {
    Report report = report(true, null);

    assertThat(report.head("lbfgs")).contains(report.heads().get(0));
    assertThat(report.head("adam")).isEmpty();
  }

  @Test
  void theReportIsJsonAsItIsPromised() {
    String json = Json.line(report(false, null));

    assertThat(json)
        .startsWith("{\"run\":\"run\",\"backbone\":{\"name\":\"a.mlmodel\",\"fingerprint\":\"f0\"")
        .contains("\"feature-layer\":\"flatten\",\"trained\":false")
        .contains(
            "\"dataset\":{\"labels\":[\"cat\",\"dog\"],\"train\":4,\"validation\":0,\"test\":0,\"rejected\":{\"CORRUPT\":2}}")
        .contains("\"hyperparameters\":{\"l2\":0.01},\"fits\":1,\"seconds\":12.34,\"train\":{")
        .contains("\"accuracy-interval\":[0.30")
        .contains("\"confusion\":[[2,0],[1,1]]")
        .doesNotContain("\"validation\":{");
    Report read = Json.read(json.getBytes(StandardCharsets.UTF_8), Report.class, "report.json");
    assertThat(Json.line(read)).isEqualTo(json);
  }

  private static Report report(boolean trained, Metrics heldOut) {
    return new Report(
        "run",
        new BackboneFacts("a.mlmodel", "f0", "flatten", trained),
        new DatasetFacts(LABELS, 4, 0, 0, Map.of(Rejection.CORRUPT, 2)),
        List.of(
            new HeadReport(
                "lbfgs", Map.of("l2", 0.01), 1, 12.34, THREE_OF_FOUR, heldOut, heldOut)));
  }
}
