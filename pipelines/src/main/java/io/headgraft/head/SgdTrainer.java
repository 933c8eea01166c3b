package io.headgraft.head;

import io.headgraft.HeadgraftException;
import io.headgraft.dataset.Split;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Mini-batch stochastic gradient descent with momentum, by Core ML's meaning of its
 * hyper-parameters: each epoch goes once through the rows in a new order that follows from the
 * seed, and a last batch that is short is filled up from the beginning of that order.
 */
public record SgdTrainer(HeadOptions options) implements Trainer {

  @Override
  public String name() {
    return "sgd";
  }

  @Override
  public Head train(TrainingData data, Standardization standardization) {
    long start = System.nanoTime();
    Examples examples = data.examples(Split.TRAIN);
    SoftmaxLayer layer =
        new SoftmaxLayer(data.labels().size(), standardization.mean().length, options.sgd());
    float[][] rows = standardized(examples.features(), standardization);
    for (int epoch = 0; epoch < options.sgd().epochs(); epoch++) {
      epoch(layer, rows, examples.labels(), order(rows.length, epoch));
    }
    if (!layer.isFinite()) {
      throw HeadgraftException.usage(
          "sgd diverged: lower head.sgd.learning-rate, which is " + options.sgd().learningRate());
    }
    Map<String, Object> hyperparameters = new LinkedHashMap<>();
    hyperparameters.put("l2", options.l2());
    hyperparameters.put("learning-rate", options.sgd().learningRate());
    hyperparameters.put("momentum", options.sgd().momentum());
    hyperparameters.put("mini-batch-size", options.sgd().miniBatchSize());
    hyperparameters.put("epochs", options.sgd().epochs());
    hyperparameters.put("seed", options.seed());
    return new Head(
        name(),
        data.labels(),
        standardization,
        layer.weights(),
        layer.bias(),
        hyperparameters,
        (System.nanoTime() - start) / 1e9);
  }

  private void epoch(SoftmaxLayer layer, float[][] rows, int[] labels, int[] order) {
    int size = options.sgd().miniBatchSize();
    for (int from = 0; from < order.length; from += size) {
      for (int i = from; i < from + size; i++) {
        int row = order[i % order.length];
        layer.addGradient(rows[row], labels[row]);
      }
      layer.step(size, options.l2());
    }
  }

  /** Fisher and Yates's shuffle; each epoch has a generator of its own, so it can be repeated. */
  private int[] order(int count, int epoch) {
    SplittableRandom random = new SplittableRandom(options.seed() * 1_000_003L + epoch);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  private static float[][] standardized(float[][] features, Standardization standardization) {
    float[][] rows = new float[features.length][];
    for (int i = 0; i < rows.length; i++) {
      double[] standardized = standardization.apply(features[i]);
      rows[i] = new float[standardized.length];
      for (int j = 0; j < standardized.length; j++) {
        rows[i][j] = (float) standardized[j];
      }
    }
    return rows;
  }
}
