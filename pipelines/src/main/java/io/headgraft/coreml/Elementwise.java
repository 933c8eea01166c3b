package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;
import static io.headgraft.coreml.Operator.number;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.AddLayerParams;
import io.headgraft.coreml.proto.MultiplyLayerParams;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What several blobs make value by value. A side of 1 is repeated to the length of the others'.
 *
 * @param alpha what a blob that is read alone meets, if anything
 */
record Elementwise(Function function, OptionalDouble alpha) implements Operator {

  /** What two values make, as each engine calls it. */
  private enum Function {
    SUM("torch.add", "Add"),
    /** The sum, which is divided by the number of blobs in the end. */
    MEAN("torch.add", "Add"),
    PRODUCT("torch.mul", "Mul"),
    MAX("torch.maximum", "Max"),
    MIN("torch.minimum", "Min");

    private final String torch;
    private final String onnx;

    Function(String torch, String onnx) {
      this.torch = torch;
      this.onnx = onnx;
    }
  }

  static final Elementwise AVERAGE = new Elementwise(Function.MEAN, OptionalDouble.empty());
  static final Elementwise MAX = new Elementwise(Function.MAX, OptionalDouble.empty());
  static final Elementwise MIN = new Elementwise(Function.MIN, OptionalDouble.empty());

  static Elementwise sum(AddLayerParams params) {
    return new Elementwise(Function.SUM, OptionalDouble.of(params.getAlpha()));
  }

  static Elementwise product(MultiplyLayerParams params) {
    return new Elementwise(Function.PRODUCT, OptionalDouble.of(params.getAlpha()));
  }

  @Override
  public Arity arity() {
    return Arity.ofInputs(1, Arity.ANY);
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape shape = inputs.get(0);
    for (Shape next : inputs) {
      shape =
          new Shape(
              side(shape.channels(), next.channels(), inputs),
              side(shape.height(), next.height(), inputs),
              side(shape.width(), next.width(), inputs));
    }
    return List.of(shape);
  }

  private static long side(long a, long b, List<Shape> inputs) {
    require(
        a == b || a == 1 || b == 1,
        Rule.LAYER_SHAPES,
        "its inputs do not fit together: %s",
        inputs);
    return Math.max(a, b);
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    String result = inputs.get(0).variable();
    if (inputs.size() == 1) {
      return List.of(alpha.isPresent() ? pair(result, number(alpha.getAsDouble())) : result);
    }
    for (Blob next : inputs.subList(1, inputs.size())) {
      result = module.assign(pair(result, next.variable()), outputs.get(0)).variable();
    }
    boolean mean = function == Function.MEAN;
    return List.of(mean ? "torch.true_divide(" + result + ", " + inputs.size() + ")" : result);
  }

  private String pair(String a, String b) {
    return function.torch + "(" + a + ", " + b + ")";
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Shape shape = outputs.get(0);
    String result = inputs.get(0).variable();
    if (inputs.size() == 1) {
      return List.of(
          alpha.isPresent()
              ? model.node(function.onnx, shape, result, model.number(alpha.getAsDouble()))
              : result);
    }
    for (Blob next : inputs.subList(1, inputs.size())) {
      result = model.node(function.onnx, shape, result, next.variable());
    }
    return List.of(
        function == Function.MEAN
            ? model.node("Div", shape, result, model.number(inputs.size()))
            : result);
  }
}
