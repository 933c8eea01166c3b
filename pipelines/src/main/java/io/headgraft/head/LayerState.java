package io.headgraft.head;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A dense layer while it is trained, and what its update rule keeps beside each parameter. The
 * arrays change with every step.
 *
 * @param weights [label][feature]
 * @param bias [label]
 * @param weightStates [label][state][feature]
 * @param biasStates [state][label]
 * @param steps that were made
 */
record LayerState(
    float[][] weights, float[] bias, float[][][] weightStates, float[][] biasStates, long steps)
    implements Serializable {

  /** All zero: the objective is convex, so where it starts does not matter. */
  static LayerState zero(int labels, int features, int states) {
    return begin(new float[labels][features], new float[labels], states);
  }

  /** Before the first step from some weights, which are not copied. */
  static LayerState begin(float[][] weights, float[] bias, int states) {
    return new LayerState(
        weights,
        bias,
        new float[weights.length][states][weights[0].length],
        new float[states][weights.length],
        0);
  }

  /**
   * As checkpoints have it: decimals would take a twentieth of a training's time.
   *
   * @param states that the update rule keeps beside each parameter
   * @param numbers in single precision, little-endian: the weights, label by label, the biases, the
   *     states of the weights, label by label and state by state, and those of the biases
   * @param steps that were made
   */
  record Packed(int labels, int features, int states, byte[] numbers, long steps) {

    private FloatBuffer floats() {
      return ByteBuffer.wrap(numbers).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    }
  }

  @JsonValue
  Packed packed() {
    int count = arrays().mapToInt(array -> array.length).sum();
    Packed packed =
        new Packed(
            weights.length,
            weights[0].length,
            biasStates.length,
            new byte[count * Float.BYTES],
            steps);
    FloatBuffer floats = packed.floats();
    arrays().forEach(floats::put);
    return packed;
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static LayerState unpacked(Packed packed) {
    if (packed.numbers == null) {
      throw new IllegalArgumentException("A layer without numbers");
    }
    long count = packed.labels * (packed.features + 1L) * (packed.states + 1L);
    if (packed.numbers.length != count * Float.BYTES) {
      throw new IllegalArgumentException(
          "%,d bytes where %,d numbers should be".formatted(packed.numbers.length, count));
    }
    LayerState zero = zero(packed.labels, packed.features, packed.states);
    FloatBuffer floats = packed.floats();
    zero.arrays().forEach(floats::get);
    return new LayerState(
        zero.weights, zero.bias, zero.weightStates, zero.biasStates, packed.steps);
  }

  private Stream<float[]> arrays() {
    return Stream.of(
            Arrays.stream(weights),
            Stream.of(bias),
            Arrays.stream(weightStates).flatMap(Arrays::stream),
            Arrays.stream(biasStates))
        .flatMap(Function.identity());
  }

  /** A copy that goes its own way. */
  LayerState copy() {
    return new LayerState(
        copy(weights),
        bias.clone(),
        Arrays.stream(weightStates).map(LayerState::copy).toArray(float[][][]::new),
        copy(biasStates),
        steps);
  }

  /** What predictions need of it. */
  LayerState withoutStates() {
    return new LayerState(
        copy(weights), bias.clone(), new float[bias.length][0][0], new float[0][0], steps);
  }

  boolean finite() {
    return Arrays.stream(weights).allMatch(LayerState::finite) && finite(bias);
  }

  private static boolean finite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  private static float[][] copy(float[][] rows) {
    return Arrays.stream(rows).map(float[]::clone).toArray(float[][]::new);
  }

  /**
   * Adds another layer, number by number.
   *
   * @param share that the other counts
   */
  void add(LayerState other, float share) {
    add(weights, other.weights, share);
    add(bias, other.bias, share);
    for (int k = 0; k < weightStates.length; k++) {
      add(weightStates[k], other.weightStates[k], share);
    }
    add(biasStates, other.biasStates, share);
  }

  private static void add(float[][] sums, float[][] values, float share) {
    for (int i = 0; i < sums.length; i++) {
      add(sums[i], values[i], share);
    }
  }

  private static void add(float[] sums, float[] values, float share) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += share * values[i];
    }
  }
}
