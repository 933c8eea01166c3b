package io.headgraft.run;

import io.headgraft.dataset.Split;
import io.headgraft.head.Predictions;
import io.headgraft.head.TrainingData;
import io.headgraft.report.Report;
import io.headgraft.report.Report.BackboneFacts;
import io.headgraft.report.Report.DatasetFacts;
import io.headgraft.report.Report.EarlierRun;
import io.headgraft.report.Report.Provenance;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts a run's report together. */
public final class TrainingReport {

  private final String run;
  private final BackboneFacts backbone;
  private final Settings settings;
  private final WorkDirectory workdir;
  private final String pipeline;

  /**
   * Names a run.
   *
   * @param pipeline the fingerprint of what makes its features
   */
  public TrainingReport(
      String run,
      BackboneFacts backbone,
      Settings settings,
      WorkDirectory workdir,
      String pipeline) {
    this.run = run;
    this.backbone = backbone;
    this.settings = settings;
    this.workdir = workdir;
    this.pipeline = pipeline;
  }

  /**
   * The report.
   *
   * @param features version of the feature cache
   */
  public Report of(
      UsableDataset data, TrainingData rows, TrainHeads.Result trained, long features) {
    return new Report(
        run,
        backbone,
        datasetFacts(data, rows, trained.selectedOn()),
        trained.reports(),
        trained.comparisons(),
        trained.learningCurves(),
        trained.augmentation(),
        WorstMistakes.of(data.dataset(), rows.test(), trained.test(), settings.report().mistakes()),
        earlier(rows, trained),
        new Provenance(
            data.dataset().version(),
            features,
            pipeline,
            settings.toMap(),
            RunRecord.environmentFacts()));
  }

  private DatasetFacts datasetFacts(UsableDataset data, TrainingData rows, String selectedOn) {
    Map<Split, Integer> counts = new HashMap<>();
    data.dataset().images().forEach(image -> counts.merge(image.split(), 1, Integer::sum));
    return new DatasetFacts(
        rows.labels(),
        counts.getOrDefault(Split.TRAIN, 0),
        counts.getOrDefault(Split.VALIDATION, 0),
        counts.getOrDefault(Split.TEST, 0),
        settings.augmentations().variants() + 1,
        selectedOn,
        data.counts());
  }

  private List<EarlierRun> earlier(TrainingData rows, TrainHeads.Result trained) {
    if (trained.heads().isEmpty()) {
      return List.of();
    }
    String shipped = HeadChoice.choose(trained.reports(), settings.emit().head());
    Predictions today = trained.test().get(shipped);
    return new EarlierRuns(workdir, pipeline, rows.labels(), rows.test(), settings.report())
        .compare(shipped, today);
  }
}
