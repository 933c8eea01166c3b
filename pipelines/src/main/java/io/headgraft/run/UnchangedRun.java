package io.headgraft.run;

import io.headgraft.report.Report.BackboneFacts;
import io.headgraft.run.RunRecord.DatasetFacts;
import io.headgraft.run.RunRecord.FeatureFacts;
import io.headgraft.run.RunRecord.Status;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/**
 * What a run would train now.
 *
 * @param dataset as it was just listed
 * @param features as they were just extracted
 */
public record UnchangedRun(
    BackboneFacts backbone, DatasetFacts dataset, FeatureFacts features, Settings settings) {

  /**
   * The newest finished run, if it trained exactly that: the same data set, features, backbone,
   * configuration and build. One that failed is not taken for it, nor is an older one.
   */
  public Optional<String> find(WorkDirectory workdir) {
    return workdir.list("runs").stream()
        .sorted(Comparator.reverseOrder())
        .flatMap(run -> record(workdir, run).stream())
        .findFirst()
        .flatMap(
            newest ->
                newest.unchangedSince() == null
                    ? Optional.of(newest)
                    : record(workdir, newest.unchangedSince()))
        .filter(this::isSame)
        .map(RunRecord::run);
  }

  private static Optional<RunRecord> record(WorkDirectory workdir, String run) {
    return workdir.find("runs/" + run + "/run.json", RunRecord.class);
  }

  private boolean isSame(RunRecord run) {
    return run.status() != Status.FAILED
        && run.emit() != null
        && backbone.equals(run.backbone())
        && dataset.equals(run.dataset())
        && isSame(run.features())
        && isSame(run.environment())
        && settings.decidesAs(run.configuration());
  }

  /** The cache's version goes up with every commit, also those that make no difference here. */
  private boolean isSame(FeatureFacts then) {
    return features.extracted() == 0
        && features.pipeline().equals(then.pipeline())
        && features.rejected().equals(then.rejected());
  }

  private static boolean isSame(Map<String, String> environment) {
    Map<String, String> now = RunRecord.environmentFacts();
    return now.get("headgraft").equals(environment.get("headgraft"))
        && now.get("git").equals(environment.get("git"));
  }
}
