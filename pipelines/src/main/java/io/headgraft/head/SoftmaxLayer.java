package io.headgraft.head;

import java.util.Arrays;

/**
 * A dense layer and its softmax while it is trained in mini-batches; between them there may be
 * fixed scales and shifts of the logits. Nothing is allocated a batch.
 */
public final class SoftmaxLayer {

  private final int labels;
  private final int features;

  /** [label][feature]. */
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

  /** Of the rows of the tile, [row][label]: the layer's outputs, then their errors. */
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
    float[][] weightStates = new float[rule.states()][];
    for (int s = 0; s < weightStates.length; s++) {
      weightStates[s] = flat(ofState(state.weightStates(), s));
    }
    this.weights = new Parameters(flat(state.weights()), weightStates);
    this.bias =
        new Parameters(
            state.bias().clone(),
            Arrays.stream(state.biasStates()).map(float[]::clone).toArray(float[][]::new));
    this.steps = state.steps();
    this.noRow = new float[features];
    this.errors = new float[Kernels.ROWS * labels];
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static float[][] ofState(float[][][] states, int state) {
    return Arrays.stream(states).map(label -> label[state]).toArray(float[][]::new);
  }

  /** One row behind the other. */
  private static float[] flat(float[][] rows) {
    float[] matrix = new float[rows.length * rows[0].length];
    for (int k = 0; k < rows.length; k++) {
      System.arraycopy(rows[k], 0, matrix, k * rows[k].length, rows[k].length);
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

  private float[][] rows(float[] matrix) {
    float[][] rows = new float[labels][];
    for (int k = 0; k < labels; k++) {
      rows[k] = Arrays.copyOfRange(matrix, k * features, (k + 1) * features);
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
    logits(tile, weights.values(), bias.values(), errors);
    for (int r = 0; r < count; r++) {
      losses[r] = error(r * labels, rows.labels()[which[r]], rows.weights()[which[r]]);
    }
    Arrays.fill(errors, count * labels, errors.length, 0);
    Kernels.best().addOuterProducts(tile, errors, labels, weights.gradient(), 0, features);
  }

  /**
   * What the losses that were added last change with a row's features.
   *
   * @param row its place among those that were added
   * @param gradient receives it, [feature]
   */
  public void featureGradient(int row, float[] gradient) {
    Arrays.fill(gradient, 0);
    float[] values = weights.values();
    for (int k = 0; k < labels; k++) {
      float error = errors[row * labels + k];
      for (int i = 0; i < features; i++) {
        gradient[i] += error * values[k * features + i];
      }
    }
  }

  private static void logits(float[][] tile, float[] weights, float[] bias, float[] logits) {
    for (int r = 0; r < tile.length; r++) {
      System.arraycopy(bias, 0, logits, r * bias.length, bias.length);
    }
    Kernels.best().addProducts(tile, weights, 0, tile[0].length, bias.length, logits);
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
      errors[at + k] = exp(errors[at + k] - largest);
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

  /**
   * The exponential function, the same bits on every machine, within 2e-7: 2ⁿ · eʳ with the whole
   * number n nearest to x / ln 2, and of eʳ its Taylor polynomial.
   *
   * @param x not positive; below -87, where 2ⁿ would be subnormal, the result is 0
   */
  static float exp(float x) {
    if (x < -87) {
      return 0;
    }
    // A float of this size has no fraction: adding it rounds.
    float n = (x * 1.442695f + 0x1.8p23f) - 0x1.8p23f;
    float r = Math.fma(n, -0x1.62e4p-1f, x);
    r = Math.fma(n, -0x1.7f7d1cp-20f, r);
    float tail = Math.fma(r, 1f / 5040, 1f / 720);
    tail = Math.fma(tail, r, 1f / 120);
    tail = Math.fma(tail, r, 1f / 24);
    tail = Math.fma(tail, r, 1f / 6);
    tail = Math.fma(tail, r, 1f / 2);
    return (Math.fma(tail, r * r, r) + 1) * Float.intBitsToFloat(((int) n + 127) << 23);
  }

  /** Follows the mean gradient of a batch, and the penalty's. */
  public void step(int batch, double l2, double learningRate) {
    rule.step(weights, batch, l2, learningRate, steps);
    rule.step(bias, batch, 0, learningRate, steps);
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
    float[] matrix = flat(weights);
    float[] noRow = new float[weights[0].length];
    float[][] tile = new float[Kernels.ROWS][];
    float[] sums = new float[Kernels.ROWS * labels];
    double[][] logits = new double[rows.length][labels];
    for (int start = 0; start < rows.length; start += Kernels.ROWS) {
      int count = Math.min(Kernels.ROWS, rows.length - start);
      for (int r = 0; r < tile.length; r++) {
        tile[r] = r < count ? rows[start + r] : noRow;
      }
      logits(tile, matrix, bias, sums);
      for (int r = 0; r < count; r++) {
        for (int k = 0; k < labels; k++) {
          logits[start + r][k] = sums[r * labels + k];
        }
      }
    }
    return logits;
  }
}
