package io.headgraft.coreml;

import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.util.List;

/** Infers shapes through a network, a layer at a time, without the engine. */
final class LayerShapes {

  /** More values than any blob has; arithmetic with borders and strides stays in a {@code long}. */
  private static final long MAX_SIZE = 1L << 40;

  private LayerShapes() {}

  /**
   * The shapes that a layer makes, one for each output.
   *
   * @param inputs what it reads, one for each of its inputs
   * @throws InvalidLayerException if its inputs, outputs, parameters or weights break a rule
   */
  static List<Shape> of(NeuralNetworkLayer layer, List<Shape> inputs) {
    if (inputs.size() != layer.getInputCount()) {
      throw new IllegalArgumentException(
          "%d shapes for %d inputs".formatted(inputs.size(), layer.getInputCount()));
    }
    Operator operator = Operator.of(layer);
    operator.arity().check(layer);
    try {
      inputs.forEach(LayerShapes::requireSize);
      List<Shape> outputs = operator.shapes(inputs);
      outputs.forEach(LayerShapes::requireSize);
      return outputs;
    } catch (ArithmeticException e) {
      throw new InvalidLayerException(Rule.LAYER_SHAPES, "its shape is too large");
    }
  }

  private static void requireSize(Shape shape) {
    if (shape.size() > MAX_SIZE) {
      throw new ArithmeticException(shape.toString());
    }
  }
}
