package io.headgraft.run;

import io.headgraft.coreml.FeatureLayers.Standardization;
import io.headgraft.head.Whitening;
import io.headgraft.run.EmitOptions.Front.Form;
import java.util.Optional;

/**
 * What stands in front of a shipped head, and what the head's numbers have to be there so that it
 * says what it said.
 *
 * @param own the standardization that the head was trained with
 * @param whitening behind it, if there is one
 * @param layer what the model has as layers; empty where it is multiplied into the head
 */
record GraftFront(
    io.headgraft.head.Standardization own,
    Optional<Whitening> whitening,
    Optional<Standardization> layer) {

  /**
   * The front of a model.
   *
   * @param input with a whitening, if that is the form
   */
  static GraftFront of(Form form, EmitModel.Input input) {
    return of(form, input.trained().head().standardization(), input.whitening());
  }

  /**
   * The front of a model.
   *
   * @param own the standardization that the head was trained with
   * @param found the whitening, if that is the form
   */
  static GraftFront of(
      Form form, io.headgraft.head.Standardization own, Optional<Whitening> found) {
    float[] mean = floats(own.mean());
    float[] factor = floats(own.factor());
    return switch (form) {
      case FOLDED -> new GraftFront(own, Optional.empty(), Optional.empty());
      case LAYER ->
          new GraftFront(own, Optional.empty(), Optional.of(new Standardization(mean, factor)));
      case WHITEN -> {
        Whitening whitening = found.orElseThrow();
        yield new GraftFront(
            own,
            Optional.of(whitening),
            Optional.of(new Standardization(mean, factor, Optional.of(matrix(whitening)))));
      }
    };
  }

  private static float[][] matrix(Whitening whitening) {
    double[][] matrix = whitening.matrix();
    float[][] rounded = new float[matrix.length][];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = floats(matrix[i]);
    }
    return rounded;
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** A row of weights for standardized features, moved behind this front. */
  double[] moved(double[] weights) {
    if (layer.isPresent()) {
      return whitening.map(matrix -> matrix.moved(weights)).orElse(weights);
    }
    double[] moved = new double[weights.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = weights[i] * own.factor()[i];
    }
    return moved;
  }

  /** What the row's bias has to be there. */
  double moved(double bias, double[] weights) {
    double moved = bias;
    for (int i = 0; layer.isEmpty() && i < weights.length; i++) {
      moved -= weights[i] * own.factor()[i] * own.mean()[i];
    }
    return moved;
  }
}
