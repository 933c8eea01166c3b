package io.headgraft.head;

import java.util.Arrays;

/** A dense layer and its softmax while it is trained in mini-batches. */
final class SoftmaxLayer {

  private final UpdateRule rule;
  private final int labels;
  private final int features;
  private final int lanes;

  /** As the {@link Kernels} take them: [feature][lane]. */
  private final float[] weights;

  private final float[] gradient;

  /** [state][feature][lane]. */
  private final float[][] weightStates;

  private final float[] bias;
  private final float[] biasGradient;
  private final float[][] biasStates;

  /** Rows that are looked at together. */
  private final float[][] tile = new float[Kernels.ROWS][];

  /** What fills a tile up. */
  private final float[] noRow;

  /** Of the rows of the tile, [row][lane]: logits, then errors. */
  private final float[] errors;

  private long steps;

  /** Goes on from a state. */
  SoftmaxLayer(LayerState state, UpdateRule rule) {
    this.rule = rule;
    this.labels = state.bias().length;
    this.features = state.weights()[0].length;
    this.lanes = Kernels.lanes(labels, Kernels.FLOAT_LANES);
    this.weights = lanes(state.weights());
    this.gradient = new float[weights.length];
    this.weightStates = new float[rule.states()][];
    for (int s = 0; s < weightStates.length; s++) {
      weightStates[s] = lanes(ofState(state.weightStates(), s));
    }
    this.bias = state.bias().clone();
    this.biasGradient = new float[labels];
    this.biasStates = Arrays.stream(state.biasStates()).map(float[]::clone).toArray(float[][]::new);
    this.steps = state.steps();
    this.noRow = new float[features];
    this.errors = new float[Kernels.ROWS * lanes];
  }

  private static float[][] ofState(float[][][] states, int state) {
    return Arrays.stream(states).map(label -> label[state]).toArray(float[][]::new);
  }

  /** [feature][lane] of [label][feature]. */
  private static float[] lanes(float[][] rows) {
    int lanes = Kernels.lanes(rows.length, Kernels.FLOAT_LANES);
    float[] matrix = new float[rows[0].length * lanes];
    for (int k = 0; k < rows.length; k++) {
      for (int i = 0; i < rows[k].length; i++) {
        matrix[i * lanes + k] = rows[k][i];
      }
    }
    return matrix;
  }

  /** A copy of what it has come to. */
  LayerState state() {
    float[][][] states = new float[labels][weightStates.length][features];
    float[][] rows = new float[labels][features];
    for (int k = 0; k < labels; k++) {
      for (int i = 0; i < features; i++) {
        rows[k][i] = weights[i * lanes + k];
        for (int s = 0; s < weightStates.length; s++) {
          states[k][s][i] = weightStates[s][i * lanes + k];
        }
      }
    }
    return new LayerState(
        rows,
        bias.clone(),
        states,
        Arrays.stream(biasStates).map(float[]::clone).toArray(float[][]::new),
        steps);
  }

  /**
   * Adds the gradients of some rows' cross entropies.
   *
   * @param which up to {@link Kernels#ROWS} rows
   * @return each row's cross entropy, weighted
   */
  double[] addGradient(Rows rows, int... which) {
    for (int r = 0; r < tile.length; r++) {
      tile[r] = r < which.length ? rows.features()[which[r]] : noRow;
    }
    logits(tile, weights, bias, lanes, errors);
    double[] losses = new double[which.length];
    for (int r = 0; r < which.length; r++) {
      losses[r] = error(r * lanes, rows.labels()[which[r]], rows.weights()[which[r]]);
    }
    Arrays.fill(errors, which.length * lanes, errors.length, 0);
    Kernels.best().addOuterProducts(tile, errors, lanes, gradient);
    return losses;
  }

  private static void logits(
      float[][] tile, float[] weights, float[] bias, int lanes, float[] logits) {
    Arrays.fill(logits, 0);
    for (int r = 0; r < tile.length; r++) {
      System.arraycopy(bias, 0, logits, r * lanes, bias.length);
    }
    Kernels.best().addProducts(tile, weights, lanes, logits);
  }

  /** Turns a row's logits into what its loss changes with them, and gives that loss. */
  private double error(int at, int label, float weight) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int k = 0; k < labels; k++) {
      largest = Math.max(largest, errors[at + k]);
    }
    double own = errors[at + label] - largest;
    float sum = 0;
    for (int k = 0; k < labels; k++) {
      // StrictMath: the same rows give the same bits on every machine.
      errors[at + k] = (float) StrictMath.exp(errors[at + k] - largest);
      sum += errors[at + k];
    }
    for (int k = 0; k < labels; k++) {
      float error = weight * (errors[at + k] / sum - (k == label ? 1 : 0));
      errors[at + k] = error;
      biasGradient[k] += error;
    }
    return weight * (StrictMath.log(sum) - own);
  }

  /** Follows the mean gradient of a batch, and the penalty's. */
  void step(int batch, double l2, double learningRate) {
    step(weights, gradient, weightStates, batch, l2, learningRate);
    step(bias, biasGradient, biasStates, batch, 0, learningRate);
    steps++;
  }

  private void step(
      float[] values, float[] sum, float[][] states, int batch, double l2, double learningRate) {
    float mean = 1f / batch;
    float penalty = (float) l2;
    for (int i = 0; i < sum.length; i++) {
      sum[i] = mean * sum[i] + penalty * values[i];
    }
    rule.step(values, sum, states, learningRate, steps);
    Arrays.fill(sum, 0);
  }

  /**
   * The logits of rows.
   *
   * @param rows [row][feature]
   * @return [row][label]
   */
  static double[][] logits(LayerState state, float[][] rows) {
    int labels = state.bias().length;
    int lanes = Kernels.lanes(labels, Kernels.FLOAT_LANES);
    float[] weights = lanes(state.weights());
    float[] noRow = new float[state.weights()[0].length];
    float[][] tile = new float[Kernels.ROWS][];
    float[] sums = new float[Kernels.ROWS * lanes];
    double[][] logits = new double[rows.length][labels];
    for (int start = 0; start < rows.length; start += Kernels.ROWS) {
      int count = Math.min(Kernels.ROWS, rows.length - start);
      for (int r = 0; r < tile.length; r++) {
        tile[r] = r < count ? rows[start + r] : noRow;
      }
      logits(tile, weights, state.bias(), lanes, sums);
      for (int r = 0; r < count; r++) {
        for (int k = 0; k < labels; k++) {
          logits[start + r][k] = sums[r * lanes + k];
        }
      }
    }
    return logits;
  }
}
