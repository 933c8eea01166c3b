package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.report.Report;
import io.headgraft.run.Champion;
import io.headgraft.run.EmitModel;
import io.headgraft.run.RunRecord;
import io.headgraft.run.RunRecord.Counts;
import io.headgraft.run.RunRecord.DatasetFacts;
import io.headgraft.run.RunRecord.FeatureFacts;
import io.headgraft.run.RunRecord.Status;
import io.headgraft.run.TrainedHead;
import io.headgraft.run.UsableDataset;
import io.headgraft.run.WorkDirectory;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

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
  private String error;

  /** What came of it. */
  record Result(String run, Report report, EmitModel.Result emitted, ExitCode exitCode) {}

  NightlyRun(Workflow workflow, String run, RunObserver observer) {
    this.workflow = workflow;
    this.run = run;
    this.observer = observer;
  }

  /** An id that sorts by time. */
  static String newId() {
    return ID.format(Instant.now());
  }

  /** Extracts, trains, emits, and makes the run the champion. */
  Result run(String data) {
    try {
      Workflow.Extraction extraction = workflow.extract(data);
      features = FeatureFacts.of(extraction.features(), extraction.data().rejected().size());
      dataset = facts(extraction);
      counts = counts(extraction);
      workflow.requireEmittable(extraction.data());
      report = workflow.train(run, extraction.data());
      emitted = workflow.emit(workflow.chosen(run), extraction.data());
      return new Result(run, report, emitted, promote());
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
      emitted = workflow.emit(trained, data);
      report = workflow.workdir().read("runs/" + run + "/report.json", Report.class);
      return new Result(run, report, emitted, promote());
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

  private static Counts counts(Workflow.Extraction extraction) {
    return new Counts(
        extraction.listed(),
        extraction.read(),
        extraction.features().work().decoded(),
        extraction.features().work().networksLoaded(),
        extraction.data().counts());
  }

  private ExitCode promote() {
    if (!workflow.backboneFacts().trained() && championIsTrained()) {
      write(Status.CHAMPION_KEPT, ExitCode.CHAMPION_STAYS);
      return ExitCode.CHAMPION_STAYS;
    }
    write(Status.PROMOTED, ExitCode.DONE);
    workflow.workdir().write("champion.json", new Champion(run));
    return ExitCode.DONE;
  }

  /** A demo without a network must not put random weights in the place of a good model. */
  private boolean championIsTrained() {
    WorkDirectory workdir = workflow.workdir();
    if (!workdir.exists("champion.json")) {
      return false;
    }
    String champion = workdir.read("champion.json", Champion.class).run();
    return workdir.read("runs/" + champion + "/report.json", Report.class).backbone().trained();
  }

  private void fail(Exception failure) {
    error = String.valueOf(failure.getMessage());
    HeadgraftException known = Main.known(failure);
    try {
      write(Status.FAILED, known == null ? ExitCode.UNEXPECTED : known.exitCode());
    } catch (RuntimeException e) {
      // What made the run fail may keep its record from being written too, and is what counts.
      failure.addSuppressed(e);
    }
  }

  private void write(Status status, ExitCode exitCode) {
    RunRecord record =
        new RunRecord(
            run,
            started.toString(),
            Instant.now().toString(),
            status,
            exitCode.code(),
            error,
            workflow.backboneFacts(),
            dataset,
            features,
            counts,
            emitted,
            new RunRecord.Gate(List.of()),
            workflow.stages(),
            workflow.settings().toMap(),
            RunRecord.environmentFacts());
    workflow.workdir().write("runs/" + run + "/run.json", record);
    observer.ended(record, report);
  }
}
