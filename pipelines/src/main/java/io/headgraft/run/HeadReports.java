package io.headgraft.run;

import io.headgraft.evaluation.Metrics;
import io.headgraft.evaluation.Reliability;
import io.headgraft.head.Choice;
import io.headgraft.head.Head;
import io.headgraft.head.HeadObjective;
import io.headgraft.head.LbfgsTrainer;
import io.headgraft.head.Predictions;
import io.headgraft.head.Setting;
import io.headgraft.head.TrainingData;
import io.headgraft.head.TrainingSet;
import io.headgraft.report.Report;
import io.headgraft.report.Report.HeadReport;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures heads, each in the same way. */
final class HeadReports {

  private final TrainingData data;
  private final TrainingSet everything;
  private final LbfgsTrainer reference;
  private final boolean foldTemperature;

  /** The minimum of the objective by penalty: L-BFGS goes there once for all heads. */
  private final Map<Double, HeadObjective> minima = new HashMap<>();

  HeadReports(
      TrainingData data, TrainingSet everything, LbfgsTrainer reference, boolean foldTemperature) {
    this.data = data;
    this.everything = everything;
    this.reference = reference;
    this.foldTemperature = foldTemperature;
  }

  /**
   * The figures of a head.
   *
   * @param test what its final form says of the test split; null if there is none
   */
  HeadReport of(ChosenHead<?> chosen, Predictions test) {
    Choice<?> choice = chosen.choice();
    Metrics selection = chosen.selection(data.labels(), divisor(chosen));
    return new HeadReport(
        chosen.name(),
        hyperparameters(chosen),
        choice.fits() + 1,
        chosen.seconds(),
        chosen.trainer().how(everything),
        chosen.classifier(foldTemperature) instanceof Head head
            ? metrics(data.trainPredictions(head))
            : null,
        data.validation().size() == 0 ? null : selection,
        metrics(test),
        selection,
        choice.trials(),
        choice.curve(),
        seeds(choice),
        chosen.classifier() instanceof Head head ? objective(head, choice.setting()) : null,
        chosen.classifier() instanceof Head head ? temperature(chosen, head) : null,
        test == null ? List.of() : Reliability.of(test.labels(), test.probabilities()).bins());
  }

  private double divisor(ChosenHead<?> chosen) {
    return foldTemperature && chosen.temperature() != null ? chosen.temperature().value() : 1;
  }

  private Metrics metrics(Predictions predictions) {
    return predictions == null ? null : predictions.metrics(data.labels());
  }

  private static Map<String, Object> hyperparameters(ChosenHead<?> chosen) {
    Map<String, Object> all = new LinkedHashMap<>(chosen.choice().setting().toMap());
    if (chosen.classifier() instanceof Head head) {
      all.putAll(head.hyperparameters());
    }
    return all;
  }

  private static Report.SeedSpread seeds(Choice<?> choice) {
    return choice.seeds().isEmpty()
        ? null
        : new Report.SeedSpread(
            choice.seeds().stream().map(Choice.SeedTrial::seed).toList(),
            choice.seeds().stream().map(Choice.SeedTrial::accuracy).toList(),
            choice.seeds().stream().map(Choice.SeedTrial::logLoss).toList());
  }

  private Report.Objective objective(Head head, Setting setting) {
    double l2 = (Double) setting.toMap().get("l2");
    HeadObjective own = HeadObjective.of(everything, head, l2);
    if (head.name().equals(reference.name())) {
      minima.put(l2, own);
    }
    HeadObjective minimum =
        minima.computeIfAbsent(
            l2,
            penalty ->
                HeadObjective.of(
                    everything,
                    reference.train(everything, new Setting.Penalty(penalty), head),
                    penalty));
    return new Report.Objective(
        l2, own.value(), minimum.value(), own.value() - minimum.value(), own.gradientNorm());
  }

  private Report.Temperature temperature(ChosenHead<?> chosen, Head head) {
    double value = chosen.temperature().value();
    Metrics before = chosen.selection(data.labels(), 1);
    Metrics after = chosen.selection(data.labels(), value);
    boolean tested = data.test().size() > 0;
    Metrics testBefore = tested ? metrics(Predictions.of(head, data.test())) : null;
    Metrics testAfter = tested ? metrics(Predictions.of(head.cooled(value), data.test())) : null;
    return new Report.Temperature(
        value,
        chosen.temperature().atBound(),
        foldTemperature,
        before.logLoss(),
        after.logLoss(),
        before.ece(),
        after.ece(),
        tested ? testBefore.logLoss() : null,
        tested ? testAfter.logLoss() : null,
        tested ? testBefore.ece() : null,
        tested ? testAfter.ece() : null);
  }
}
