package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.dataset.Split;
import io.headgraft.evaluation.Metrics;
import io.headgraft.testing.LocalSpark;
import io.headgraft.testing.SmallProblem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class LbfgsTrainerTest {

  private static final Examples TRAIN = SmallProblem.examples(Split.TRAIN);
  private static final Examples VALIDATION = SmallProblem.examples(Split.VALIDATION);
  private static final Examples TEST = SmallProblem.examples(Split.TEST);
  private static final Setting.Penalty PENALTY = new Setting.Penalty(0.01);

  @Test
  void learns() {
    Head head = train(SmallProblem.options(), data(new ClassWeights.None()));

    assertThat(head.name()).isEqualTo("lbfgs");
    assertThat(head.labels()).isEqualTo(SmallProblem.LABELS);
    assertThat(head.hyperparameters())
        .containsOnlyKeys("l2", "tolerance", "iterations", "gradient-norm")
        .containsEntry("l2", 0.01)
        .containsEntry("tolerance", 1e-10);
    assertThat((double) head.hyperparameters().get("gradient-norm")).isBetween(0.0, 1e-3);
    assertThat(
            Metrics.of(SmallProblem.LABELS, TEST.labels(), head.probabilities(TEST.features()))
                .accuracy())
        .isGreaterThan(0.5);
  }

  @Test
  void comesToTheModelOfSpark() {
    assertEqualsSpark(new ClassWeights.None());
  }

  @Test
  void comesToTheModelOfSparkWithClassWeights() {
    assertEqualsSpark(new ClassWeights.Explicit(Map.of("bee", 4.0, "cat", 0.5)));
  }

  private static void assertEqualsSpark(ClassWeights classWeights) {
    LocalTrainingSet data = data(classWeights);
    Head head = train(SmallProblem.options("head.lbfgs.tolerance=1e-14"), data).centered();
    LogisticRegressionModel model =
        new LogisticRegression()
            .setFamily("multinomial")
            .setWeightCol("weight")
            .setRegParam(PENALTY.l2())
            .setStandardization(false)
            .setMaxIter(2000)
            .setTol(1e-14)
            .fit(rows(data.rows()));

    for (int i = 0; i < SmallProblem.FEATURES; i++) {
      // A constant for each feature makes no difference to the probabilities.
      double mean = 0;
      for (int k = 0; k < 3; k++) {
        mean += model.coefficientMatrix().apply(k, i) / 3;
      }
      for (int k = 0; k < 3; k++) {
        assertThat(head.weights()[k][i])
            .isCloseTo(model.coefficientMatrix().apply(k, i) - mean, within(1e-6));
      }
    }
    Rows test = TEST.standardized(data.standardization(), new float[] {1, 1, 1});
    List<Row> predicted = model.transform(rows(test)).collectAsList();
    for (int i = 0; i < predicted.size(); i++) {
      assertThat(head.probabilities(TEST.features()[i]))
          .containsExactly(predicted.get(i).<Vector>getAs("probability").toArray(), within(1e-6));
    }
  }

  private static Dataset<Row> rows(Rows data) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < data.size(); i++) {
      float[] features = data.features()[i];
      rows.add(
          RowFactory.create(
              (double) data.labels()[i],
              (double) data.weights()[i],
              Vectors.dense(
                  IntStream.range(0, features.length).mapToDouble(j -> features[j]).toArray())));
    }
    StructType schema =
        new StructType()
            .add("label", DataTypes.DoubleType)
            .add("weight", DataTypes.DoubleType)
            .add("features", SQLDataTypes.VectorType());
    return LocalSpark.session().createDataFrame(rows, schema).coalesce(1);
  }

  @Test
  void rowsOnSparkGiveTheSameHead() {
    for (String weights : List.of("none", "{ bee = 4 }")) {
      String classWeights = "head.class-weights=" + weights;
      HeadOptions options =
          SmallProblem.options("head.memory=1", "head.partitions=3", classWeights);
      try (TrainingData local = SmallProblem.load(SmallProblem.options(classWeights));
          TrainingData distributed = SmallProblem.load(options);
          TrainingSet rows = distributed.everything()) {
        LbfgsTrainer trainer = new LbfgsTrainer(options);
        Head expected = trainer.train(local.everything(), PENALTY).centered();

        Head head = trainer.train(rows, PENALTY);

        assertThat(rows.where()).isEqualTo("distributed over 4 partitions");
        assertThat(trainer.how(rows)).isEqualTo("distributed over 4 partitions, by Spark MLlib");
        assertThat((double) head.hyperparameters().get("gradient-norm")).isLessThan(1e-3);
        assertThat((int) head.hyperparameters().get("iterations")).isPositive();
        for (int k = 0; k < 3; k++) {
          assertThat(head.centered().weights()[k])
              .containsExactly(expected.weights()[k], within(1e-3));
        }
        for (float[] feature : TEST.features()) {
          assertThat(head.probabilities(feature))
              .containsExactly(expected.probabilities(feature), within(1e-4));
        }
      }
    }
  }

  @Test
  void sweepsAGridAndRefinesItAroundTheBest() {
    Folds folds = validation();
    Choice<Setting.Penalty> choice = new LbfgsTrainer(SmallProblem.options()).choose(folds);

    List<Double> penalties =
        choice.trials().stream().map(trial -> (Double) trial.hyperparameters().get("l2")).toList();
    assertThat(penalties).hasSize(9).isSorted().contains(1e-4, 1e-3, 1e-2, 1e-1, 1.0);
    Trial best =
        choice.trials().stream().min(Comparator.comparingDouble(Trial::logLoss)).orElseThrow();
    assertThat(choice.setting().toMap()).isEqualTo(best.hyperparameters());
    // Nine penalties, and once more for the curve.
    assertThat(choice.fits()).isEqualTo(10);
    assertThat(choice.seeds()).isEmpty();
    Scores scores = Scores.of(folds.labels(), choice.heldOut());
    assertThat(scores.logLoss()).isEqualTo(best.logLoss());
    assertThat(scores.accuracy()).isEqualTo(best.accuracy());
  }

  @Test
  void refinesAtEqualRatiosOnBothSidesOfTheBest() {
    // Enough images to be held out that the middle one is the best.
    Folds folds = Folds.crossValidation(SmallProblem.LABELS, TRAIN, new ClassWeights.None(), 4);

    assertThat(penalties(folds, "head.lbfgs.l2=[1e-4, 0.01, 100]", "head.lbfgs.refinements=2"))
        .containsExactly(new double[] {1e-4, 1e-3, 0.01, 1, 100}, within(1e-12));
    assertThat(penalties(folds, "head.lbfgs.l2=[1e-4, 0.01, 100]", "head.lbfgs.refinements=0"))
        .containsExactly(1e-4, 0.01, 100);
  }

  @Test
  void refinesOnOneSideAtTheEndsOfTheGrid() {
    assertThat(penalties(validation(), "head.lbfgs.l2=[100, 10000]", "head.lbfgs.refinements=1"))
        .containsExactly(new double[] {100, 1000, 10000}, within(1e-9));
    assertThat(penalties(validation(), "head.lbfgs.l2=[1e-12, 1e-8]", "head.lbfgs.refinements=1"))
        .containsExactly(new double[] {1e-12, 1e-10, 1e-8}, within(1e-20));
    assertThat(penalties(validation(), "head.lbfgs.l2=[0.5]")).containsExactly(0.5);
  }

  private static double[] penalties(Folds folds, String... overrides) {
    return new LbfgsTrainer(SmallProblem.options(overrides))
        .choose(folds).trials().stream()
            .mapToDouble(trial -> (Double) trial.hyperparameters().get("l2"))
            .toArray();
  }

  @Test
  void whereASweepStartsDoesNotMatter() {
    // The trials start from each other's minima, this head from nothing.
    LbfgsTrainer trainer =
        new LbfgsTrainer(SmallProblem.options("head.lbfgs.sweep-tolerance=1e-10"));
    Folds folds = validation();
    Choice<Setting.Penalty> choice = trainer.choose(folds);

    for (Trial trial : choice.trials()) {
      double l2 = (Double) trial.hyperparameters().get("l2");
      try (Fold fold = folds.get(0)) {
        Head head = trainer.train(fold.train(), new Setting.Penalty(l2));
        double[][] logits = new double[VALIDATION.size()][];
        for (int i = 0; i < logits.length; i++) {
          logits[i] = head.logits(VALIDATION.features()[i]);
        }
        assertThat(Scores.of(VALIDATION.labels(), logits).logLoss())
            .isCloseTo(trial.logLoss(), within(1e-4));
      }
    }
  }

  @Test
  void aHeadIsTrainedMoreCarefullyThanItWasTried() {
    LbfgsTrainer trainer = new LbfgsTrainer(SmallProblem.options());
    Head tried = trainer.trainAsTried(data(new ClassWeights.None()), PENALTY);
    Head trained = trainer.train(data(new ClassWeights.None()), PENALTY);

    assertThat(tried.hyperparameters()).containsEntry("tolerance", 1e-5);
    assertThat(trained.hyperparameters()).containsEntry("tolerance", 1e-10);
    assertThat((double) trained.hyperparameters().get("gradient-norm"))
        .isLessThan((double) tried.hyperparameters().get("gradient-norm") / 10);
  }

  @Test
  void theCurveIsThatOfTheChosenPenalty() {
    Choice<Setting.Penalty> choice =
        new LbfgsTrainer(SmallProblem.options("head.lbfgs.sweep-tolerance=1e-10"))
            .choose(validation());
    List<CurvePoint> curve = choice.curve();

    assertThat(curve).hasSizeGreaterThan(3);
    for (int i = 0; i < curve.size(); i++) {
      assertThat(curve.get(i).epoch()).isEqualTo(i + 1);
      assertThat(curve.get(i).lastBatchLoss()).isNaN();
    }
    assertThat(curve).isSortedAccordingTo(Comparator.comparingDouble(CurvePoint::seconds));
    CurvePoint last = curve.get(curve.size() - 1);
    assertThat(last.trainLoss()).isLessThan(curve.get(0).trainLoss()).isPositive();
    Scores scores = Scores.of(validation().labels(), choice.heldOut());
    assertThat(last.validationLoss()).isCloseTo(scores.logLoss(), within(1e-4));
    assertThat(last.validationAccuracy()).isEqualTo(scores.accuracy());
  }

  @Test
  void crossValidatesEachPenaltyInEachFold() {
    Folds folds = Folds.crossValidation(SmallProblem.LABELS, TRAIN, new ClassWeights.None(), 4);
    Choice<Setting.Penalty> choice = new LbfgsTrainer(SmallProblem.options()).choose(folds);

    assertThat(choice.fits()).isEqualTo(9 * 4 + 1);
    assertThat(choice.trials()).hasSize(9);
    assertThat(choice.heldOut()).hasNumberOfRows(48);
  }

  @Test
  void howTheCacheIsPartitionedDoesNotChangeABit() {
    HeadOptions options = SmallProblem.options();
    try (TrainingData one =
            SmallProblem.load(options, SmallProblem.dataset(), SmallProblem.features(1, false));
        TrainingData many =
            SmallProblem.load(options, SmallProblem.dataset(), SmallProblem.features(9, true))) {
      Head expected = train(options, one.everything());

      // Were it a race, one try would often win it.
      for (int i = 0; i < 4; i++) {
        Head actual = train(options, many.everything());
        assertThat(actual.weights()).isDeepEqualTo(expected.weights());
        assertThat(actual.bias()).containsExactly(expected.bias());
      }
    }
  }

  /** Else the label with the most photos would be believed the most. */
  @Test
  void balancedLabelsCountTheSameHoweverManyRowsTheyHave() {
    LocalTrainingSet data = data(new ClassWeights.Balanced());
    int[] rows =
        IntStream.range(0, 2 * data.rows().size())
            .filter(
                i -> i < data.rows().size() || data.rows().labels()[i % data.rows().size()] == 1)
            .map(i -> i % data.rows().size())
            .toArray();
    int[] labels = IntStream.of(rows).map(i -> data.rows().labels()[i]).toArray();
    float[] weights =
        new ClassWeights.Balanced()
            .of(
                SmallProblem.LABELS,
                IntStream.range(0, 3)
                    .mapToLong(k -> IntStream.of(labels).filter(label -> label == k).count())
                    .toArray());
    float[] rowWeights = new float[rows.length];
    float[][] features = new float[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      features[i] = data.rows().features()[rows[i]];
      rowWeights[i] = weights[labels[i]];
    }
    // The same standardization: with more rows of one label, it would be another one.
    LocalTrainingSet more =
        new LocalTrainingSet(
            SmallProblem.LABELS, data.standardization(), new Rows(features, labels, rowWeights));

    HeadOptions options = SmallProblem.options("head.lbfgs.tolerance=1e-14");
    Head expected = train(options, data);
    Head head = train(options, more);
    assertThat(more.size()).isGreaterThan(data.size());
    for (float[] feature : TEST.features()) {
      assertThat(head.probabilities(feature))
          .containsExactly(expected.probabilities(feature), within(1e-6));
    }
  }

  private static Folds validation() {
    return Folds.validation(SmallProblem.LABELS, TRAIN, VALIDATION, new ClassWeights.None());
  }

  private static LocalTrainingSet data(ClassWeights weights) {
    return LocalTrainingSet.of(SmallProblem.LABELS, TRAIN, weights);
  }

  private static Head train(HeadOptions options, TrainingSet data) {
    return new LbfgsTrainer(options).train(data, PENALTY);
  }
}
