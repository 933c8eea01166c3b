package io.headgraft.report;

import io.headgraft.evaluation.Comparison;
import io.headgraft.evaluation.Interval;
import io.headgraft.evaluation.Metrics;
import io.headgraft.evaluation.Reliability;
import io.headgraft.head.CurvePoint;
import io.headgraft.head.Trial;
import io.headgraft.image.Rejection;
import io.headgraft.personalization.Forecast;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the heads of a run compare: {@code report.json}.
 *
 * @param run its id
 * @param heads in the order of the configuration
 * @param comparisons of every two heads, on the test split; none if the data set has no such split
 * @param learningCurves how good the heads are with fewer training photos
 * @param augmentation null if the features have no variants, or nothing to measure their effect on
 * @param mistakes the test photos that the heads are most wrong about, the worst first
 * @param earlier the previous run and the champion, if there are any
 * @param personalization what users will make of the models; null until they are emitted, or if it
 *     is not wanted
 * @param gate what the models had to meet to go live; null until that is decided
 */
public record Report(
    String run,
    BackboneFacts backbone,
    DatasetFacts dataset,
    List<HeadReport> heads,
    List<Comparison> comparisons,
    List<LearningCurve> learningCurves,
    AugmentationEffect augmentation,
    List<Mistake> mistakes,
    List<EarlierRun> earlier,
    Provenance provenance,
    Forecast personalization,
    Gate gate) {

  /** As it is before its models are made. */
  public Report(
      String run,
      BackboneFacts backbone,
      DatasetFacts dataset,
      List<HeadReport> heads,
      List<Comparison> comparisons,
      List<LearningCurve> learningCurves,
      AugmentationEffect augmentation,
      List<Mistake> mistakes,
      List<EarlierRun> earlier,
      Provenance provenance) {
    this(
        run,
        backbone,
        dataset,
        heads,
        comparisons,
        learningCurves,
        augmentation,
        mistakes,
        earlier,
        provenance,
        null,
        null);
  }

  /**
   * The frozen network.
   *
   * @param name of the file
   * @param fingerprint SHA-256 of the layers that make the features
   * @param trained whether its weights have learnt anything; figures of one that has not say
   *     nothing about the photos
   */
  public record BackboneFacts(
      String name, String fingerprint, String featureLayer, boolean trained) {}

  /**
   * What was trained and measured on: numbers of images, each once.
   *
   * @param variants of each training image, the image itself included
   * @param selectedOn what the settings were chosen on, for people: the validation split, or
   *     cross-validation of the training split
   * @param rejected files that are not used, by reason
   */
  public record DatasetFacts(
      List<String> labels,
      int train,
      int validation,
      int test,
      int variants,
      String selectedOn,
      Map<Rejection, Integer> rejected) {}

  /**
   * One head: its setting was chosen by log-loss on held-out images, then it was trained anew on
   * the training and the validation images, and tested once.
   *
   * @param hyperparameters that were chosen, and what came of them
   * @param fits how often it was trained to come to this
   * @param seconds that took
   * @param trainedBy how its training was distributed, for people
   * @param train of the final head, on the training images as they are
   * @param validation of the chosen setting, trained on the training images only; null if the data
   *     set has no such split
   * @param test of the final head; null if the data set has no such split
   * @param selection of the chosen setting on all images that were held out to choose it; the same
   *     as {@code validation} if there is one, else of the cross-validation
   * @param sweep every setting that was tried
   * @param curve of the chosen setting, trained on the training images; empty for k-NN
   * @param seeds null for a head that has no seed
   * @param objective null for a head that minimizes none
   * @param temperature null for a head that has no logits
   * @param reliability of the final head on the test split; empty if there is none
   */
  public record HeadReport(
      String name,
      Map<String, Object> hyperparameters,
      int fits,
      double seconds,
      String trainedBy,
      Metrics train,
      Metrics validation,
      Metrics test,
      Metrics selection,
      List<Trial> sweep,
      List<CurvePoint> curve,
      SeedSpread seeds,
      Objective objective,
      Temperature temperature,
      List<Reliability.Bin> reliability) {}

  /**
   * The chosen setting with several seeds, each on the held-out images.
   *
   * @param seeds at least one
   * @param accuracies one a seed
   * @param logLosses one a seed
   */
  public record SeedSpread(List<Long> seeds, List<Double> accuracies, List<Double> logLosses) {}

  /**
   * How close the final head came to the minimum of what it minimizes: mean cross entropy of the
   * rows + l2 / 2 · |weights|².
   *
   * @param value f, of the head
   * @param optimum f*, of L-BFGS at the same penalty on the same rows
   * @param gap f − f*
   * @param gradientNorm Euclidean norm of the gradient at the head
   */
  public record Objective(
      double l2, double value, double optimum, double gap, double gradientNorm) {}

  /**
   * One temperature for all logits, fitted on held-out images.
   *
   * @param value that divides the logits; above 1 the head was too sure of itself
   * @param atBound whether the fit wanted to leave the range that is searched
   * @param folded whether the head's weights contain it; if not, all other figures are without it
   */
  public record Temperature(
      double value,
      boolean atBound,
      boolean folded,
      double selectionLogLossBefore,
      double selectionLogLossAfter,
      double selectionEceBefore,
      double selectionEceAfter,
      Double testLogLossBefore,
      Double testLogLossAfter,
      Double testEceBefore,
      Double testEceAfter) {}

  /** A head trained on fewer photos, at its chosen setting, and measured on held-out images. */
  public record LearningCurve(String head, List<LearningPoint> points) {}

  /**
   * One size of the training split.
   *
   * @param photosPerLabel at most so many training photos of each label
   * @param photos in all
   */
  public record LearningPoint(
      int photosPerLabel, int photos, double accuracy, Interval interval, double logLoss) {}

  /**
   * What the variants are worth: the reference head chosen and trained with and without them.
   *
   * @param head that was trained both ways
   * @param with on the test split
   * @param without on the test split
   * @param comparison with (a) against without (b)
   */
  public record AugmentationEffect(
      String head, Metrics with, Metrics without, Comparison comparison) {}

  /** A test photo and what each head said of it. */
  public record Mistake(String imageId, String path, String label, List<Answer> answers) {}

  /**
   * What a head said of a photo.
   *
   * @param probability of the label that the head gave
   * @param trueProbability of the photo's own label
   */
  public record Answer(String head, String label, double probability, double trueProbability) {}

  /**
   * An earlier run's shipped head.
   *
   * @param role previous or champion
   * @param head the name of the head
   * @param reported its figures on the test split of its own day; null if it had none
   * @param today its figures on today's test split; null if it cannot be run on today's features
   * @param comparison today's best head (a) against it (b), on today's test split; null likewise
   */
  public record EarlierRun(
      String role,
      String run,
      String head,
      Metrics reported,
      Metrics today,
      Comparison comparison) {}

  /**
   * All that is needed to repeat the run.
   *
   * @param datasetVersion of the data set table
   * @param featuresVersion of the feature cache
   * @param pipeline fingerprint of what makes the features
   */
  public record Provenance(
      long datasetVersion,
      long featuresVersion,
      String pipeline,
      Map<String, Object> configuration,
      Map<String, String> environment) {}

  /**
   * Whether the run's models go live, and why.
   *
   * @param champion the run whose models were live; null if there was none
   */
  public record Gate(String champion, List<Condition> conditions) {

    /** Whether all conditions are met. */
    public boolean passed() {
      return failed().isEmpty();
    }

    /** The conditions that are not met. */
    public List<Condition> failed() {
      return conditions.stream().filter(condition -> !condition.passed()).toList();
    }
  }

  /**
   * Something that models have to meet to go live.
   *
   * @param value the figure
   * @param limit that it is held against
   * @param detail what was found, for people, without a full stop
   */
  public record Condition(String name, double value, double limit, boolean passed, String detail) {}

  /** This report with what was decided of its models. */
  public Report withGate(Gate decided) {
    return with(personalization, decided);
  }

  /** This report with what users will make of its models; null for nothing. */
  public Report withPersonalization(Forecast forecast) {
    return with(forecast, gate);
  }

  private Report with(Forecast forecast, Gate decided) {
    return new Report(
        run,
        backbone,
        dataset,
        heads,
        comparisons,
        learningCurves,
        augmentation,
        mistakes,
        earlier,
        provenance,
        forecast,
        decided);
  }

  /** The head of a name. */
  public Optional<HeadReport> head(String name) {
    return heads.stream().filter(head -> head.name().equals(name)).findFirst();
  }
}
