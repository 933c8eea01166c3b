package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.dataset.Split;
import io.headgraft.evaluation.Metrics;
import io.headgraft.testing.LocalSpark;
import java.util.ArrayList;
import java.util.List;
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

  private static final HeadOptions OPTIONS =
      SmallProblem.options(1, new HeadOptions.Sgd(0.1, 0.9, 8, 1));

  @Test
  void learns() {
    try (TrainingData data = SmallProblem.load()) {
      Head head = train(data);
      Examples test = data.examples(Split.TEST);

      assertThat(head.name()).isEqualTo("lbfgs");
      assertThat(head.labels()).isEqualTo(SmallProblem.LABELS);
      assertThat(head.hyperparameters()).containsOnlyKeys("l2", "tolerance", "iterations");
      assertThat(head.seconds()).isPositive();
      assertThat(
              Metrics.of(SmallProblem.LABELS, test.labels(), head.probabilities(test.features()))
                  .accuracy())
          .isGreaterThan(0.5);
    }
  }

  @Test
  void probabilitiesAreThoseOfSparksModel() {
    try (TrainingData data = SmallProblem.load()) {
      Standardization standardization = Standardization.fit(data.examples(Split.TRAIN).features());
      LogisticRegressionModel model =
          new LogisticRegression()
              .setFamily("multinomial")
              .setRegParam(OPTIONS.l2())
              .setStandardization(false)
              .setMaxIter(500)
              .setTol(1e-13)
              .fit(rows(data.examples(Split.TRAIN), standardization));
      Head head =
          new LbfgsTrainer(
                  new HeadOptions(
                      OPTIONS.names(),
                      OPTIONS.l2(),
                      1,
                      OPTIONS.memory(),
                      1,
                      new HeadOptions.Lbfgs(500, 1e-13),
                      OPTIONS.sgd()))
              .train(data, standardization);

      List<Row> predicted =
          model.transform(rows(data.examples(Split.TEST), standardization)).collectAsList();
      for (int i = 0; i < predicted.size(); i++) {
        assertThat(head.probabilities(data.examples(Split.TEST).features()[i]))
            .containsExactly(predicted.get(i).<Vector>getAs("probability").toArray(), within(1e-9));
      }
    }
  }

  private static Dataset<Row> rows(Examples examples, Standardization standardization) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < examples.size(); i++) {
      rows.add(
          RowFactory.create(
              (double) examples.labels()[i],
              Vectors.dense(standardization.apply(examples.features()[i]))));
    }
    StructType schema =
        new StructType()
            .add("label", DataTypes.DoubleType)
            .add("features", SQLDataTypes.VectorType());
    return LocalSpark.session().createDataFrame(rows, schema).coalesce(1);
  }

  @Test
  void howTheCacheIsPartitionedDoesNotChangeABit() {
    try (TrainingData one = SmallProblem.load(SmallProblem.features(1, false));
        TrainingData many = SmallProblem.load(SmallProblem.features(9, true))) {
      Head expected = train(one);

      // Were it a race, one try would often win it.
      for (int i = 0; i < 4; i++) {
        Head actual = train(many);
        assertThat(actual.weights()).isDeepEqualTo(expected.weights());
        assertThat(actual.bias()).containsExactly(expected.bias());
      }
    }
  }

  private static Head train(TrainingData data) {
    return new LbfgsTrainer(OPTIONS)
        .train(data, Standardization.fit(data.examples(Split.TRAIN).features()));
  }
}
