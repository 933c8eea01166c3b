package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.Json;
import io.headgraft.dataset.DatasetTable;
import io.headgraft.dataset.LabelledDataset;
import io.headgraft.dataset.RejectedFile;
import io.headgraft.dataset.TableFiles;
import io.headgraft.features.FeatureCache;
import io.headgraft.report.Report;
import io.headgraft.report.Report.BackboneFacts;
import io.headgraft.report.Report.Provenance;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A run that is to be repeated, and what it was made of. */
public final class PinnedRun {

  private final WorkDirectory workdir;
  private final Report report;

  private PinnedRun(WorkDirectory workdir, Report report) {
    this.workdir = workdir;
    this.report = report;
  }

  /**
   * Reads what a run says of itself.
   *
   * @throws HeadgraftException if there is no such run, or it has trained nothing
   */
  public static PinnedRun read(WorkDirectory workdir, String run) {
    List<String> trained =
        workdir.list("runs").stream()
            .filter(name -> workdir.exists("runs/" + name + "/report.json"))
            .toList();
    if (!trained.contains(run)) {
      throw HeadgraftException.unusable(
          "%s holds no run %s that has trained heads; it holds %s"
              .formatted(workdir.uri(), run, trained));
    }
    return new PinnedRun(workdir, workdir.read("runs/" + run + "/report.json", Report.class));
  }

  /** What the run was trained with. */
  public Settings settings() {
    return Settings.of(provenance().configuration());
  }

  /** The version of the feature cache. */
  public long featuresVersion() {
    return provenance().featuresVersion();
  }

  private Provenance provenance() {
    return report.provenance();
  }

  /**
   * Refuses another backbone.
   *
   * @param pipeline the fingerprint of what makes the features
   * @throws HeadgraftException (exit code 2) if it is another than the run's
   */
  public void requireSame(BackboneFacts backbone, String pipeline) {
    if (!pipeline.equals(provenance().pipeline())) {
      throw HeadgraftException.usage(
          "Run %s was trained on features of the backbone %s (%.12s), %s is another (%.12s): give that one with --backbone"
              .formatted(
                  report.run(),
                  report.backbone().name(),
                  report.backbone().fingerprint(),
                  backbone.name(),
                  backbone.fingerprint()));
    }
  }

  /**
   * The images that the run used, with their labels and splits of then.
   *
   * @throws HeadgraftException if they or their features are gone
   */
  public UsableDataset data(DatasetTable table, FeatureCache cache, Settings settings) {
    requireThere("data set", table.dataFiles(), provenance().datasetVersion());
    requireThere("features", cache.dataFiles(), featuresVersion());
    return UsableDataset.pinned(
        LabelledDataset.read(table, provenance().datasetVersion(), settings.dataset()),
        cache.imageIds(provenance().pipeline(), featuresVersion()),
        rejected());
  }

  private void requireThere(String what, TableFiles files, long version) {
    if (!files.has(version)) {
      throw HeadgraftException.unusable(
          "Run %s cannot be repeated: version %d of its %s is gone"
              .formatted(report.run(), version, what));
    }
  }

  private List<RejectedFile> rejected() {
    String name = "runs/" + report.run() + "/rejected.jsonl";
    return new String(workdir.read(name), StandardCharsets.UTF_8)
        .lines()
        .map(
            line ->
                Json.read(
                    line.getBytes(StandardCharsets.UTF_8), RejectedFile.class, workdir.uri(name)))
        .toList();
  }
}
