package io.headgraft.head;

import java.util.Arrays;

/**
 * A dense layer and its softmax while it is trained in mini-batches; between them there may be
 * fixed scales and shifts of the logits. Nothing is allocated a batch.
 */
public final class SoftmaxLayer {

  private final int labels;
  private final int features;
  private final int lanes;

  /** As the {@link Kernels} take them: [feature][lane]. */
  private final Parameters weights;

  private final Parameters bias;

  /** What the layer's outputs are multiplied with, [label]... */
  private final float[] scales;

  /** ... and what is added then. */
  private final float[] shifts;

  /**
   * A row's error below this moves no weight by a last digit, but its products are numbers that
   * processors take a hundred times as long for as for others.
   */
  private static final float LEAST_ERROR = 1e-30f;

  private UpdateRule rule;

  /** Rows that are looked at together. */
  private final float[][] tile = new float[Kernels.ROWS][];

  /** What fills a tile up. */
  private final float[] noRow;

  /** Of the rows of the tile, [row][lane]: the layer's outputs, then their errors. */
  private final float[] errors;

  private long steps;

  /**
   * Begins with weights, which are copied.
   *
   * @param weights [label][feature]
   * @param bias [label]
   * @param scales [label], fixed: what the layer's outputs are multiplied with
   * @param shifts [label], fixed: what is added then, which gives the logits
   */
  public SoftmaxLayer(
      float[][] weights, float[] bias, float[] scales, float[] shifts, UpdateRule rule) {
    this(LayerState.begin(weights, bias, rule.states()), scales, shifts, rule);
  }

  /** Goes on from a state, without scales. */
  SoftmaxLayer(LayerState state, UpdateRule rule) {
    this(state, ones(state.bias().length), new float[state.bias().length], rule);
  }

  private SoftmaxLayer(LayerState state, float[] scales, float[] shifts, UpdateRule rule) {
    this.rule = rule;
    this.scales = scales.clone();
    this.shifts = shifts.clone();
    this.labels = state.bias().length;
    this.features = state.weights()[0].length;
    this.lanes = Kernels.lanes(labels, Kernels.FLOAT_LANES);
    float[][] weightStates = new float[rule.states()][];
    for (int s = 0; s < weightStates.length; s++) {
      weightStates[s] = lanes(ofState(state.weightStates(), s));
    }
    this.weights = new Parameters(lanes(state.weights()), weightStates);
    this.bias =
        new Parameters(
            state.bias().clone(),
            Arrays.stream(state.biasStates()).map(float[]::clone).toArray(float[][]::new));
    this.steps = state.steps();
    this.noRow = new float[features];
    this.errors = new float[Kernels.ROWS * lanes];
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
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
    int states = rule.states();
    float[][][] weightStates = new float[labels][states][];
    for (int s = 0; s < states; s++) {
      float[][] rows = rows(weights.states()[s]);
      for (int k = 0; k < labels; k++) {
        weightStates[k][s] = rows[k];
      }
    }
    return new LayerState(
        weights(),
        bias(),
        weightStates,
        Arrays.stream(bias.states()).map(float[]::clone).toArray(float[][]::new),
        steps);
  }

  /** A copy of its weights, [label][feature]. */
  public float[][] weights() {
    return rows(weights.values());
  }

  /** A copy of its biases, [label]. */
  public float[] bias() {
    return bias.values().clone();
  }

  /** [label][feature] of [feature][lane]. */
  private float[][] rows(float[] matrix) {
    float[][] rows = new float[labels][features];
    for (int k = 0; k < labels; k++) {
      for (int i = 0; i < features; i++) {
        rows[k][i] = matrix[i * lanes + k];
      }
    }
    return rows;
  }

  /**
   * Goes on with other hyper-parameters.
   *
   * @param other of the same kind: what it keeps beside each parameter stays as it is
   */
  public void follow(UpdateRule other) {
    if (other.getClass() != rule.getClass()) {
      throw new IllegalArgumentException("%s cannot go on as %s".formatted(rule, other));
    }
    rule = other;
  }

  /**
   * Adds the gradients of some rows' cross entropies.
   *
   * @param which rows, as many as {@code count} says of them, up to {@link Kernels#ROWS}
   * @param losses receives each row's cross entropy, weighted
   */
  public void addGradient(Rows rows, int[] which, int count, double[] losses) {
    for (int r = 0; r < tile.length; r++) {
      tile[r] = r < count ? rows.features()[which[r]] : noRow;
    }
    logits(tile, weights.values(), bias.values(), lanes, errors);
    for (int r = 0; r < count; r++) {
      losses[r] = error(r * lanes, rows.labels()[which[r]], rows.weights()[which[r]]);
    }
    Arrays.fill(errors, count * lanes, errors.length, 0);
    Kernels.best().addOuterProducts(tile, errors, lanes, weights.gradient());
  }

  /**
   * What the losses that were added last change with a row's features.
   *
   * @param row its place among those that were added
   * @param gradient receives it, [feature]
   */
  public void featureGradient(int row, float[] gradient) {
    for (int i = 0; i < features; i++) {
      float sum = 0;
      for (int lane = 0; lane < labels; lane++) {
        sum += errors[row * lanes + lane] * weights.values()[i * lanes + lane];
      }
      gradient[i] = sum;
    }
  }

  private static void logits(
      float[][] tile, float[] weights, float[] bias, int lanes, float[] logits) {
    Arrays.fill(logits, 0);
    for (int r = 0; r < tile.length; r++) {
      System.arraycopy(bias, 0, logits, r * lanes, bias.length);
    }
    Kernels.best().addProducts(tile, weights, lanes, logits);
  }

  /** Turns a row's outputs into what its loss changes with them, and gives that loss. */
  private double error(int at, int label, float weight) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int k = 0; k < labels; k++) {
      errors[at + k] = errors[at + k] * scales[k] + shifts[k];
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
      float error = weight * (errors[at + k] / sum - (k == label ? 1 : 0)) * scales[k];
      error = Math.abs(error) < LEAST_ERROR ? 0 : error;
      errors[at + k] = error;
      bias.gradient()[k] += error;
    }
    return weight * (StrictMath.log(sum) - own);
  }

  /** Follows the mean gradient of a batch, and the penalty's. */
  public void step(int batch, double l2, double learningRate) {
    weights.step(rule, batch, l2, learningRate, steps);
    bias.step(rule, batch, 0, learningRate, steps);
    steps++;
  }

  /** Forgets the gradients of a batch, where the layer stays as it is. */
  public void skip() {
    weights.forget();
    bias.forget();
  }

  /**
   * The logits of rows.
   *
   * @param rows [row][feature]
   * @return [row][label]
   */
  static double[][] logits(LayerState state, float[][] rows) {
    return logits(state.weights(), state.bias(), rows);
  }

  /**
   * The layer's outputs for rows: the logits, where there are no scales.
   *
   * @param weights [label][feature]
   * @param bias [label]
   * @param rows [row][feature]
   * @return [row][label]
   */
  public static double[][] logits(float[][] weights, float[] bias, float[][] rows) {
    int labels = bias.length;
    int lanes = Kernels.lanes(labels, Kernels.FLOAT_LANES);
    float[] matrix = lanes(weights);
    float[] noRow = new float[weights[0].length];
    float[][] tile = new float[Kernels.ROWS][];
    float[] sums = new float[Kernels.ROWS * lanes];
    double[][] logits = new double[rows.length][labels];
    for (int start = 0; start < rows.length; start += Kernels.ROWS) {
      int count = Math.min(Kernels.ROWS, rows.length - start);
      for (int r = 0; r < tile.length; r++) {
        tile[r] = r < count ? rows[start + r] : noRow;
      }
      logits(tile, matrix, bias, lanes, sums);
      for (int r = 0; r < count; r++) {
        for (int k = 0; k < labels; k++) {
          logits[start + r][k] = sums[r * lanes + k];
        }
      }
    }
    return logits;
  }
}
