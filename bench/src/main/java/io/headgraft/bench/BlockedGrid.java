package io.headgraft.bench;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * Some settings in plain Java, a mini-batch at a time: each is laid out by rows and by features, so
 * that both products run along memory, and read once for all of them.
 */
final class BlockedGrid {

  private static final int THREADS = 2;

  /** Rows, or features, that a loop takes at once. */
  private static final int AT_ONCE = 4;

  private final GridProblem problem;
  private final int[] settings;
  private final int size;
  private final int features;
  private final float[] byRow;
  private final float[] byFeature;
  private final float[][] weights;
  private final float[][] velocity;
  private final float[] bias;
  private final float[] biasVelocity;
  private final float[] logits;
  private final float[] gradient;

  private BlockedGrid(GridProblem problem, int[] settings) {
    this.problem = problem;
    this.settings = settings;
    this.size = problem.batch();
    this.features = problem.features();
    if (size % AT_ONCE != 0 || features % AT_ONCE != 0) {
      throw new IllegalArgumentException(
          "Batches of %d rows of %d features: multiples of 4 only".formatted(size, features));
    }
    int columns = settings.length * problem.labels();
    this.byRow = new float[size * features];
    this.byFeature = new float[size * features];
    this.weights = new float[columns][features];
    this.velocity = new float[columns][features];
    this.bias = new float[columns];
    this.biasVelocity = new float[columns];
    this.logits = new float[problem.labels() * size];
    this.gradient = new float[features];
  }

  /**
   * The mean loss of each setting in the last epoch.
   *
   * @param groups of settings, each trained by one thread in one pass
   */
  static double[] train(GridProblem problem, int groups) {
    double[] losses = new double[problem.settings()];
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<CompletableFuture<Void>> all =
          IntStream.range(0, groups)
              .mapToObj(g -> settings(problem, g, groups))
              .map(
                  group -> CompletableFuture.runAsync(() -> train(problem, group, losses), threads))
              .toList();
      all.forEach(CompletableFuture::join);
    } finally {
      threads.shutdown();
    }
    return losses;
  }

  private static int[] settings(GridProblem problem, int group, int groups) {
    return IntStream.range(0, problem.settings()).filter(i -> i % groups == group).toArray();
  }

  private static void train(GridProblem problem, int[] settings, double[] losses) {
    BlockedGrid grid = new BlockedGrid(problem, settings);
    double[] own = new double[settings.length];
    for (int epoch = 0; epoch < problem.epochs(); epoch++) {
      Arrays.fill(own, 0);
      grid.epoch(epoch, own);
    }
    for (int s = 0; s < settings.length; s++) {
      losses[settings[s]] = own[s] / problem.size();
    }
  }

  private void epoch(int epoch, double[] losses) {
    int[] order = problem.order(epoch);
    for (int batch = 0; batch < problem.batchesAnEpoch(); batch++) {
      load(order, batch * size);
      int counted = Math.min(size, problem.size() - batch * size);
      float factor = problem.factor(epoch, batch);
      for (int s = 0; s < settings.length; s++) {
        products(s);
        losses[s] += errors(order, batch * size, counted);
        update(s, problem.learningRates()[settings[s]] * factor, problem.l2()[settings[s]]);
      }
    }
  }

  private void load(int[] order, int from) {
    for (int r = 0; r < size; r++) {
      System.arraycopy(problem.rows()[order[from + r]], 0, byRow, r * features, features);
    }
    for (int r = 0; r < size; r += AT_ONCE) {
      for (int i = 0; i < features; i++) {
        for (int q = r; q < r + AT_ONCE; q++) {
          byFeature[i * size + q] = byRow[q * features + i];
        }
      }
    }
  }

  private void products(int setting) {
    for (int k = 0; k < problem.labels(); k++) {
      float[] row = weights[setting * problem.labels() + k];
      Arrays.fill(logits, k * size, (k + 1) * size, bias[setting * problem.labels() + k]);
      for (int i = 0; i < features; i += AT_ONCE) {
        addScaled(logits, k * size, byFeature, i * size, size, row, i);
      }
    }
  }

  /** Turns logits into errors, and gives the sum of the first rows' losses. */
  private double errors(int[] order, int from, int counted) {
    double loss = 0;
    for (int r = 0; r < size; r++) {
      float largest = Float.NEGATIVE_INFINITY;
      for (int k = 0; k < problem.labels(); k++) {
        largest = Math.max(largest, logits[k * size + r]);
      }
      int own = problem.rowLabels()[order[from + r]] * size + r;
      float ownLogit = logits[own] - largest;
      float sum = 0;
      for (int k = 0; k < problem.labels(); k++) {
        logits[k * size + r] = (float) StrictMath.exp(logits[k * size + r] - largest);
        sum += logits[k * size + r];
      }
      for (int k = 0; k < problem.labels(); k++) {
        logits[k * size + r] /= sum * size;
      }
      logits[own] -= 1f / size;
      loss += r < counted ? StrictMath.log(sum) - ownLogit : 0;
    }
    return loss;
  }

  private void update(int setting, float rate, float l2) {
    for (int k = 0; k < problem.labels(); k++) {
      Arrays.fill(gradient, 0);
      float biasGradient = 0;
      for (int r = 0; r < size; r += AT_ONCE) {
        addScaled(gradient, 0, byRow, r * features, features, logits, k * size + r);
      }
      for (int r = 0; r < size; r++) {
        biasGradient += logits[k * size + r];
      }
      int column = setting * problem.labels() + k;
      float[] row = weights[column];
      float[] speed = velocity[column];
      for (int i = 0; i < features; i++) {
        speed[i] = problem.momentum() * speed[i] + (gradient[i] + l2 * row[i]);
        row[i] -= rate * speed[i];
      }
      biasVelocity[column] = problem.momentum() * biasVelocity[column] + biasGradient;
      bias[column] -= rate * biasVelocity[column];
    }
  }

  /** Adds four neighbouring runs of numbers, each with its factor; the compiler vectorizes it. */
  private static void addScaled(
      float[] sums, int sum, float[] values, int value, int length, float[] factors, int factor) {
    float factor0 = factors[factor];
    float factor1 = factors[factor + 1];
    float factor2 = factors[factor + 2];
    float factor3 = factors[factor + 3];
    int value1 = value + length;
    int value2 = value1 + length;
    int value3 = value2 + length;
    for (int i = 0; i < length; i++) {
      sums[sum + i] +=
          factor0 * values[value + i]
              + factor1 * values[value1 + i]
              + (factor2 * values[value2 + i] + factor3 * values[value3 + i]);
    }
  }
}
