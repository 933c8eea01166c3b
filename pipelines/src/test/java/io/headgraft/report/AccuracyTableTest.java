package io.headgraft.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.Json;
import io.headgraft.evaluation.Metrics;
import io.headgraft.head.CurvePoint;
import io.headgraft.head.Trial;
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

  private static final String VERDICT =
      "L-BFGS 0.750 on 4 photos (95 % interval 0.301 to 0.954); there is no other head to compare it with.";

  @Test
  void aHeadIsALine() {
    assertThat(AccuracyTable.of(report(true, THREE_OF_FOUR)).lines())
        .containsExactly(
            "head               train      validation            test     95 % interval  log-loss  seconds",
            "lbfgs          0.750 3/4       0.750 3/4       0.750 3/4    0.301 to 0.954     0.173     12.3",
            VERDICT);
  }

  @Test
  void aSplitThatIsNotThereIsADash() {
    assertThat(AccuracyTable.of(report(true, null)).lines().skip(1))
        .containsExactly(
            "lbfgs          0.750 3/4               -               -                 -         -     12.3",
            "Nothing was tested: the data set has no test split. On the photos that the settings were chosen on: L-BFGS 0.750.");
  }

  @Test
  void figuresOfAnUntrainedBackboneAreMarked() {
    assertThat(AccuracyTable.of(report(false, THREE_OF_FOUR)).lines().skip(1))
        .containsExactly(
            "lbfgs         0.750* 3/4      0.750* 3/4      0.750* 3/4    0.301 to 0.954     0.173     12.3",
            VERDICT,
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
            "\"dataset\":{\"labels\":[\"cat\",\"dog\"],\"train\":4,\"validation\":0,\"test\":0,\"variants\":2,\"selected-on\":\"the photos\",\"rejected\":{\"CORRUPT\":2}}")
        .contains(
            "\"hyperparameters\":{\"l2\":0.01},\"fits\":1,\"seconds\":12.34,\"trained-by\":\"in one process\",\"train\":{")
        .contains(
            "\"sweep\":[{\"hyperparameters\":{\"l2\":0.01},\"log-loss\":0.5,\"accuracy\":0.75")
        .contains("{\"hyperparameters\":{\"l2\":10.0},\"log-loss\":null,\"accuracy\":null")
        .contains("\"last-batch-loss\":null,\"validation-loss\":0.5")
        .contains("\"objective\":{\"l2\":0.01,\"value\":0.5,\"optimum\":0.25,\"gap\":0.25")
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
        new DatasetFacts(LABELS, 4, 0, 0, 2, "the photos", Map.of(Rejection.CORRUPT, 2)),
        List.of(
            new HeadReport(
                "lbfgs",
                Map.of("l2", 0.01),
                1,
                12.34,
                "in one process",
                THREE_OF_FOUR,
                heldOut,
                heldOut,
                THREE_OF_FOUR,
                List.of(
                    new Trial(Map.of("l2", 0.01), 0.5, 0.75, 1),
                    new Trial(Map.of("l2", 10.0), Double.NaN, Double.NaN, 1)),
                List.of(new CurvePoint(1, 0.5, 0.25, Double.NaN, 0.5, 0.75)),
                new Report.SeedSpread(List.of(1L, 2L), List.of(0.75, 0.5), List.of(0.5, 0.6)),
                new Report.Objective(0.01, 0.5, 0.25, 0.25, 1e-9),
                new Report.Temperature(
                    1.5, false, false, 0.5, 0.4, 0.2, 0.1, null, null, null, null),
                List.of())),
        List.of(),
        List.of(new Report.LearningCurve("lbfgs", List.of())),
        null,
        List.of(
            new Report.Mistake(
                "f0", "file:/a.jpg", "cat", List.of(new Report.Answer("lbfgs", "dog", 0.9, 0.1)))),
        List.of(new Report.EarlierRun("champion", "run0", "sgd", THREE_OF_FOUR, null, null)),
        new Report.Provenance(1, 2, "p0", Map.of("head", Map.of()), Map.of("os", "Linux")));
  }
}
