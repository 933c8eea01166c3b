package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.report.Report;
import io.headgraft.report.Report.Condition;
import io.headgraft.report.Report.Gate;
import io.headgraft.run.Champion;
import io.headgraft.run.EmitModel;
import io.headgraft.run.RunRecord;
import io.headgraft.run.RunRecord.Counts;
import io.headgraft.run.RunRecord.DatasetFacts;
import io.headgraft.run.RunRecord.FeatureFacts;
import io.headgraft.run.RunRecord.Status;
import io.headgraft.run.TrainedHead;
import io.headgraft.run.UnchangedRun;
import io.headgraft.run.UsableDataset;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.stream.Collectors;

/** One run through the whole chain, and its record. */
final class NightlyRun {

  private static final DateTimeFormatter ID =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Workflow workflow;
  private final String run;
  private final RunObserver observer;
  private final Instant started = Instant.now();
  private DatasetFacts dataset;
  private FeatureFacts features;
  private Counts counts;
  private Report report;
  private EmitModel.Result emitted;
  private Gate gate;
  private String error;
  private String unchangedSince;

  /**
   * What came of it.
   *
   * @param unchangedSince the run that trained the same, so that nothing was trained and emitted
   * @param report with what was decided
   */
  record Result(
      String run,
      String unchangedSince,
      Report report,
      EmitModel.Result emitted,
      ExitCode exitCode) {}

  NightlyRun(Workflow workflow, String run, RunObserver observer) {
    this.workflow = workflow;
    this.run = run;
    this.observer = observer;
  }

  /** An id that sorts by time: to be drawn by who may write, so that runs sort as they came. */
  static String newId() {
    return ID.format(Instant.now());
  }

  /**
   * Extracts, trains, emits, and makes the run the champion if the gate lets it.
   *
   * @param force whether to train also where nothing is new
   */
  Result run(String data, boolean force) {
    try {
      Champion.finishPromotion(workflow.workdir()).ifPresent(workflow::warnOfPromotion);
      Workflow.Extraction extraction = workflow.extract(data);
      features = FeatureFacts.of(extraction.features(), extraction.data().rejected().size());
      dataset = facts(extraction);
      counts = counts(extraction);
      workflow.requireEmittable(extraction.data());
      if (!force && isUnchanged()) {
        write(Status.CHAMPION_KEPT, ExitCode.DONE);
        return new Result(run, unchangedSince, null, null, ExitCode.DONE);
      }
      report = workflow.train(run, extraction.data());
      return finish(workflow.chosen(run), extraction.data());
    } catch (Exception e) { // Spark, being Scala, throws checked ones without saying so.
      fail(e);
      throw e;
    }
  }

  /** Ships the heads of this run, which were trained before. */
  Result emitOnly() {
    try {
      TrainedHead trained = workflow.chosen(run);
      UsableDataset data = workflow.datasetOf(trained);
      dataset =
          new DatasetFacts(
              trained.dataset(), data.dataset().images().size(), trained.head().labels());
      features = new FeatureFacts(trained.features(), trained.pipeline(), null, null, null);
      return finish(trained, data);
    } catch (Exception e) { // Spark, being Scala, throws checked ones without saying so.
      fail(e);
      throw e;
    }
  }

  private static DatasetFacts facts(Workflow.Extraction extraction) {
    return new DatasetFacts(
        extraction.datasetVersion(),
        extraction.data().dataset().images().size(),
        extraction.data().dataset().labels());
  }

  private boolean isUnchanged() {
    unchangedSince =
        new UnchangedRun(workflow.backboneFacts(), dataset, features, workflow.settings())
            .find(workflow.workdir())
            .orElse(null);
    return unchangedSince != null;
  }

  private static Counts counts(Workflow.Extraction extraction) {
    return new Counts(
        extraction.listed(),
        extraction.read(),
        extraction.features().work().decoded(),
        extraction.features().work().networksLoaded(),
        extraction.data().counts());
  }

  private Result finish(TrainedHead trained, UsableDataset data) {
    Workflow.Emission emission = workflow.emit(trained, data);
    emitted = emission.models();
    report = emission.report();
    gate = report.gate();
    // What a run has shipped, and what is said of it, never changes for something worse.
    boolean keep = !gate.passed() && hasShipped();
    if (!keep) {
      workflow.write(report, data);
    }
    if (!gate.passed() && gate.champion() == null) {
      throw HeadgraftException.unusable(
          "%s: no model is shipped, to look at they lie beside %s"
              .formatted(details(gate), emitted.modelCard()));
    }
    if (!keep) {
      emitted = workflow.ship(run, emitted);
    }
    if (gate.passed()) {
      write(Status.PROMOTED, ExitCode.DONE);
      Champion.promote(workflow.workdir(), run);
      return new Result(run, null, report, emitted, ExitCode.DONE);
    }
    if (!keep) {
      write(Status.CHAMPION_KEPT, ExitCode.CHAMPION_STAYS);
    }
    return new Result(run, null, report, emitted, ExitCode.CHAMPION_STAYS);
  }

  private static String details(Gate gate) {
    return gate.failed().stream().map(Condition::detail).collect(Collectors.joining("; "));
  }

  private void fail(Exception failure) {
    Ending ending = Ending.of(failure);
    error = ending.error();
    try {
      if (!hasShipped()) {
        write(Status.FAILED, ending.exitCode());
      }
    } catch (RuntimeException e) {
      // What made the run fail may keep its record from being written too, and is what counts.
      failure.addSuppressed(e);
    }
  }

  /** Whether an earlier emission of this run did. */
  private boolean hasShipped() {
    String record = "runs/" + run + "/run.json";
    return workflow.workdir().exists(record)
        && workflow.workdir().read(record, RunRecord.class).status() != Status.FAILED;
  }

  private void write(Status status, ExitCode exitCode) {
    write(status, exitCode.code());
  }

  private void write(Status status, int exitCode) {
    RunRecord record =
        new RunRecord(
            run,
            started.toString(),
            Instant.now().toString(),
            status,
            exitCode,
            error,
            unchangedSince,
            workflow.backboneFacts(),
            dataset,
            features,
            counts,
            emitted,
            gate,
            workflow.stages(),
            workflow.settings().toMap(),
            RunRecord.environmentFacts());
    workflow.workdir().write("runs/" + run + "/run.json", record);
    observer.ended(record, report);
  }
}
