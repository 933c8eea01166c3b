package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.DotProductLayerParams;
import java.util.List;

/** The product of two vectors, or the cosine of the angle between them. */
record DotProduct(DotProductLayerParams params) implements Operator {

  @Override
  public Arity arity() {
    return Arity.ofInputs(2, 2);
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape first = inputs.get(0);
    require(
        first.height() == 1 && first.width() == 1 && first.equals(inputs.get(1)),
        Rule.LAYER_SHAPES,
        "its inputs are not two vectors of one length: %s",
        inputs);
    return List.of(new Shape(1, 1, 1));
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    String operands = inputs.get(0).variable() + ", " + inputs.get(1).variable();
    return List.of(
        params.getCosineSimilarity()
            ? "torch.unsqueeze(torch.cosine_similarity(" + operands + ", 1), 1)"
            : "torch.sum(torch.mul(" + operands + "), [1], True)");
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Blob a = inputs.get(0);
    Blob b = inputs.get(1);
    Shape one = outputs.get(0);
    String products = model.node("Mul", a.shape(), a.variable(), b.variable());
    String sum = model.node("ReduceSum", one, products, model.whole(1));
    if (!params.getCosineSimilarity()) {
      return List.of(sum);
    }
    String cosine = model.node("Div", one, sum, length(model, a));
    return List.of(model.node("Div", one, cosine, length(model, b)));
  }

  /** As PyTorch has it: never quite zero. */
  private static String length(OnnxCompiler model, Blob vector) {
    Shape one = new Shape(1, 1, 1);
    String length = model.node("ReduceL2", one, vector.variable(), model.whole(1));
    return model.node("Max", one, length, model.number(1e-8));
  }
}
