package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.ReshapeLayerParams;
import io.headgraft.coreml.proto.ReshapeLayerParams.ReshapeOrder;
import java.util.List;

/** The same values in another shape, read and written channel by channel or pixel by pixel. */
record Reshaping(ReshapeLayerParams params) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    require(
        params.getMode() != ReshapeOrder.UNRECOGNIZED,
        Rule.LAYER_PARAMETERS,
        "its order is unknown");
    List<Long> sides = params.getTargetShapeList();
    require(
        sides.size() == 3 || sides.size() == 4,
        Rule.LAYER_PARAMETERS,
        "its target shape has %s sides, not 3 or 4",
        sides.size());
    sides.forEach(side -> Sizes.channels(side, "values"));
    if (sides.size() == 4) {
      require(
          sides.get(0) == 1,
          Rule.LAYER_TYPES,
          "a sequence of %s is made of one image, which is not supported",
          sides.get(0));
      sides = sides.subList(1, 4);
    }
    Shape out = new Shape(sides.get(0), sides.get(1), sides.get(2));
    require(
        out.size() == inputs.get(0).size(),
        Rule.LAYER_SHAPES,
        "it makes %s of %s",
        out,
        inputs.get(0));
    return List.of(out);
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    String in = inputs.get(0).variable();
    Shape out = outputs.get(0);
    if (params.getMode() == ReshapeOrder.CHANNEL_FIRST) {
      return List.of(
          "torch.reshape(%s, [-1, %d, %d, %d])"
              .formatted(in, out.channels(), out.height(), out.width()));
    }
    return List.of(
        "torch.permute(torch.reshape(torch.permute(%s, [0, 2, 3, 1]), [-1, %d, %d, %d]), [0, 3, 1, 2])"
            .formatted(in, out.height(), out.width(), out.channels()));
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    Shape out = outputs.get(0);
    if (params.getMode() == ReshapeOrder.CHANNEL_FIRST) {
      return List.of(model.node("Reshape", out, in.variable(), model.whole(model.sides(out))));
    }
    String byPixel =
        model.node(
            OnnxOperator.of("Transpose").with("perm", 0, 2, 3, 1), in.shape(), in.variable());
    String sides = model.whole(model.batch(), out.height(), out.width(), out.channels());
    String shaped = model.node("Reshape", out, byPixel, sides);
    return List.of(model.node(OnnxOperator.of("Transpose").with("perm", 0, 3, 1, 2), out, shaped));
  }
}
