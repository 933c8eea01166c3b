package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.LoadConstantLayerParams;
import java.util.List;

/** A blob that the file holds. */
record Constant(LoadConstantLayerParams params) implements Operator {

  @Override
  public Arity arity() {
    return Arity.ofInputs(0, 0);
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    require(
        params.getShapeCount() == 3,
        Rule.LAYER_PARAMETERS,
        "its shape has %s sides, not 3",
        params.getShapeCount());
    params.getShapeList().forEach(side -> Sizes.channels(side, "values"));
    Shape shape = new Shape(params.getShape(0), params.getShape(1), params.getShape(2));
    values(shape).check();
    return List.of(shape);
  }

  private Weights values(Shape shape) {
    return Weights.byChannel(params.getData(), "values", shape.size(), shape.channels());
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    Shape shape = outputs.get(0);
    long[] sides = {1, shape.channels(), shape.height(), shape.width()};
    return List.of(
        "torch.expand(%s, [%d, -1, -1, -1])"
            .formatted(module.tensor(values(shape).floats(), "%s", sides), module.batch()));
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Shape shape = outputs.get(0);
    String one =
        model.tensor(values(shape).floats(), 1, shape.channels(), shape.height(), shape.width());
    return List.of(model.node("Expand", shape, one, model.whole(model.sides(shape))));
  }
}
