package io.headgraft.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.dataset.LabelledDataset;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.Split;
import io.headgraft.testing.LocalSpark;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SgdTrainerTest {

  private static TrainingData data;
  private static Standardization standardization;

  @BeforeAll
  static void load() {
    data = SmallProblem.load();
    standardization = Standardization.fit(data.examples(Split.TRAIN).features());
  }

  @AfterAll
  static void close() {
    data.close();
  }

  @Test
  void theSeedDecidesTheHead() {
    HeadOptions.Sgd sgd = new HeadOptions.Sgd(0.05, 0.9, 8, 3);

    Head first = train(1, sgd);

    assertThat(train(1, sgd).weights()).isDeepEqualTo(first.weights());
    assertThat(train(1, sgd).bias()).containsExactly(first.bias());
    assertThat(train(2, sgd).bias()).isNotEqualTo(first.bias());
    assertThat(first.name()).isEqualTo("sgd");
    assertThat(first.hyperparameters())
        .containsEntry("seed", 1L)
        .containsEntry("learning-rate", 0.05)
        .containsEntry("momentum", 0.9)
        .containsEntry("mini-batch-size", 8)
        .containsEntry("epochs", 3)
        .containsEntry("l2", 0.01);
  }

  @Test
  void comesToTheOptimumOfLbfgs() {
    HeadOptions.Sgd sgd = new HeadOptions.Sgd(0.005, 0.9, 32, 4000);
    Head optimum = new LbfgsTrainer(SmallProblem.options(1, sgd)).train(data, standardization);

    double least = SmallProblem.objective(optimum, data, 0.01);
    double reached = SmallProblem.objective(train(1, sgd), data, 0.01);

    assertThat(reached / least - 1).isBetween(-1e-6, 1e-3);
  }

  @Test
  void fillsTheLastBatchFromTheBeginningOfTheOrder() {
    HeadOptions.Sgd sgd = new HeadOptions.Sgd(0.1, 0.9, 2, 1);
    Standardization none = new Standardization(new double[] {0, 0}, new double[] {1, 1});
    try (TrainingData three = threeRows()) {
      Head head = new SgdTrainer(SmallProblem.options(1, sgd)).train(three, none);

      int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
      assertThat(
              Arrays.stream(orders)
                  .map(
                      order -> Arrays.deepToString(epoch(sgd, three.examples(Split.TRAIN), order))))
          .doesNotHaveDuplicates()
          .contains(Arrays.deepToString(head.weights()));
    }
  }

  private static double[][] epoch(HeadOptions.Sgd sgd, Examples rows, int[] order) {
    SoftmaxLayer layer = new SoftmaxLayer(2, 2, sgd);
    for (int[] batch : new int[][] {{order[0], order[1]}, {order[2], order[0]}}) {
      for (int row : batch) {
        layer.addGradient(rows.features()[row], rows.labels()[row]);
      }
      layer.step(2, 0.01);
    }
    return layer.weights();
  }

  private static TrainingData threeRows() {
    List<LabelledImage> images = new ArrayList<>();
    List<Row> features = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      images.add(new LabelledImage("" + i, "file:/" + i, 1, i == 1 ? "cat" : "dog", Split.TRAIN));
      features.add(RowFactory.create("" + i, 0, List.of(i + 1f, 2f - i * i)));
    }
    return TrainingData.load(
        LocalSpark.session(),
        new LabelledDataset(0, images, List.of()),
        LocalSpark.session().createDataFrame(features, SmallProblem.SCHEMA),
        SmallProblem.MEMORY);
  }

  @Test
  void aStepFollowsTheMeanGradientAndThePenalty() {
    SoftmaxLayer layer = new SoftmaxLayer(2, 2, new HeadOptions.Sgd(0.5, 0.9, 2, 1));

    // From zero, both labels have a probability of a half: errors of -0.5 and 0.5, then 0.5 and
    // -0.5, for the rows (2, 4) and (0, 2), in the mean (-0.5, -0.5) and (0.5, 0.5).
    layer.addGradient(new float[] {2, 4}, 0);
    layer.addGradient(new float[] {0, 2}, 1);
    layer.step(2, 0.1);
    assertThat(layer.weights()).isDeepEqualTo(new double[][] {{0.25, 0.25}, {-0.25, -0.25}});
    assertThat(layer.bias()).containsExactly(0, 0);

    // A row of zeros has a half for each label again: it moves the biases, and of the weights
    // there is the velocity, 0.9 of 0.5, less the penalty's 0.1 * 0.25.
    layer.addGradient(new float[] {0, 0}, 1);
    layer.step(1, 0.1);
    assertThat(layer.bias()).containsExactly(-0.25, 0.25);
    assertThat(layer.weights()[0]).containsExactly(new double[] {0.4625, 0.4625}, within(1e-7));
    assertThat(layer.weights()[1]).containsExactly(new double[] {-0.4625, -0.4625}, within(1e-7));
    assertThat(layer.isFinite()).isTrue();
  }

  @Test
  void longAndShortRowsAddUp() {
    // Sums go four by four, and the rest one by one.
    for (int features = 1; features < 10; features++) {
      SoftmaxLayer layer = new SoftmaxLayer(2, features, new HeadOptions.Sgd(1, 0, 1, 1));
      float[] row = new float[features];
      for (int i = 0; i < features; i++) {
        row[i] = i + 1;
      }
      layer.addGradient(row, 1);
      layer.step(1, 0);
      layer.addGradient(row, 0);
      layer.step(1, 0);
      // Weights of ∓ row / 2 and biases of ∓ 1 / 2 give logits of ∓ (|row|² + 1) / 2: the second
      // error is ∓ (1 - p).
      double squares = features * (features + 1) * (2 * features + 1) / 6.0;
      double p = 1 / (1 + Math.exp(squares + 1));
      assertThat(layer.bias()).containsExactly(new double[] {0.5 - p, p - 0.5}, within(1e-6));
    }
  }

  @Test
  void saysThatItDiverged() {
    assertThatThrownBy(() -> train(1, new HeadOptions.Sgd(1e6, 0.9, 8, 30)))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage("sgd diverged: lower head.sgd.learning-rate, which is 1000000.0");
  }

  private static Head train(long seed, HeadOptions.Sgd sgd) {
    return new SgdTrainer(SmallProblem.options(seed, sgd)).train(data, standardization);
  }
}
