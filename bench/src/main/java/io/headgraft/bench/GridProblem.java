package io.headgraft.bench;

import io.headgraft.head.Examples;
import io.headgraft.head.HeadOptions;
import io.headgraft.head.LearningRateSchedule;
import io.headgraft.head.Setting;
import io.headgraft.head.Standardization;
import io.headgraft.head.UpdateRule;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A grid of settings of SGD with momentum, and the standardized rows that all of them train on.
 *
 * @param rows [row][feature]
 * @param rowLabels [row]
 * @param learningRates [setting]
 * @param l2 [setting]
 */
record GridProblem(
    float[][] rows,
    int[] rowLabels,
    int labels,
    float[] learningRates,
    float[] l2,
    float momentum,
    LearningRateSchedule schedule,
    int batch,
    int epochs,
    long seed) {

  static GridProblem of(Examples train, int labels, HeadOptions options) {
    Standardization standardization = Standardization.fit(train.features());
    HeadOptions.Descent sgd = options.sgd();
    float[] learningRates = new float[sgd.learningRates().size() * sgd.l2().size()];
    float[] l2 = new float[learningRates.length];
    for (int i = 0; i < l2.length; i++) {
      learningRates[i] = sgd.learningRates().get(i / sgd.l2().size()).floatValue();
      l2[i] = sgd.l2().get(i % sgd.l2().size()).floatValue();
    }
    return new GridProblem(
        Arrays.stream(train.features())
            .map(row -> floats(standardization.apply(row)))
            .toArray(float[][]::new),
        train.labels(),
        labels,
        learningRates,
        l2,
        (float) ((UpdateRule.Sgd) sgd.rule()).momentum(),
        sgd.schedule(),
        sgd.miniBatchSize(),
        sgd.epochs(),
        options.seed());
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  int size() {
    return rows.length;
  }

  int features() {
    return rows[0].length;
  }

  int settings() {
    return l2.length;
  }

  int indexOf(Setting.Descent setting) {
    return IntStream.range(0, settings())
        .filter(
            i ->
                learningRates[i] == (float) setting.learningRate() && l2[i] == (float) setting.l2())
        .findFirst()
        .orElseThrow();
  }

  int batchesAnEpoch() {
    return (size() + batch - 1) / batch;
  }

  /** The factor on all learning rates. */
  float factor(int epoch, int batchNumber) {
    long steps = (long) batchesAnEpoch() * epochs;
    return (float) schedule.factor((long) epoch * batchesAnEpoch() + batchNumber, steps);
  }

  /** The order of an epoch as the heads' trainer has it, its last batch filled up. */
  int[] order(int epoch) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003L + epoch);
    int[] order = new int[batchesAnEpoch() * batch];
    for (int i = 0; i < size(); i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    System.arraycopy(order, 0, order, size(), order.length - size());
    return order;
  }
}
