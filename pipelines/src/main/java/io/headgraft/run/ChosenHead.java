package io.headgraft.run;

import io.headgraft.evaluation.Metrics;
import io.headgraft.evaluation.Probabilities;
import io.headgraft.evaluation.Temperature;
import io.headgraft.features.Progress;
import io.headgraft.head.Choice;
import io.headgraft.head.Classifier;
import io.headgraft.head.Folds;
import io.headgraft.head.Head;
import io.headgraft.head.HeadTrainer;
import io.headgraft.head.LearningCurve;
import io.headgraft.head.Setting;
import io.headgraft.head.TrainingSet;
import io.headgraft.report.Report;
import java.util.Arrays;
import java.util.List;

/**
 * A head whose setting was chosen, trained at that setting on all that may be trained on.
 *
 * @param temperature fitted on the held-out examples; null for a head without logits
 * @param classifier as it was trained
 * @param seconds that choosing and training took
 */
record ChosenHead<S extends Setting>(
    HeadTrainer<S> trainer,
    Folds folds,
    Choice<S> choice,
    Temperature temperature,
    Classifier classifier,
    double seconds) {

  static <S extends Setting> ChosenHead<S> of(
      HeadTrainer<S> trainer, Folds folds, TrainingSet everything, Progress progress) {
    long start = System.nanoTime();
    Choice<S> choice = trainer.choose(folds, progress);
    Classifier classifier = trainer.train(everything, choice.setting());
    return new ChosenHead<>(
        trainer,
        folds,
        choice,
        classifier instanceof Head ? Temperature.fit(choice.heldOut(), folds.labels()) : null,
        classifier,
        (System.nanoTime() - start) / 1e9);
  }

  String name() {
    return trainer.name();
  }

  /** The final head: with its temperature in the weights, if that is wanted. */
  Classifier classifier(boolean foldTemperature) {
    return foldTemperature && classifier instanceof Head head
        ? head.cooled(temperature.value())
        : classifier;
  }

  /** Of the chosen setting on the held-out examples. */
  Metrics selection(List<String> labels, double divisor) {
    double[][] probabilities =
        Arrays.stream(choice.heldOut())
            .map(logits -> Arrays.stream(logits).map(logit -> logit / divisor).toArray())
            .map(Probabilities::softmax)
            .toArray(double[][]::new);
    return Metrics.of(labels, folds.labels(), probabilities);
  }

  Report.LearningCurve learningCurve(List<String> labels, List<Integer> photosPerLabel) {
    return new Report.LearningCurve(
        name(),
        LearningCurve.of(trainer, choice.setting(), folds, photosPerLabel).stream()
            .map(point -> point(labels, point))
            .toList());
  }

  private static Report.LearningPoint point(List<String> labels, LearningCurve.Point point) {
    Metrics metrics = point.predictions().metrics(labels);
    return new Report.LearningPoint(
        point.photosPerLabel(),
        point.photos(),
        metrics.accuracy(),
        metrics.accuracyInterval(),
        metrics.logLoss());
  }
}
