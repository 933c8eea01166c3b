package io.headgraft.run;

import io.headgraft.ExitCode;
import io.headgraft.report.Report;
import io.headgraft.report.Report.Condition;
import io.headgraft.report.Report.HeadReport;
import io.headgraft.run.RunRecord.Counts;
import io.headgraft.run.RunRecord.Status;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The figures of a run for Prometheus, whatever came of it; what it did not come to is absent. */
final class RunMetrics {

  /** What outlives a run that fails. */
  private static final String LAST_SUCCESS = "headgraft_last_success_timestamp_seconds";

  private static final String LAST_PROMOTION = "headgraft_last_promotion_timestamp_seconds";

  private final RunRecord record;
  private final PrometheusText text;

  private RunMetrics(String workdir, RunRecord record) {
    this.record = record;
    // Several work directories may be seen to on one machine.
    this.text = new PrometheusText(Map.of("workdir", workdir));
  }

  /**
   * Writes up a run.
   *
   * @param workdir as the user names it
   * @param report of its heads, or null if it did not come to one
   * @param before what this returned for the run before; empty if there was none
   */
  static String text(String workdir, RunRecord record, Report report, String before) {
    RunMetrics metrics = new RunMetrics(workdir, record);
    metrics.end(before);
    metrics.data();
    if (report != null) {
      metrics.heads(report);
    }
    metrics.models();
    return metrics.text.toString();
  }

  private void end(String before) {
    double finished = seconds(record.finished());
    text.gauge("headgraft_run_start_timestamp_seconds", "When the last run began.")
        .sample(seconds(record.started()));
    text.gauge("headgraft_run_end_timestamp_seconds", "When the last run ended, however it did.")
        .sample(finished);
    text.gauge(
            "headgraft_run_exit_code",
            "Exit code of the last run: 0 done, 10 done but the champion stays, others failed.")
        .sample(record.exitCode());
    boolean done =
        record.exitCode() == ExitCode.DONE.code()
            || record.exitCode() == ExitCode.CHAMPION_STAYS.code();
    outliving(
        LAST_SUCCESS,
        "When a run last ended as it should: with a new champion, or the old one kept.",
        done ? OptionalDouble.of(finished) : before(before, LAST_SUCCESS));
    outliving(
        LAST_PROMOTION,
        "When a run's models last went live.",
        record.status() == Status.PROMOTED
            ? OptionalDouble.of(finished)
            : before(before, LAST_PROMOTION));
    text.gauge("headgraft_run_duration_seconds", "Time that a stage of the last run took.");
    record.stages().forEach(stage -> text.sample("stage", stage.name(), stage.seconds()));
  }

  private void outliving(String name, String help, OptionalDouble value) {
    value.ifPresent(seconds -> text.gauge(name, help).sample(seconds));
  }

  private static OptionalDouble before(String text, String name) {
    Matcher line =
        Pattern.compile("^" + name + "\\{.*} ([0-9.E]+)$", Pattern.MULTILINE).matcher(text);
    return line.find()
        ? OptionalDouble.of(Double.parseDouble(line.group(1)))
        : OptionalDouble.empty();
  }

  private void data() {
    if (record.dataset() != null) {
      text.gauge("headgraft_images", "Images of the data set that are used, each once.")
          .sample(record.dataset().images());
      text.gauge("headgraft_labels", "Labels of the data set.")
          .sample(record.dataset().labels().size());
    }
    if (record.features() != null && record.features().extracted() != null) {
      text.gauge("headgraft_rows_extracted", "Rows of features that the last run committed.")
          .sample(record.features().extracted());
      text.gauge("headgraft_rows_reused", "Rows of features that were in the cache.")
          .sample(record.features().reused());
    }
    Counts counts = record.counts();
    if (counts == null) {
      return;
    }
    text.gauge("headgraft_files_listed", "Files that the data set lists.").sample(counts.listed());
    text.gauge("headgraft_files_read", "Files that were new or changed.").sample(counts.read());
    text.gauge(
            "headgraft_images_decoded",
            "Images that tasks decoded; more than were needed where tasks had to run again.")
        .sample((double) counts.decoded());
    text.gauge("headgraft_networks_loaded", "Networks that were loaded, at most one a process.")
        .sample((double) counts.networksLoaded());
    text.gauge("headgraft_files_rejected", "Files that are not used, by reason.");
    counts
        .rejected()
        .forEach(
            (reason, files) ->
                text.sample(
                    "reason", reason.name().toLowerCase(Locale.ROOT).replace('_', '-'), files));
  }

  private void heads(Report report) {
    text.gauge("headgraft_head_selection_accuracy_ratio", "On the images that chose its settings.");
    for (HeadReport head : report.heads()) {
      text.sample("head", head.name(), head.selection().accuracy());
    }
    text.gauge("headgraft_head_test_accuracy_ratio", "On the test split.");
    for (HeadReport head : report.heads()) {
      if (head.test() != null) {
        text.sample("head", head.name(), head.test().accuracy());
      }
    }
    text.gauge("headgraft_head_test_log_loss", "On the test split, natural logarithm.");
    for (HeadReport head : report.heads()) {
      if (head.test() != null) {
        text.sample("head", head.name(), head.test().logLoss());
      }
    }
    text.gauge("headgraft_head_training_duration_seconds", "Sweep and final training.");
    report.heads().forEach(head -> text.sample("head", head.name(), head.seconds()));
  }

  private void models() {
    if (record.emit() != null) {
      text.gauge(
              "headgraft_model_probability_difference",
              "Largest difference between a model and its head on any photo.")
          .sample(record.emit().maxProbabilityDifference());
      text.gauge(
              "headgraft_placeholder_probability",
              "Of all placeholders together, in the mean over the photos.")
          .sample(record.emit().placeholderProbability());
    }
    if (record.gate() != null && !record.gate().conditions().isEmpty()) {
      text.gauge("headgraft_gate_condition_passed", "1 if the models meet it, 0 if not.");
      for (Condition condition : record.gate().conditions()) {
        text.sample("condition", condition.name(), condition.passed() ? 1 : 0);
      }
    }
  }

  private static double seconds(String instant) {
    return Instant.parse(instant).toEpochMilli() / 1e3;
  }
}
