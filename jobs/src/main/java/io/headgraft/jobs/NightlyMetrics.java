package io.headgraft.jobs;

import io.headgraft.report.Report;
import io.headgraft.run.MetricsFile;
import io.headgraft.run.RunRecord;
import io.headgraft.run.RunRecord.Status;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sees to it that a night's figures are written, also where the run did not come to a record. */
final class NightlyMetrics implements RunObserver {

  private final Optional<MetricsFile> file;
  private final PrintWriter err;
  private final Instant started = Instant.now();
  private boolean told;

  NightlyMetrics(Optional<MetricsFile> file, PrintWriter err) {
    this.file = file;
    this.err = err;
  }

  @Override
  public void ended(RunRecord record, Report report) {
    told = true;
    try {
      if (file.isPresent()) {
        file.get().write(record, report);
      }
    } catch (IOException e) {
      // The run is what it is; whoever watches the figures sees that they are old.
      err.println("headgraft: warning: observe.metrics-file cannot be written: " + e);
    }
  }

  /** The command has failed, perhaps before the run could begin. */
  void failed(Exception failure) {
    if (!told) {
      Ending ending = Ending.of(failure);
      ended(
          new RunRecord(
              null,
              started.toString(),
              Instant.now().toString(),
              Status.FAILED,
              ending.exitCode(),
              ending.error(),
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              List.of(),
              Map.of(),
              Map.of()),
          null);
    }
  }
}
