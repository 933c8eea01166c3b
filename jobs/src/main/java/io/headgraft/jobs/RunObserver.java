package io.headgraft.jobs;

import io.headgraft.report.Report;
import io.headgraft.run.RunRecord;

/** Is told how a run ended, once its record is written. */
@FunctionalInterface
interface RunObserver {

  /** Takes no notice. */
  RunObserver NONE = (record, report) -> {};

  /**
   * The run has ended, however it did.
   *
   * @param report of its heads, or null if it did not come to one
   */
  void ended(RunRecord record, Report report);
}
