package io.headgraft.coreml;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.FlattenLayerParams;
import io.headgraft.coreml.proto.FlattenLayerParams.FlattenOrder;
import java.util.List;

/** All values as a vector, channel by channel or pixel by pixel. */
record Flattening(FlattenLayerParams params) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    InvalidLayerException.require(
        params.getMode() != FlattenOrder.UNRECOGNIZED,
        Rule.LAYER_PARAMETERS,
        "its order is unknown");
    return List.of(new Shape(inputs.get(0).size(), 1, 1));
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    String in = inputs.get(0).variable();
    String ordered =
        params.getMode() == FlattenOrder.CHANNEL_LAST
            ? "torch.permute(" + in + ", [0, 2, 3, 1])"
            : in;
    return List.of(
        "torch.reshape(%s, [-1, %d, 1, 1])".formatted(ordered, outputs.get(0).channels()));
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    String ordered =
        params.getMode() == FlattenOrder.CHANNEL_LAST
            ? model.node(
                OnnxOperator.of("Transpose").with("perm", 0, 2, 3, 1), in.shape(), in.variable())
            : in.variable();
    Shape out = outputs.get(0);
    return List.of(model.node("Reshape", out, ordered, model.whole(model.sides(out))));
  }
}
