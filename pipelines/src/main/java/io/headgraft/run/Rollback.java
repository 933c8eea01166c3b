package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.run.RunRecord.Status;
import java.util.Optional;

/** Makes the models of an earlier champion live again. */
public final class Rollback {

  private final WorkDirectory workdir;

  /**
   * What came of it.
   *
   * @param run whose models are live now
   * @param replaced whose were before
   * @param head of the models that are live now
   */
  public record Result(String run, String replaced, String head) {}

  /** Prepares. */
  public Rollback(WorkDirectory workdir) {
    this.workdir = workdir;
  }

  /**
   * Moves {@code champion.json}, at once or not at all.
   *
   * @param to a run that was promoted; if empty, the one that was live before
   * @throws HeadgraftException if there is no such run, if it was never promoted, or if its models
   *     are gone
   */
  public Result run(Optional<String> to) {
    Champion now =
        Champion.of(workdir)
            .orElseThrow(
                () ->
                    HeadgraftException.unusable(
                        "%s has no champion: no run has been promoted".formatted(workdir.uri())));
    String run = to.orElseGet(() -> before(now));
    if (run.equals(now.run())) {
      throw HeadgraftException.usage("The models of run %s are live already".formatted(run));
    }
    RunRecord record = promoted(run);
    requireModels(record);
    Champion.promote(workdir, run);
    return new Result(run, now.run(), record.emit().head());
  }

  private static String before(Champion now) {
    return now.previous().stream()
        .findFirst()
        .orElseThrow(
            () ->
                HeadgraftException.unusable(
                    "There is no champion before run %s to go back to".formatted(now.run())));
  }

  private RunRecord promoted(String run) {
    // By the list: what is no run's name, ../elsewhere, leads nowhere.
    if (!workdir.list("runs").contains(run)) {
      throw HeadgraftException.usage(
          "There is no run %s in %s".formatted(run, workdir.uri("runs")));
    }
    RunRecord record =
        workdir.exists("runs/" + run + "/run.json")
            ? workdir.read("runs/" + run + "/run.json", RunRecord.class)
            : null;
    if (record == null || record.status() != Status.PROMOTED || record.emit() == null) {
      throw HeadgraftException.unusable(
          "Run %s was never promoted: %s"
              .formatted(run, record == null ? "it did not end" : record.status().text()));
    }
    return record;
  }

  private void requireModels(RunRecord record) {
    for (String model : record.emit().models()) {
      // By the name alone: the work directory may have been moved.
      String file =
          "runs/" + record.run() + "/models/" + model.substring(model.lastIndexOf('/') + 1);
      if (!workdir.exists(file)) {
        throw HeadgraftException.unusable(
            "%s is gone: run %s cannot go live again".formatted(workdir.uri(file), record.run()));
      }
    }
  }
}
