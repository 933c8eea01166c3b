package io.headgraft.run;

import io.headgraft.report.Report.Condition;
import io.headgraft.run.RunRecord.Status;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The runs of a work directory, as their records tell. */
public final class RunHistory {

  private static final String UNFINISHED = "unfinished";

  private final WorkDirectory workdir;

  /**
   * A run.
   *
   * @param started null if it left no record: it was killed, goes on, or only trained
   * @param status as {@code run.json} has it, or unfinished
   * @param live whether its models are
   * @param head of its models; null if there are none
   * @param testAccuracy of that head on its own day; null if there were no test photos
   * @param why its models did not go live; null if they did
   */
  public record Entry(
      String run,
      String started,
      String status,
      boolean live,
      String head,
      Double testAccuracy,
      String why) {}

  /** Prepares. */
  public RunHistory(WorkDirectory workdir) {
    this.workdir = workdir;
  }

  /** All runs, the oldest first. */
  public List<Entry> entries() {
    Optional<String> live = Champion.of(workdir).map(Champion::run);
    return workdir.list("runs").stream()
        .map(run -> entry(run, live.filter(run::equals).isPresent()))
        .toList();
  }

  private Entry entry(String run, boolean live) {
    String file = "runs/" + run + "/run.json";
    if (!workdir.exists(file)) {
      return new Entry(run, null, UNFINISHED, live, null, null, null);
    }
    RunRecord record = workdir.read(file, RunRecord.class);
    EmitModel.Result emitted = record.emit();
    return new Entry(
        run,
        record.started(),
        record.status().text(),
        live,
        emitted == null ? null : emitted.head(),
        emitted == null ? null : emitted.testAccuracy(),
        why(record));
  }

  private static String why(RunRecord record) {
    if (record.status() == Status.PROMOTED) {
      return null;
    }
    if (record.unchangedSince() != null) {
      return "nothing is new since run " + record.unchangedSince();
    }
    return record.error() != null || record.gate() == null
        ? record.error()
        : record.gate().failed().stream().map(Condition::detail).collect(Collectors.joining("; "));
  }
}
