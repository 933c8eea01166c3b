package io.headgraft.jobs;

import io.headgraft.HeadgraftException;
import io.headgraft.JobGroup;
import io.headgraft.Json;
import io.headgraft.Stores;
import io.headgraft.VisibleText;
import io.headgraft.backbone.Backbone;
import io.headgraft.dataset.DatasetFiles;
import io.headgraft.dataset.DatasetTable;
import io.headgraft.dataset.IndexDataset;
import io.headgraft.dataset.IndexedFile;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.RejectedFile;
import io.headgraft.dataset.Split;
import io.headgraft.features.ExtractFeatures;
import io.headgraft.features.FeatureCache;
import io.headgraft.features.FeaturePipeline;
import io.headgraft.head.Examples;
import io.headgraft.head.Head;
import io.headgraft.head.Standardization;
import io.headgraft.head.TrainingData;
import io.headgraft.image.Augmentation;
import io.headgraft.image.ImageTransform;
import io.headgraft.image.RejectedImageException;
import io.headgraft.personalization.Forecast;
import io.headgraft.report.Report;
import io.headgraft.report.Report.BackboneFacts;
import io.headgraft.report.Report.Gate;
import io.headgraft.report.Report.HeadReport;
import io.headgraft.report.ReportPage;
import io.headgraft.report.ReportPhotos;
import io.headgraft.run.EmitModel;
import io.headgraft.run.EmitOptions.Front;
import io.headgraft.run.HeadChoice;
import io.headgraft.run.PersonalizationForecast;
import io.headgraft.run.PhotoAlbum;
import io.headgraft.run.PinnedRun;
import io.headgraft.run.PromotionGate;
import io.headgraft.run.RunRecord.Stage;
import io.headgraft.run.Settings;
import io.headgraft.run.TrainHeads;
import io.headgraft.run.TrainedHead;
import io.headgraft.run.TrainingReport;
import io.headgraft.run.UsableDataset;
import io.headgraft.run.WorkDirectory;
import io.headgraft.run.WorkDirectoryCheckpoints;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stages of the chain, on one work directory, with one backbone and one configuration. */
final class Workflow {

  private static final Logger LOG = LoggerFactory.getLogger(Workflow.class);

  private final SparkSession spark;
  private final Settings settings;
  private final PrintWriter err;
  private final WorkDirectory workdir;
  private final Backbone backbone;
  private final FeaturePipeline pipeline;
  private final DatasetTable table;
  private final FeatureCache cache;
  private final List<Stage> stages = new ArrayList<>();

  /** What was extracted, and from what. */
  record Extraction(
      ExtractFeatures.Result features,
      long datasetVersion,
      UsableDataset data,
      int listed,
      int read) {}

  /**
   * What was emitted, and whether it may go live.
   *
   * @param report with what users will make of it, and what was decided
   */
  record Emission(EmitModel.Result models, Report report) {}

  Workflow(
      SparkSession spark,
      Settings settings,
      WorkDirectory workdir,
      Backbone backbone,
      PrintWriter err) {
    this.spark = spark;
    this.settings = settings;
    this.err = err;
    this.workdir = workdir;
    this.backbone = backbone;
    this.pipeline =
        new FeaturePipeline(
            backbone,
            settings.engine(),
            settings.batchSize(),
            settings.image(),
            settings.augmentations());
    this.table = new DatasetTable(spark, workdir.uri("dataset"), workdir::requireWritingAllowed);
    this.cache = new FeatureCache(spark, workdir.uri(), workdir::requireWritingAllowed);
  }

  WorkDirectory workdir() {
    return workdir;
  }

  Settings settings() {
    return settings;
  }

  List<Stage> stages() {
    return stages;
  }

  BackboneFacts backboneFacts() {
    return new BackboneFacts(
        backbone.name(), backbone.fingerprint(), backbone.featureLayer(), backbone.trained());
  }

  /** Of a run that was killed at its very end. */
  void warnOfPromotion(String promoted) {
    err.println(
        "headgraft: warning: run %s was killed before its models went live: they are live now"
            .formatted(promoted));
  }

  /** Lists a data set and extracts what the cache lacks. */
  Extraction extract(String data) {
    IndexDataset.Result index =
        stage(
            "list",
            () -> new IndexDataset(spark, table, settings.dataset(), settings.image()).run(data),
            found -> "%,d files, %,d of them read".formatted(found.listed(), found.read()));
    for (String label : index.emptyLabels()) {
      err.println(
          "headgraft: warning: the label folder '%s' has no image and is left out"
              .formatted(VisibleText.line(label)));
    }
    // Before anything is decoded, so that a data set that cannot be trained on costs no time.
    UsableDataset listed = usable("list", index);
    listed.dataset().labels();
    ExtractFeatures.Result features =
        stage(
            "extract",
            () ->
                new ExtractFeatures(spark, cache, pipeline, settings.chunk())
                    .run(listed.dataset().images(), new ConsoleProgress(err, "extract", "images")),
            done ->
                "%,d rows extracted from %,d images, %,d rows were there"
                    .formatted(done.extracted(), done.work().decoded(), done.reused()));
    UsableDataset used = usable("extract", index).withoutUnread(features.unread());
    used.requireFewRejected(settings.dataset().maxRejected());
    return new Extraction(features, index.version(), used, index.listed(), index.read());
  }

  /** The data set as it was last listed. */
  UsableDataset newestDataset() {
    if (!table.exists()) {
      throw HeadgraftException.unusable(
          "%s holds no data set: run 'headgraft extract --data URI' first"
              .formatted(workdir.uri()));
    }
    long version = group("train", "train: newest data set").run(table::version);
    return usable("train", version);
  }

  /** The data set that a head was trained on. */
  UsableDataset datasetOf(TrainedHead trained) {
    return usable("emit", trained.dataset());
  }

  /** A version of the data set, as it was once listed. */
  private UsableDataset usable(String stage, long version) {
    return group(stage, "%s: data set, version %d".formatted(stage, version))
        .run(() -> usable(version, table.read(version), List.of()));
  }

  private UsableDataset usable(String stage, IndexDataset.Result index) {
    return group(stage, stage + ": images that are known to be of no use")
        .run(() -> usable(index.version(), index.files(), index.rejected()));
  }

  private UsableDataset usable(long version, List<IndexedFile> files, List<RejectedFile> listed) {
    return UsableDataset.of(
        version, files, settings.dataset(), listed, cache.rejected(pipeline.fingerprint()));
  }

  private JobGroup group(String stage, String description) {
    return new JobGroup(spark.sparkContext(), stage, description);
  }

  /** Trains and compares the heads on the cached features. */
  Report train(String run, UsableDataset data) {
    return trained(() -> train(run, data, cache.version()));
  }

  /** Trains the heads of a run again, on what they were trained on, as another run. */
  Report repeat(String run, PinnedRun pinned) {
    pinned.requireSame(backboneFacts(), pipeline.fingerprint());
    return trained(() -> train(run, pinned.data(table, cache, settings), pinned.featuresVersion()));
  }

  private Report trained(Supplier<Report> training) {
    return stage(
        "train",
        training,
        report ->
            "%d heads by %,d fits on %,d photos"
                .formatted(
                    report.heads().size(),
                    report.heads().stream().mapToInt(HeadReport::fits).sum(),
                    report.dataset().train()));
  }

  private Report train(String run, UsableDataset data, long features) {
    WorkDirectoryCheckpoints checkpoints =
        new WorkDirectoryCheckpoints(workdir.uri(), spark.sessionState().newHadoopConf());
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    try (TrainingData rows = rows("train", data, features)) {
      TrainHeads.Result trained =
          new TrainHeads(settings.heads(), settings.report(), context, checkpoints)
              .run(rows, head -> new ConsoleProgress(err, "train " + head, "fits"));
      for (Head head : trained.heads()) {
        workdir.write(
            "runs/" + run + "/heads/" + head.name() + ".json",
            new TrainedHead(run, pipeline.fingerprint(), data.dataset().version(), features, head));
      }
      Report report =
          new TrainingReport(run, backboneFacts(), settings, workdir, pipeline.fingerprint())
              .of(data, rows, trained, features);
      workdir.write("runs/" + run + "/rejected.jsonl", lines(data.rejected()));
      write(report, data);
      workdir.requireWritingAllowed();
      checkpoints.clear();
      return report;
    }
  }

  /**
   * Writes the report of a run, in the place of an earlier one: a run has one when it is trained,
   * so that it can be emitted later, and it has its last one when it is known whether it goes live.
   */
  void write(Report report, UsableDataset data) {
    String folder = "runs/" + report.run() + "/";
    ReportPhotos photos =
        new PhotoAlbum(
                pipeline, data.dataset(), spark.sessionState().newHadoopConf(), settings.report())
            .of(report.mistakes());
    List<RejectedFile> rejected =
        new String(workdir.read(folder + "rejected.jsonl"), StandardCharsets.UTF_8)
            .lines()
            .map(line -> line.getBytes(StandardCharsets.UTF_8))
            .map(line -> Json.read(line, RejectedFile.class, folder + "rejected.jsonl"))
            .toList();
    workdir.write(folder + "report.html", ReportPage.html(report, photos, rejected));
    workdir.write(folder + "report.json", report);
  }

  private TrainingData rows(String stage, UsableDataset data, long features) {
    String description =
        "%s: joining labels and features of %,d images"
            .formatted(stage, data.dataset().images().size());
    return group(stage, description)
        .run(
            () ->
                TrainingData.load(
                    spark,
                    data.dataset(),
                    cache.read(pipeline.fingerprint(), features),
                    settings.heads()));
  }

  private static byte[] lines(List<RejectedFile> rejected) {
    StringBuilder lines = new StringBuilder();
    rejected.forEach(file -> lines.append(Json.line(file)).append('\n'));
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Refuses, before any training, what would fail behind it. */
  void requireEmittable(UsableDataset data) {
    emitter().requirePossible(data.dataset().labels());
  }

  private EmitModel emitter() {
    return new EmitModel(workdir, backbone, settings.emit());
  }

  /** The report of a run. */
  Report report(String run) {
    return workdir.read("runs/" + run + "/report.json", Report.class);
  }

  /** The head of a run that is shipped. */
  TrainedHead chosen(String run) {
    String name = HeadChoice.choose(report(run).heads(), settings.emit().head());
    TrainedHead trained =
        workdir.read("runs/" + run + "/heads/" + name + ".json", TrainedHead.class);
    if (!trained.pipeline().equals(pipeline.fingerprint())) {
      throw HeadgraftException.unusable(
          "The heads of run %s were trained on the features of another backbone or configuration: give the backbone and the configuration of that run, or train anew"
              .formatted(run));
    }
    return trained;
  }

  /**
   * Grafts a head, writes the models, checks them on images of the data set, and compares them with
   * those that are live. The models have yet to be {@linkplain #ship shipped}.
   */
  Emission emit(TrainedHead trained, UsableDataset data) {
    try (TrainingData rows = rows("emit", data, trained.features())) {
      Report report = report(trained.run()).withPersonalization(forecast(trained, rows));
      EmitModel.Result models =
          stage(
              "emit",
              () -> emitter().run(input(trained, report, data, rows)),
              result ->
                  "%d models of head %s, checked on %,d photos"
                      .formatted(result.models().size(), result.head(), result.images()));
      Gate gate =
          stage(
              "gate",
              () -> gate(trained, report, data, rows, models),
              decided ->
                  "%d of %d conditions are met"
                      .formatted(
                          decided.conditions().size() - decided.failed().size(),
                          decided.conditions().size()));
      return new Emission(models, report.withGate(gate));
    }
  }

  /** What users will make of the models; null if that is not wanted. */
  private Forecast forecast(TrainedHead trained, TrainingData rows) {
    if (settings.forecast().isEmpty()) {
      return null;
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return stage(
        "forecast",
        () -> new PersonalizationForecast(context, settings).of(trained.head(), rows),
        done ->
            "%,d episodes of %d settings"
                .formatted(
                    done.episodes().stream().mapToInt(Forecast.Row::episodes).sum(),
                    done.episodes().size()));
  }

  private Gate gate(
      TrainedHead trained,
      Report report,
      UsableDataset data,
      TrainingData rows,
      EmitModel.Result models) {
    return new PromotionGate(spark, workdir, settings)
        .decide(
            new PromotionGate.Challenger(
                trained,
                backbone.trained(),
                emitter().conditions(models),
                report,
                rows.test(),
                data.dataset().images()));
  }

  /** Gives models their place, if they have met what they have to meet by themselves. */
  EmitModel.Result ship(String run, EmitModel.Result models) {
    return emitter().ship(run, models);
  }

  private EmitModel.Input input(
      TrainedHead trained, Report report, UsableDataset data, TrainingData rows) {
    Front front = settings.emit().front();
    Standardization standardization = trained.head().standardization();
    return new EmitModel.Input(
        trained,
        report,
        settings.image().crop(),
        checkImages(data, rows),
        rows.trainingSample(settings.emit().knn().examples()),
        front.form() == Front.Form.WHITEN
            ? Optional.of(rows.whitening(standardization, front.shrinkage()))
            : Optional.empty(),
        rows.meanInverseSum(trained.head().centered()));
  }

  /** The test images; where the data set holds none, the validation or the training images. */
  private List<EmitModel.CheckImage> checkImages(UsableDataset data, TrainingData rows) {
    Map<String, LabelledImage> images = new HashMap<>();
    data.dataset().images().forEach(image -> images.put(image.imageId(), image));
    ImageTransform transform = pipeline.transform();
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Examples examples =
        Stream.of(Split.TEST, Split.VALIDATION, Split.TRAIN)
            .map(rows::originals)
            .filter(some -> some.size() > 0)
            .findFirst()
            .orElseThrow();
    List<EmitModel.CheckImage> checks = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      String path = images.get(examples.imageIds()[i]).path();
      checks.add(
          new EmitModel.CheckImage(() -> pixels(transform, path, hadoop), examples.features()[i]));
    }
    return checks;
  }

  private byte[] pixels(ImageTransform transform, String path, Configuration hadoop) {
    try {
      byte[] file = DatasetFiles.read(path, hadoop, settings.image().maxBytes());
      return transform.apply(file, List.of(new Augmentation.None())).get(0);
    } catch (IOException | RejectedImageException e) {
      HeadgraftException gone =
          HeadgraftException.unusable(
              "The image %s cannot be read any more: %s".formatted(path, Stores.reason(e)), e);
      // Wrapped, so that it is not taken for a fault of the model that is checked.
      throw new IllegalStateException(gone.getMessage(), gone);
    }
  }

  /** The newest run that has trained heads. */
  String newestTrainedRun() {
    List<String> runs =
        workdir.list("runs").stream()
            .filter(run -> workdir.exists("runs/" + run + "/report.json"))
            .toList();
    if (runs.isEmpty()) {
      throw HeadgraftException.unusable(
          "%s holds no trained heads: run 'headgraft train' first".formatted(workdir.uri()));
    }
    return runs.get(runs.size() - 1);
  }

  /** Does a part of the chain, notes how long it takes, and logs one line when it is done. */
  private <T> T stage(String name, Supplier<T> work, Function<T, String> counts) {
    long start = System.nanoTime();
    T result;
    try {
      result = group(name, name).run(work);
    } finally {
      stages.add(new Stage(name, (System.nanoTime() - start) / 1e9));
    }
    double seconds = stages.get(stages.size() - 1).seconds();
    LOG.info("{}: {}, {} s", name, counts.apply(result), "%.1f".formatted(seconds));
    return result;
  }
}
