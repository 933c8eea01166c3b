package io.headgraft.run;

import io.headgraft.JobGroup;
import io.headgraft.evaluation.Comparison;
import io.headgraft.evaluation.Comparisons;
import io.headgraft.features.Progress;
import io.headgraft.head.Checkpoints;
import io.headgraft.head.DescentTrainer;
import io.headgraft.head.Examples;
import io.headgraft.head.Folds;
import io.headgraft.head.Head;
import io.headgraft.head.HeadOptions;
import io.headgraft.head.HeadTrainer;
import io.headgraft.head.LbfgsTrainer;
import io.headgraft.head.NearestNeighboursTrainer;
import io.headgraft.head.Predictions;
import io.headgraft.head.TrainingData;
import io.headgraft.head.TrainingSet;
import io.headgraft.report.Report;
import io.headgraft.report.Report.AugmentationEffect;
import io.headgraft.report.Report.HeadReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Chooses the settings of each head on held-out images, trains it anew on all that may be trained
 * on, tests it once, and compares.
 */
public final class TrainHeads {

  private final HeadOptions options;
  private final ReportOptions reportOptions;
  private final JavaSparkContext spark;
  private final Checkpoints checkpoints;
  private final LbfgsTrainer reference;

  /**
   * What came of it.
   *
   * @param heads those that can be grafted
   * @param selectedOn what the settings were chosen on, for people
   * @param test what each head says of the test split, by name, in the order of the configuration;
   *     empty if there is none
   */
  public record Result(
      List<Head> heads,
      List<HeadReport> reports,
      List<Comparison> comparisons,
      List<Report.LearningCurve> learningCurves,
      AugmentationEffect augmentation,
      String selectedOn,
      Map<String, Predictions> test) {}

  /** Prepares a training. */
  public TrainHeads(
      HeadOptions options,
      ReportOptions reportOptions,
      JavaSparkContext spark,
      Checkpoints checkpoints) {
    this.options = options;
    this.reportOptions = reportOptions;
    this.spark = spark;
    this.checkpoints = checkpoints;
    this.reference = new LbfgsTrainer(options);
  }

  /** Trains and measures. */
  public Result run(TrainingData data) {
    return run(data, name -> Progress.NONE);
  }

  /**
   * Trains and measures.
   *
   * @param progress by the name of the head whose sweep it is told of
   * @throws io.headgraft.HeadgraftException before any training, if the heap has no room for it
   */
  public Result run(TrainingData data, Function<String, Progress> progress) {
    data.requireFits(Runtime.getRuntime().maxMemory());
    return group("measuring the heads", () -> trained(data, progress));
  }

  private Result trained(TrainingData data, Function<String, Progress> progress) {
    Folds folds = data.folds();
    try (TrainingSet everything = data.everything()) {
      HeadReports measurements =
          new HeadReports(data, everything, reference, options.foldTemperature());
      List<Head> heads = new ArrayList<>();
      List<HeadReport> reports = new ArrayList<>();
      List<Report.LearningCurve> curves = new ArrayList<>();
      Map<String, Predictions> test = new LinkedHashMap<>();
      for (String name : options.names()) {
        ChosenHead<?> chosen = choose(trainer(name), folds, everything, progress.apply(name));
        if (chosen.classifier(options.foldTemperature()) instanceof Head head) {
          heads.add(head);
        }
        if (data.test().size() > 0) {
          test.put(name, Predictions.of(chosen.classifier(options.foldTemperature()), data.test()));
        }
        reports.add(measurements.of(chosen, test.get(name)));
        curves.add(
            group(
                name + " learning curve",
                () -> chosen.learningCurve(data.labels(), options.learningCurve())));
      }
      return new Result(
          heads,
          reports,
          compare(data.test(), test),
          curves,
          augmentation(data, test.get(reference.name())),
          folds.description(),
          test);
    }
  }

  private ChosenHead<?> choose(
      HeadTrainer<?> trainer, Folds folds, TrainingSet everything, Progress progress) {
    return group(
        trainer.name() + " sweep", () -> ChosenHead.of(trainer, folds, everything, progress));
  }

  private <T> T group(String what, Supplier<T> work) {
    return new JobGroup(spark.sc(), "train", "train: " + what).run(work);
  }

  private HeadTrainer<?> trainer(String name) {
    return switch (name) {
      case "lbfgs" -> reference;
      case "sgd" -> new DescentTrainer(name, options, options.sgd(), spark, checkpoints);
      case "adam" -> new DescentTrainer(name, options, options.adam(), spark, checkpoints);
      case "knn" -> new NearestNeighboursTrainer(options.knn(), spark);
      default -> throw new IllegalArgumentException("There is no head " + name);
    };
  }

  /** Every two of some classifiers on the test split. */
  private List<Comparison> compare(Examples test, Map<String, Predictions> predictions) {
    if (test.size() == 0) {
      return List.of();
    }
    return new Comparisons("test", test.labels(), test.groups())
        .of(
            predictions.entrySet().stream()
                .map(entry -> entry.getValue().named(entry.getKey()))
                .toList(),
            reportOptions.comparisons());
  }

  /** The reference chosen and trained without variants, against the one with them. */
  private AugmentationEffect augmentation(TrainingData data, Predictions with) {
    if (with == null || !data.hasVariants()) {
      return null;
    }
    TrainingData originals = data.withoutVariants().orElseThrow();
    try (TrainingSet everything = originals.everything()) {
      ChosenHead<?> chosen = choose(reference, originals.folds(), everything, Progress.NONE);
      Predictions without =
          Predictions.of(chosen.classifier(options.foldTemperature()), data.test());
      Map<String, Predictions> both = new LinkedHashMap<>();
      both.put("with variants", with);
      both.put("without variants", without);
      return new AugmentationEffect(
          reference.name(),
          with.metrics(data.labels()),
          without.metrics(data.labels()),
          compare(data.test(), both).get(0));
    }
  }
}
