package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.evaluation.Metrics;
import io.headgraft.image.Rejection;
import io.headgraft.report.Report;
import io.headgraft.report.Report.Condition;
import io.headgraft.report.Report.Gate;
import io.headgraft.report.Report.HeadReport;
import io.headgraft.run.RunRecord.Counts;
import io.headgraft.run.RunRecord.DatasetFacts;
import io.headgraft.run.RunRecord.FeatureFacts;
import io.headgraft.run.RunRecord.Stage;
import io.headgraft.run.RunRecord.Status;
import io.headgraft.testing.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunMetricsTest {

  private static final Metrics HALF =
      Metrics.of(List.of("cat", "dog"), new int[] {0, 1}, new double[][] {{1, 0}, {1, 0}});

  private static final String WORKDIR = "workdir=\"s3a://photos/work\"";

  @TempDir private Path folder;

  @Test
  void namesEveryFigureOfARun() {
    String text =
        RunMetrics.text(
            "s3a://photos/work", record(Status.PROMOTED, 0, "02:10:00.500"), report(), "");

    assertThat(text.lines())
        .contains(
            "# HELP headgraft_run_duration_seconds Time that a stage of the last run took.",
            "# TYPE headgraft_run_duration_seconds gauge",
            "headgraft_run_start_timestamp_seconds{" + WORKDIR + "} 1767232800",
            "headgraft_run_end_timestamp_seconds{" + WORKDIR + "} 1.7672334005E9",
            "headgraft_run_exit_code{" + WORKDIR + "} 0",
            "headgraft_last_success_timestamp_seconds{" + WORKDIR + "} 1.7672334005E9",
            "headgraft_last_promotion_timestamp_seconds{" + WORKDIR + "} 1.7672334005E9",
            "headgraft_run_duration_seconds{" + WORKDIR + ",stage=\"list\"} 0.25",
            "headgraft_run_duration_seconds{" + WORKDIR + ",stage=\"train\"} 60",
            "headgraft_images{" + WORKDIR + "} 28",
            "headgraft_labels{" + WORKDIR + "} 2",
            "headgraft_rows_extracted{" + WORKDIR + "} 108",
            "headgraft_rows_reused{" + WORKDIR + "} 12",
            "headgraft_files_listed{" + WORKDIR + "} 31",
            "headgraft_files_read{" + WORKDIR + "} 4",
            "headgraft_images_decoded{" + WORKDIR + "} 29",
            "headgraft_networks_loaded{" + WORKDIR + "} 1",
            "headgraft_files_rejected{" + WORKDIR + ",reason=\"too-many-pixels\"} 2",
            "headgraft_files_rejected{" + WORKDIR + ",reason=\"duplicate\"} 1",
            "headgraft_head_test_accuracy_ratio{" + WORKDIR + ",head=\"sgd\"} 0.5",
            "headgraft_head_selection_accuracy_ratio{" + WORKDIR + ",head=\"knn\"} 0.5",
            "headgraft_head_training_duration_seconds{" + WORKDIR + ",head=\"sgd\"} 3",
            "headgraft_model_probability_difference{" + WORKDIR + "} 1.0E-6",
            "headgraft_gate_condition_passed{" + WORKDIR + ",condition=\"accuracy\"} 1",
            "headgraft_gate_condition_passed{"
                + WORKDIR
                + ",condition=\"recall of \\\"cat\\\"\"} 0")
        .doesNotHaveDuplicates();
    // No test split, no figure.
    assertThat(text).doesNotContain("test_accuracy_ratio{" + WORKDIR + ",head=\"knn\"");
  }

  /** The alarm is on the time since the last success: a failure must not reset or hide it. */
  @Test
  void aFailureKeepsWhenARunLastSucceeded() {
    String good = RunMetrics.text("w", record(Status.PROMOTED, 0, "02:10:00"), report(), "");
    String kept =
        RunMetrics.text("w", record(Status.CHAMPION_KEPT, 10, "03:00:00"), report(), good);
    String failed = RunMetrics.text("w", failure(), null, kept);
    String again = RunMetrics.text("w", failure(), null, failed);

    assertThat(kept)
        .contains(
            "headgraft_last_success_timestamp_seconds{workdir=\"w\"} 1767236400\n",
            "headgraft_last_promotion_timestamp_seconds{workdir=\"w\"} 1767233400\n");
    assertThat(again)
        .isEqualTo(failed)
        .contains(
            "headgraft_run_exit_code{workdir=\"w\"} 3\n",
            "headgraft_last_success_timestamp_seconds{workdir=\"w\"} 1767236400\n",
            "headgraft_last_promotion_timestamp_seconds{workdir=\"w\"} 1767233400\n")
        .doesNotContain("headgraft_rows", "headgraft_head");
    assertThat(RunMetrics.text("w", failure(), null, "")).doesNotContain("headgraft_last");
  }

  @Test
  void prometheusReadsWhatIsWritten() {
    String promtool = Tools.require("/usr/bin/promtool", "prometheus");
    String hostile = "/a\\b\"c\nd{e}=1, ünïcødé 🖐 \u202e" + "x".repeat(1000);
    String good =
        RunMetrics.text(hostile, record(Status.CHAMPION_KEPT, 10, "02:10:00"), report(), "");

    for (String text : List.of(good, RunMetrics.text(hostile, failure(), null, good))) {
      // Also holds names and units against Prometheus's conventions.
      assertThat(Tools.run(text, promtool, "check", "metrics")).isEqualTo(new Tools.Outcome(0, ""));
    }
    assertThat(RunMetrics.text(hostile, failure(), null, good))
        .contains("headgraft_last_success_timestamp_seconds{workdir=\"/a\\\\b\\\"c\\nd{e}=1, ");
    assertThat(Tools.run(good.replace("\\\"c", "\"c"), promtool, "check", "metrics").exitCode())
        .isNotZero();
  }

  @Test
  void theFileIsReplacedAsAWhole() throws IOException {
    Path file = folder.resolve("headgraft.prom");
    MetricsFile metrics = MetricsFile.in(file, "s3a://key:secret@photos/work");
    metrics.write(record(Status.PROMOTED, 0, "02:10:00"), report());
    String first = Files.readString(file);
    metrics.write(failure(), null);

    assertThat(first).contains("headgraft_run_exit_code{" + WORKDIR + "} 0");
    assertThat(Files.readString(file))
        .contains("headgraft_run_exit_code{" + WORKDIR + "} 3", "last_success")
        .doesNotContain("secret");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r--r--");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void theFolderHasToBeThereBeforeAnythingIsDone() throws IOException {
    Path missing = folder.resolve("missing/headgraft.prom");

    assertThatThrownBy(() -> MetricsFile.in(missing, "w"))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "observe.metrics-file is %s, but %s is no folder that can be written to",
            missing, missing.getParent());
    assertThatThrownBy(() -> MetricsFile.in(folder, "w"))
        .hasMessage(
            "observe.metrics-file is %s, which is a folder: name a file, %s for example",
            folder, folder.resolve("headgraft.prom"));
  }

  private static RunRecord record(Status status, int exitCode, String finished) {
    return new RunRecord(
        "run",
        "2026-01-01T02:00:00Z",
        "2026-01-01T" + finished + "Z",
        status,
        exitCode,
        null,
        null,
        null,
        new DatasetFacts(1, 28, List.of("cat", "dog")),
        new FeatureFacts(1, "pipeline", 108L, 12L, 3),
        new Counts(31, 4, 29, 1, Map.of(Rejection.TOO_MANY_PIXELS, 2, Rejection.DUPLICATE, 1)),
        new EmitModel.Result("sgd", 0.5, List.of(), "card", 4, 1e-6, 0, 1e-7, 0, 0.1, List.of()),
        new Gate(
            "champion",
            List.of(
                new Condition("accuracy", 0.5, 0.4, true, "better"),
                new Condition("recall of \"cat\"", 0.1, 0.05, false, "worse"))),
        List.of(new Stage("list", 0.25), new Stage("train", 60)),
        Map.of(),
        Map.of());
  }

  /** Of a run that did not come to a record of its own. */
  private static RunRecord failure() {
    return new RunRecord(
        "run",
        "2026-01-02T02:00:00Z",
        "2026-01-02T02:00:01Z",
        Status.FAILED,
        3,
        "no backbone",
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        List.of(),
        Map.of(),
        Map.of());
  }

  private static Report report() {
    return new Report(
        "run",
        null,
        null,
        List.of(head("sgd", HALF), head("knn", null)),
        List.of(),
        List.of(),
        null,
        List.of(),
        List.of(),
        null);
  }

  private static HeadReport head(String name, Metrics test) {
    return new HeadReport(
        name, Map.of(), 1, 3, "", null, null, test, HALF, List.of(), List.of(), null, null, null,
        List.of());
  }
}
