package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;
import static io.headgraft.coreml.Operator.number;

import io.headgraft.coreml.TorchScriptCompiler.Blob;
import io.headgraft.coreml.proto.AddLayerParams;
import io.headgraft.coreml.proto.MultiplyLayerParams;
import java.util.List;

/**
 * What several blobs make value by value. A side of 1 is repeated to the length of the others'.
 *
 * @param pair the expression of two
 * @param alone the expression of one that is read alone
 * @param mean whether the result is divided by the number of blobs
 */
record Elementwise(String pair, String alone, boolean mean) implements Operator {

  static final Elementwise AVERAGE = new Elementwise("torch.add(%s, %s)", "%s", true);
  static final Elementwise MAX = new Elementwise("torch.maximum(%s, %s)", "%s", false);
  static final Elementwise MIN = new Elementwise("torch.minimum(%s, %s)", "%s", false);

  static Elementwise sum(AddLayerParams params) {
    String alone = "torch.add(%s, " + number(params.getAlpha()) + ")";
    return new Elementwise("torch.add(%s, %s)", alone, false);
  }

  static Elementwise product(MultiplyLayerParams params) {
    String alone = "torch.mul(%s, " + number(params.getAlpha()) + ")";
    return new Elementwise("torch.mul(%s, %s)", alone, false);
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
      return List.of(alone.formatted(result));
    }
    for (Blob next : inputs.subList(1, inputs.size())) {
      result = module.assign(pair.formatted(result, next.variable()), outputs.get(0)).variable();
    }
    return List.of(mean ? "torch.true_divide(" + result + ", " + inputs.size() + ")" : result);
  }
}
