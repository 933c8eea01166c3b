package io.headgraft.coreml;

import static io.headgraft.coreml.Operator.number;
import static io.headgraft.coreml.Operator.orDefault;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.L2NormalizeLayerParams;
import java.util.List;

/** All values over their Euclidean length. */
record LengthNormalization(L2NormalizeLayerParams params) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    return inputs;
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    return List.of(
        "torch.mul(%1$s, torch.rsqrt(torch.add(torch.sum(torch.mul(%1$s, %1$s), [1, 2, 3], True), %2$s)))"
            .formatted(inputs.get(0).variable(), number(orDefault(params.getEpsilon(), 1e-6))));
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    Shape one = new Shape(1, 1, 1);
    String squares = model.node("ReduceSumSquare", one, in.variable(), model.whole(1, 2, 3));
    String epsilon = model.number(orDefault(params.getEpsilon(), 1e-6));
    String length = model.node("Sqrt", one, model.node("Add", one, squares, epsilon));
    return List.of(model.node("Div", in.shape(), in.variable(), length));
  }
}
