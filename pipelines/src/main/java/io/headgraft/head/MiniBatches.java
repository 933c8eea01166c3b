package io.headgraft.head;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One epoch by Core ML's meaning of its hyper-parameters: once through the rows in an order that
 * follows from seed and epoch, in mini-batches, the last of which is filled up from the beginning
 * of that order.
 */
public final class MiniBatches {

  private MiniBatches() {}

  /**
   * The losses of an epoch.
   *
   * @param mean weighted cross entropy of a row, each as it was when its turn came
   * @param lastBatch the same of the last mini-batch
   */
  public record Losses(double mean, double lastBatch) implements Serializable {

    boolean finite() {
      return Double.isFinite(mean) && Double.isFinite(lastBatch);
    }
  }

  /** What rows teach. */
  @FunctionalInterface
  public interface Gradients {

    /**
     * Adds the gradients of some rows' losses.
     *
     * @param which rows, as many as {@code count} says of them, up to {@link Kernels#ROWS}
     * @param losses receives each row's loss
     */
    void add(int[] which, int count, double[] losses);
  }

  /** What a mini-batch ends with. */
  @FunctionalInterface
  public interface Step {

    /**
     * Follows the gradients that were added.
     *
     * @param batch counted from 0
     * @param losses of the epoch so far, this mini-batch's as the last
     * @return whether the epoch goes on
     */
    boolean after(int batch, Losses losses);
  }

  /** A training that takes part in an epoch. */
  record Learner(SoftmaxLayer layer, Setting.Descent setting) {}

  /**
   * Trains one epoch of several trainings that take the rows in the same order: they go through it
   * side by side, so that rows come from memory once for all of them.
   *
   * @param seed of the order
   * @param epoch counted from 0
   * @return of each learner
   */
  static List<Losses> epoch(
      List<Learner> learners, Rows rows, HeadOptions.Descent options, long seed, int epoch) {
    int[] order = order(rows.size(), seed, epoch);
    int size = options.miniBatchSize();
    int batches = (order.length + size - 1) / size;
    long steps = (long) batches * options.epochs();
    List<Gradients> gradients = new ArrayList<>();
    List<Step> afterwards = new ArrayList<>();
    for (Learner learner : learners) {
      SoftmaxLayer layer = learner.layer;
      Setting.Descent setting = learner.setting;
      gradients.add((which, count, losses) -> layer.addGradient(rows, which, count, losses));
      afterwards.add(
          (batch, losses) -> {
            // Not by the layer's steps: partitions of fewer rows have fewer batches an epoch.
            double factor = options.schedule().factor((long) epoch * batches + batch, steps);
            layer.step(size, setting.l2(), setting.learningRate() * factor);
            return true;
          });
    }
    return epoch(order, size, gradients, afterwards);
  }

  /**
   * Trains one epoch.
   *
   * @param order of the rows
   * @param size of a mini-batch
   * @return the losses of the rows that had their turn
   */
  public static Losses epoch(int[] order, int size, Gradients gradients, Step step) {
    return epoch(order, size, List.of(gradients), List.of(step)).get(0);
  }

  /** Ends with the first mini-batch after which one of them does not go on. */
  private static List<Losses> epoch(
      int[] order, int size, List<Gradients> gradients, List<Step> steps) {
    int[] which = new int[Kernels.ROWS];
    double[] losses = new double[Kernels.ROWS];
    double[] sums = new double[steps.size()];
    Losses[] sofar = new Losses[steps.size()];
    boolean goesOn = true;
    for (int from = 0; from < order.length && goesOn; from += size) {
      double[] batch = new double[steps.size()];
      for (int i = from; i < from + size; i += Kernels.ROWS) {
        int count = Math.min(Kernels.ROWS, from + size - i);
        for (int r = 0; r < count; r++) {
          which[r] = order[(i + r) % order.length];
        }
        for (int learner = 0; learner < batch.length; learner++) {
          gradients.get(learner).add(which, count, losses);
          for (int r = 0; r < count; r++) {
            batch[learner] += losses[r];
            // What fills the last batch up has been counted at the beginning.
            sums[learner] += i + r < order.length ? losses[r] : 0;
          }
        }
      }
      for (int learner = 0; learner < batch.length; learner++) {
        int rows = Math.min(from + size, order.length);
        sofar[learner] = new Losses(sums[learner] / rows, batch[learner] / size);
        goesOn &= steps.get(learner).after(from / size, sofar[learner]);
      }
    }
    return List.of(sofar);
  }

  /** Fisher and Yates's shuffle; each epoch has a generator of its own, so it can be repeated. */
  public static int[] order(int count, long seed, int epoch) {
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
