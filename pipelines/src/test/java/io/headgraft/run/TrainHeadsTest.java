package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.Json;
import io.headgraft.dataset.LabelledDataset;
import io.headgraft.dataset.Split;
import io.headgraft.evaluation.Metrics;
import io.headgraft.evaluation.Probabilities;
import io.headgraft.head.Checkpoints;
import io.headgraft.head.Examples;
import io.headgraft.head.Head;
import io.headgraft.head.HeadOptions;
import io.headgraft.head.TrainingData;
import io.headgraft.report.Report;
import io.headgraft.report.Report.HeadReport;
import io.headgraft.testing.LocalSpark;
import io.headgraft.testing.SameBits;
import io.headgraft.testing.SmallProblem;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All heads on a small problem, by the default configuration, but for the learning rates. */
class TrainHeadsTest {

  private static final ReportOptions REPORT = new ReportOptions(0.1, 99, 1, 24, 4, 128);
  private static final Examples TEST = SmallProblem.examples(Split.TEST);

  /** A hundred rows make only four mini-batches an epoch: each has to go further. */
  private static final List<String> RATES =
      List.of(
          "head.sgd.learning-rates=[0.01, 0.03, 0.1]",
          "head.adam.learning-rates=[0.01, 0.03, 0.1]");

  private static TrainHeads.Result result;

  /** What was told of each head's sweep: fits done and fits in all. */
  private static final Map<String, List<String>> PROGRESS = new ConcurrentHashMap<>();

  @BeforeAll
  static void train() {
    result = run(SmallProblem.dataset(), SmallProblem.features(2, false));
  }

  private static TrainHeads.Result run(
      LabelledDataset dataset, Dataset<Row> features, String... overrides) {
    HeadOptions options =
        SmallProblem.options(
            Stream.concat(RATES.stream(), Stream.of(overrides)).toArray(String[]::new));
    try (TrainingData data = SmallProblem.load(options, dataset, features)) {
      return new TrainHeads(options, REPORT, LocalSpark.context(), Checkpoints.NONE)
          .run(
              data,
              name ->
                  (done, total) ->
                      PROGRESS
                          .computeIfAbsent(name, unused -> new CopyOnWriteArrayList<>())
                          .add(done + "/" + total));
    }
  }

  private static HeadReport report(String name) {
    return report(result, name);
  }

  private static HeadReport report(TrainHeads.Result from, String name) {
    return from.reports().stream()
        .filter(report -> report.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void reportsTheHeadsInTheOrderOfTheConfiguration() {
    assertThat(result.reports())
        .extracting(HeadReport::name)
        .containsExactly("lbfgs", "sgd", "adam", "knn");
    assertThat(result.test().keySet()).containsExactly("lbfgs", "sgd", "adam", "knn");
    assertThat(result.heads()).extracting(Head::name).containsExactly("lbfgs", "sgd", "adam");
    assertThat(result.selectedOn()).isEqualTo("6 images of the validation split");
  }

  /** Else one head would have had more chances than another. */
  @Test
  void allTrainedHeadsTryAsManySettings() {
    for (String name : List.of("lbfgs", "sgd", "adam")) {
      assertThat(report(name).sweep()).hasSize(9);
    }
    assertThat(report("knn").sweep()).hasSize(12);
    // L-BFGS: once more for the curve, the others with four more seeds, all for the final head.
    assertThat(result.reports()).extracting(HeadReport::fits).containsExactly(11, 14, 14, 2);
  }

  /** Every fit that chooses a setting or shows a seed, but not the final one. */
  @Test
  void tellsHowFarEachSweepIs() {
    assertThat(PROGRESS.keySet()).containsExactlyInAnyOrder("lbfgs", "sgd", "adam", "knn");
    assertThat(PROGRESS.get("lbfgs").subList(0, 9))
        .containsExactly("1/9", "2/9", "3/9", "4/9", "5/9", "6/9", "7/9", "8/9", "9/9");
    assertThat(PROGRESS.get("sgd")).contains("9/13", "13/13");
    assertThat(PROGRESS.get("adam")).contains("9/13", "13/13");
    assertThat(PROGRESS.get("knn")).contains("1/1");
  }

  @Test
  void theChosenSettingIsTheBestOfItsSweep() {
    for (String name : List.of("lbfgs", "sgd", "adam")) {
      HeadReport head = report(name);
      double best = head.sweep().stream().mapToDouble(trial -> trial.logLoss()).min().orElseThrow();
      assertThat(head.selection().logLoss()).isCloseTo(best, within(1e-9));
      assertThat(head.sweep())
          .filteredOn(trial -> trial.logLoss() == best)
          .allSatisfy(
              trial ->
                  assertThat(head.hyperparameters()).containsAllEntriesOf(trial.hyperparameters()));
    }
    HeadReport knn = report("knn");
    assertThat(knn.selection().accuracy())
        .isEqualTo(knn.sweep().stream().mapToDouble(trial -> trial.accuracy()).max().orElseThrow());
  }

  @Test
  void eachHeadIsMeasuredOnAllSplits() {
    for (HeadReport head : result.reports()) {
      assertThat(head.test().examples()).isEqualTo(6);
      assertThat(head.selection().examples()).isEqualTo(6);
      assertThat(head.validation()).isEqualTo(head.selection());
      assertThat(head.reliability()).isNotEmpty();
      assertThat(head.seconds()).isPositive();
    }
    for (String name : List.of("lbfgs", "sgd", "adam")) {
      assertThat(report(name).train().examples()).isEqualTo(48);
      assertThat(report(name).train().accuracy()).isGreaterThan(0.5);
      assertThat(report(name).curve()).isNotEmpty();
    }
    assertThat(report("knn").train()).isNull();
    assertThat(report("knn").curve()).isEmpty();
  }

  @Test
  void theTestSplitIsMeasuredWithTheHeadThatIsShipped() {
    for (Head head : result.heads()) {
      Metrics expected =
          Metrics.of(SmallProblem.LABELS, TEST.labels(), head.probabilities(TEST.features()));
      assertThat(report(head.name()).test())
          .usingRecursiveComparison(SameBits.butForSeconds())
          .isEqualTo(expected);
      assertThat(result.test().get(head.name()).probabilities())
          .isDeepEqualTo(head.probabilities(TEST.features()));
    }
  }

  @Test
  void theFinalHeadsSeeTheValidationSplitToo() {
    assertThat(result.heads())
        .allSatisfy(
            head -> {
              double sum = 0;
              for (Split split : List.of(Split.TRAIN, Split.VALIDATION)) {
                for (float[] row : SmallProblem.examples(split).features()) {
                  sum += row[0];
                }
              }
              assertThat(head.standardization().mean()[0]).isCloseTo(sum / 102, within(1e-12));
            });
  }

  @Test
  void allHeadsComeNearTheSameOptimum() {
    assertThat(report("lbfgs").objective().gap()).isZero();
    assertThat(report("lbfgs").objective().gradientNorm()).isLessThan(1e-3);
    for (String name : List.of("lbfgs", "sgd", "adam")) {
      Report.Objective objective = report(name).objective();
      assertThat(objective.l2()).isEqualTo(report(name).hyperparameters().get("l2"));
      assertThat(objective.gap()).isBetween(-1e-9, 0.02);
      assertThat(objective.gap()).isEqualTo(objective.value() - objective.optimum());
      assertThat(objective.optimum()).isBetween(0.1, Math.log(3));
    }
    assertThat(report("knn").objective()).isNull();
  }

  @Test
  void someSeedsShowHowMuchTheOrderMatters() {
    for (String name : List.of("sgd", "adam")) {
      Report.SeedSpread seeds = report(name).seeds();
      assertThat(seeds.seeds()).containsExactly(1L, 2L, 3L, 4L, 5L);
      assertThat(seeds.accuracies()).hasSize(5);
      assertThat(seeds.logLosses()).hasSize(5).doesNotHaveDuplicates();
      assertThat(seeds.logLosses().get(0))
          .isCloseTo(report(name).selection().logLoss(), within(1e-9));
    }
    assertThat(report("lbfgs").seeds()).isNull();
    assertThat(report("knn").seeds()).isNull();
  }

  @Test
  void theTemperatureIsReported() {
    for (String name : List.of("lbfgs", "sgd", "adam")) {
      HeadReport head = report(name);
      Report.Temperature temperature = head.temperature();
      assertThat(temperature.folded()).isFalse();
      assertThat(temperature.selectionLogLossAfter())
          .isLessThanOrEqualTo(temperature.selectionLogLossBefore());
      assertThat(temperature.selectionLogLossBefore()).isEqualTo(head.selection().logLoss());
      assertThat(temperature.testLogLossBefore()).isEqualTo(head.test().logLoss());
      assertThat(temperature.testEceBefore()).isEqualTo(head.test().ece());
    }
    assertThat(report("knn").temperature()).isNull();
  }

  @Test
  void aFoldedTemperatureChangesProbabilitiesButNoLabel() {
    TrainHeads.Result folded =
        run(
            SmallProblem.dataset(),
            SmallProblem.features(2, false),
            "head.temperature=fold",
            "head.learning-curve=[]");

    for (int i = 0; i < 3; i++) {
      Head before = result.heads().get(i);
      Head after = folded.heads().get(i);
      HeadReport head = report(folded, after.name());
      Report.Temperature temperature = head.temperature();
      assertThat(temperature.folded()).isTrue();
      assertThat(temperature.value())
          .isEqualTo(report(before.name()).temperature().value())
          .isNotEqualTo(1);
      assertThat(head.test().logLoss()).isEqualTo(temperature.testLogLossAfter());
      assertThat(head.selection().logLoss()).isEqualTo(temperature.selectionLogLossAfter());
      assertThat(after.weights()).isDeepEqualTo(before.cooled(temperature.value()).weights());
      for (float[] feature : TEST.features()) {
        assertThat(after.probabilities(feature)).isNotEqualTo(before.probabilities(feature));
        assertThat(Probabilities.argmax(after.probabilities(feature)))
            .isEqualTo(Probabilities.argmax(before.probabilities(feature)));
      }
      assertThat(head.objective())
          .as("of the head as it was trained")
          .isEqualTo(report(before.name()).objective());
    }
    assertThat(folded.learningCurves()).allSatisfy(curve -> assertThat(curve.points()).isEmpty());
  }

  @Test
  void everyTwoHeadsAreCompared() {
    assertThat(result.comparisons())
        .extracting(comparison -> comparison.a() + " " + comparison.b())
        .containsExactly("lbfgs sgd", "lbfgs adam", "sgd adam", "lbfgs knn", "sgd knn", "adam knn");
    assertThat(result.comparisons())
        .allSatisfy(
            comparison -> {
              assertThat(comparison.split()).isEqualTo("test");
              assertThat(comparison.examples()).isEqualTo(6);
              assertThat(comparison.accuracyDifference())
                  .isCloseTo(
                      report(comparison.a()).test().accuracy()
                          - report(comparison.b()).test().accuracy(),
                      within(1e-12));
            });
  }

  @Test
  void learningCurvesHaveUpToAllPhotos() {
    // 16 training photos of each label.
    assertThat(result.learningCurves())
        .extracting(Report.LearningCurve::head)
        .containsExactly("lbfgs", "sgd", "adam", "knn");
    assertThat(result.learningCurves())
        .allSatisfy(
            curve -> {
              assertThat(curve.points())
                  .extracting(Report.LearningPoint::photosPerLabel)
                  .containsExactly(5, 10, 20);
              assertThat(curve.points())
                  .extracting(Report.LearningPoint::photos)
                  .containsExactly(15, 30, 48);
            });
    // With all photos, L-BFGS is where it was when its setting was chosen.
    assertThat(result.learningCurves().get(0).points().get(2).logLoss())
        .isCloseTo(report("lbfgs").selection().logLoss(), within(1e-2));
  }

  @Test
  void theVariantsAreMeasured() {
    Report.AugmentationEffect effect = result.augmentation();

    assertThat(effect.head()).isEqualTo("lbfgs");
    assertThat(effect.with())
        .usingRecursiveComparison(SameBits.butForSeconds())
        .isEqualTo(report("lbfgs").test());
    assertThat(effect.without().examples()).isEqualTo(6);
    assertThat(effect.without().logLoss()).isNotEqualTo(effect.with().logLoss());
    assertThat(effect.comparison().a()).isEqualTo("with variants");
    assertThat(effect.comparison().b()).isEqualTo("without variants");
  }

  @Test
  void withoutAValidationSplitSettingsAreCrossValidated() {
    TrainHeads.Result crossValidated =
        run(
            SmallProblem.dataset(Split.VALIDATION),
            SmallProblem.features(2, false),
            "head.folds=3",
            "head.learning-curve=[]");

    assertThat(crossValidated.selectedOn())
        .isEqualTo("3-fold cross-validation of the 54 images of the training split");
    for (HeadReport head : crossValidated.reports()) {
      assertThat(head.validation()).isNull();
      assertThat(head.selection().examples()).isEqualTo(54);
      assertThat(head.test().examples()).isEqualTo(6);
    }
    assertThat(crossValidated.reports())
        .extracting(HeadReport::fits)
        .containsExactly(9 * 3 + 2, 13 * 3 + 1, 13 * 3 + 1, 3 + 1);
    for (String name : List.of("sgd", "adam")) {
      assertThat(report(crossValidated, name).objective().gap()).isBetween(-1e-9, 0.02);
    }
  }

  @Test
  void withoutATestSplitThereIsNothingToCompare() {
    TrainHeads.Result untested =
        run(
            SmallProblem.dataset(Split.TEST),
            SmallProblem.features(2, false),
            "head.names=[lbfgs, knn]");

    assertThat(untested.test()).isEmpty();
    assertThat(untested.comparisons()).isEmpty();
    assertThat(untested.augmentation()).isNull();
    for (HeadReport head : untested.reports()) {
      assertThat(head.test()).isNull();
      assertThat(head.reliability()).isEmpty();
      assertThat(head.selection().examples()).isEqualTo(6);
    }
    Report.Temperature temperature = report(untested, "lbfgs").temperature();
    assertThat(temperature.testLogLossBefore()).isNull();
    assertThat(temperature.testEceAfter()).isNull();
  }

  @Test
  void aHeadAloneHasAnOptimumToo() {
    TrainHeads.Result alone =
        run(
            SmallProblem.dataset(),
            SmallProblem.features(2, false),
            "head.names=[sgd]",
            "head.learning-curve=[]");

    assertThat(alone.reports()).hasSize(1);
    Report.Objective expected = report("sgd").objective();
    assertThat(report(alone, "sgd").objective().value()).isEqualTo(expected.value());
    assertThat(report(alone, "sgd").objective().optimum())
        .isCloseTo(expected.optimum(), within(1e-7));
    assertThat(alone.comparisons()).isEmpty();
    assertThat(alone.augmentation()).as("is measured with L-BFGS").isNull();
  }

  @Test
  void noBitChangesFromRunToRun() {
    for (Dataset<Row> features :
        List.of(SmallProblem.features(2, false), SmallProblem.features(7, true))) {
      TrainHeads.Result again = run(SmallProblem.dataset(), features);

      assertThat(again).usingRecursiveComparison(SameBits.butForSeconds()).isEqualTo(result);
    }
  }

  @Test
  void moreThanOneProcessHoldsIsTrainedOnSpark() {
    TrainHeads.Result distributed =
        run(
            SmallProblem.dataset(),
            SmallProblem.features(2, false),
            "head.memory=1",
            "head.partitions=2",
            "head.seeds=1",
            "head.sgd.epochs=5",
            "head.adam.epochs=5");

    assertThat(distributed.reports())
        .extracting(HeadReport::trainedBy)
        .containsExactly(
            "distributed over 3 partitions, by Spark MLlib",
            "distributed over 3 partitions, all settings at once on each partition, averaged after"
                + " each epoch",
            "distributed over 3 partitions, all settings at once on each partition, averaged after"
                + " each epoch",
            "by Spark tasks on parts of the rows");
    for (HeadReport head : distributed.reports()) {
      assertThat(head.test().examples()).isEqualTo(6);
    }
    assertThat(report(distributed, "lbfgs").train().examples()).isEqualTo(48);
    assertThat(report(distributed, "lbfgs").test().logLoss())
        .isCloseTo(report("lbfgs").test().logLoss(), within(1e-2));
    assertThat(distributed.augmentation()).isNull();
    assertThat(distributed.learningCurves())
        .allSatisfy(curve -> assertThat(curve.points()).isEmpty());
  }

  @Test
  void theReportIsReadAsItWasWritten(@TempDir Path folder) {
    Settings settings = Settings.load(Optional.empty(), List.of("report.mistakes=3"));
    WorkDirectory workdir = WorkDirectory.open(folder.toString(), new Configuration());
    UsableDataset dataset = new UsableDataset(SmallProblem.dataset(), List.of());
    try (TrainingData data = SmallProblem.load(settings.heads())) {
      Report report =
          new TrainingReport(
                  "20260101",
                  new Report.BackboneFacts("a.mlmodel", "f0", "flatten", true),
                  settings,
                  workdir,
                  "pipeline")
              .of(dataset, data, result, 3);

      assertThat(report.dataset().train()).isEqualTo(48);
      assertThat(report.dataset().validation()).isEqualTo(6);
      assertThat(report.dataset().test()).isEqualTo(6);
      assertThat(report.dataset().variants()).isEqualTo(5);
      assertThat(report.dataset().selectedOn()).isEqualTo("6 images of the validation split");
      assertThat(report.mistakes()).hasSizeLessThanOrEqualTo(3);
      assertThat(report.earlier()).isEmpty();
      assertThat(report.provenance().datasetVersion()).isEqualTo(7);
      assertThat(report.provenance().featuresVersion()).isEqualTo(3);
      assertThat(report.provenance().configuration()).containsKeys("head", "report");
      byte[] json = Json.pretty(report);
      assertThat(Json.pretty(Json.read(json, Report.class, "report.json"))).isEqualTo(json);
      Report read = Json.read(json, Report.class, "report.json");
      assertThat(read.heads().get(0).curve().get(0).lastBatchLoss()).isNaN();
      assertThat(read.head("knn").orElseThrow().objective()).isNull();
      assertThat(
              Arrays.stream(read.head("sgd").orElseThrow().test().confusion())
                  .flatMapToInt(Arrays::stream)
                  .sum())
          .isEqualTo(6);
    }
  }
}
