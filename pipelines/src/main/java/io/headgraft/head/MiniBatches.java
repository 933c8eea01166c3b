package io.headgraft.head;

import java.io.Serializable;
import java.util.SplittableRandom;

/**
 * One epoch by Core ML's meaning of its hyper-parameters: once through the rows in an order that
 * follows from seed and epoch, in mini-batches, the last of which is filled up from the beginning
 * of that order.
 */
final class MiniBatches {

  private MiniBatches() {}

  /**
   * The losses of an epoch.
   *
   * @param mean weighted cross entropy of a row, each as it was when its turn came
   * @param lastBatch the same of the last mini-batch
   */
  record Losses(double mean, double lastBatch) implements Serializable {

    boolean finite() {
      return Double.isFinite(mean) && Double.isFinite(lastBatch);
    }
  }

  /**
   * Trains one epoch.
   *
   * @param seed of the order
   * @param epoch counted from 0
   */
  static Losses epoch(
      SoftmaxLayer layer,
      Rows rows,
      Setting.Descent setting,
      HeadOptions.Descent options,
      long seed,
      int epoch) {
    int[] order = order(rows.size(), seed, epoch);
    int size = options.miniBatchSize();
    int batches = (order.length + size - 1) / size;
    long steps = (long) batches * options.epochs();
    double sum = 0;
    double batch = 0;
    for (int from = 0; from < order.length; from += size) {
      batch = 0;
      for (int i = from; i < from + size; i += Kernels.ROWS) {
        int[] which = new int[Math.min(Kernels.ROWS, from + size - i)];
        for (int r = 0; r < which.length; r++) {
          which[r] = order[(i + r) % order.length];
        }
        double[] losses = layer.addGradient(rows, which);
        for (int r = 0; r < which.length; r++) {
          batch += losses[r];
          // What fills the last batch up has been counted at the beginning.
          sum += i + r < order.length ? losses[r] : 0;
        }
      }
      // Not by the layer's steps: partitions of fewer rows have fewer batches an epoch than those.
      double factor = options.schedule().factor((long) epoch * batches + from / size, steps);
      double rate = setting.learningRate() * factor;
      layer.step(size, setting.l2(), rate);
    }
    return new Losses(sum / order.length, batch / size);
  }

  /** Fisher and Yates's shuffle; each epoch has a generator of its own, so it can be repeated. */
  static int[] order(int count, long seed, int epoch) {
    SplittableRandom random = new SplittableRandom(seed * 1_000_003L + epoch);
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
