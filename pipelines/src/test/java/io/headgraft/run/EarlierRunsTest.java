package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.headgraft.dataset.Split;
import io.headgraft.evaluation.Metrics;
import io.headgraft.head.Examples;
import io.headgraft.head.Head;
import io.headgraft.head.Predictions;
import io.headgraft.head.Standardization;
import io.headgraft.report.Report;
import io.headgraft.report.Report.EarlierRun;
import io.headgraft.report.Report.HeadReport;
import io.headgraft.testing.SameBits;
import io.headgraft.testing.SmallProblem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlierRunsTest {

  private static final Examples TEST = SmallProblem.examples(Split.TEST);

  /** Always sure of the first label. */
  private static final Head FIRST = head(SmallProblem.LABELS, 5, 0, 0);

  /** Always sure of the second. */
  private static final Head SECOND = head(SmallProblem.LABELS, 0, 5, 0);

  @TempDir private Path folder;
  private WorkDirectory workdir;

  @BeforeEach
  void open() {
    workdir = WorkDirectory.open(folder.toString(), new Configuration());
  }

  @Test
  void thereMayBeNone() {
    workdir.write("runs/20260101/report.json", new byte[0]);

    assertThat(earlier()).isEmpty();
  }

  @Test
  void theNewestRunIsMeasuredAgain() {
    write("20260101", "pipeline", SECOND);
    write("20260102", "pipeline", FIRST);

    assertThat(earlier())
        .singleElement()
        .satisfies(
            run -> {
              assertThat(run.role()).isEqualTo("previous run");
              assertThat(run.run()).isEqualTo("20260102");
              assertThat(run.head()).isEqualTo("sgd");
              // What it had on its own day: one of two right.
              assertThat(run.reported().accuracy()).isEqualTo(0.5);
              assertThat(run.today())
                  .usingRecursiveComparison(SameBits.butForSeconds())
                  .isEqualTo(
                      Metrics.of(
                          SmallProblem.LABELS,
                          TEST.labels(),
                          FIRST.probabilities(TEST.features())));
              assertThat(run.comparison().a()).isEqualTo("lbfgs");
              assertThat(run.comparison().b()).isEqualTo("sgd of 20260102");
              assertThat(run.comparison().examples()).isEqualTo(6);
              assertThat(run.comparison().accuracyDifference()).isZero();
            });
  }

  @Test
  void theChampionIsMeasuredIfItIsAnother() {
    write("20260101", "pipeline", SECOND);
    write("20260102", "pipeline", FIRST);
    workdir.write("champion.json", new Champion("20260101", List.of(), List.of()));

    assertThat(earlier())
        .extracting(EarlierRun::role, EarlierRun::run)
        .containsExactly(tuple("previous run", "20260102"), tuple("champion", "20260101"));

    workdir.write("champion.json", new Champion("20260102", List.of(), List.of()));

    assertThat(earlier())
        .extracting(EarlierRun::role, EarlierRun::run)
        .containsExactly(tuple("champion, which is the previous run", "20260102"));

    workdir.write("champion.json", new Champion("cleared-away", List.of(), List.of()));

    assertThat(earlier())
        .extracting(EarlierRun::role, EarlierRun::run)
        .containsExactly(tuple("previous run", "20260102"));
  }

  @Test
  void aRunThatFailedOrDidNotEndIsPassedOver() {
    write("20260101", "pipeline", FIRST);
    workdir.write("runs/20260102/run.json", record("20260102", RunRecord.Status.FAILED, null));
    workdir.write("runs/20260103/report.json", new byte[0]);

    assertThat(earlier()).extracting(EarlierRun::run).containsExactly("20260101");
  }

  @Test
  void whatCannotBeRunOnTodaysFeaturesIsReportedOnly() {
    write("20260101", "another pipeline", FIRST);
    workdir.write("champion.json", new Champion("20260100", List.of(), List.of()));
    write("20260100", "pipeline", head(List.of("ant", "bee", "cow"), 1, 2, 3));

    assertThat(earlier())
        .hasSize(2)
        .allSatisfy(
            run -> {
              assertThat(run.reported().accuracy()).isEqualTo(0.5);
              assertThat(run.today()).isNull();
              assertThat(run.comparison()).isNull();
            });
  }

  @Test
  void withoutATestSplitThereIsNothingToMeasure() {
    write("20260101", "pipeline", FIRST);

    assertThat(runs().compare("lbfgs", null))
        .singleElement()
        .satisfies(
            run -> {
              assertThat(run.today()).isNull();
              assertThat(run.reported().accuracy()).isEqualTo(0.5);
            });
  }

  private List<EarlierRun> earlier() {
    return runs().compare("lbfgs", Predictions.of(SECOND, TEST));
  }

  private EarlierRuns runs() {
    return new EarlierRuns(
        workdir, "pipeline", SmallProblem.LABELS, TEST, new ReportOptions(0.1, 99, 1, 24, 4, 128));
  }

  private void write(String run, String pipeline, Head head) {
    String runs = "runs/" + run + "/";
    workdir.write(
        runs + "run.json",
        record(
            run,
            RunRecord.Status.PROMOTED,
            new EmitModel.Result(
                "sgd", null, List.of(), "card", 1, 1e-6, 0, 1e-6, 0, 0.1, List.of())));
    workdir.write(runs + "report.json", report(run));
    workdir.write(runs + "heads/sgd.json", new TrainedHead(run, pipeline, 1, 2, head));
  }

  private static RunRecord record(String run, RunRecord.Status status, EmitModel.Result emitted) {
    return new RunRecord(
        run, "", "", status, 0, null, null, null, null, null, null, emitted, null, List.of(),
        Map.of(), Map.of());
  }

  private static Report report(String run) {
    Metrics half =
        Metrics.of(List.of("cat", "dog"), new int[] {0, 1}, new double[][] {{1, 0}, {1, 0}});
    HeadReport sgd =
        new HeadReport(
            "sgd", Map.of(), 1, 1, "", null, null, half, half, List.of(), List.of(), null, null,
            null, List.of());
    return new Report(
        run, null, null, List.of(sgd), List.of(), List.of(), null, List.of(), List.of(), null);
  }

  private static Head head(List<String> labels, double... bias) {
    return new Head(
        "sgd",
        labels,
        new Standardization(new double[SmallProblem.FEATURES], new double[SmallProblem.FEATURES]),
        new double[3][SmallProblem.FEATURES],
        bias,
        Map.of(),
        1);
  }
}
