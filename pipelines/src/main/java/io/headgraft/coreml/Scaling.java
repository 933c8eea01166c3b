package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.BiasLayerParams;
import io.headgraft.coreml.proto.ScaleLayerParams;
import io.headgraft.coreml.proto.WeightParams;
import java.util.List;
import java.util.Optional;

/**
 * A product with constants, then a sum with constants, each of them one for all values, for a
 * channel, for a pixel, or for each value alone.
 */
record Scaling(Optional<Values> factors, Optional<Values> summands) implements Operator {

  /**
   * Constants of a shape.
   *
   * @param sides one, or three: channels, height and width
   */
  record Values(WeightParams params, List<Long> sides, String role) {

    Shape shape() {
      require(
          sides.size() == 1 || sides.size() == 3,
          Rule.LAYER_PARAMETERS,
          "the shape of its %s has %s sides, not 1 or 3",
          role,
          sides.size());
      sides.forEach(side -> Sizes.channels(side, "values"));
      return sides.size() == 1
          ? new Shape(sides.get(0), 1, 1)
          : new Shape(sides.get(0), sides.get(1), sides.get(2));
    }

    Weights weights() {
      Shape shape = shape();
      return Weights.byChannel(
          params, role, shape.size(), sides.size() == 1 ? 1 : shape.channels());
    }

    void check(Shape in) {
      Shape shape = shape();
      require(
          fits(shape.channels(), in.channels())
              && fits(shape.height(), in.height())
              && fits(shape.width(), in.width()),
          Rule.LAYER_SHAPES,
          "its %s are %s, its input is %s",
          role,
          shape,
          in);
      weights().check();
    }

    private static boolean fits(long side, long input) {
      return side == 1 || side == input;
    }

    String tensor(OnnxCompiler model) {
      Shape shape = shape();
      return model.tensor(weights().floats(), 1, shape.channels(), shape.height(), shape.width());
    }

    String tensor(TorchScriptCompiler module) {
      Shape shape = shape();
      return module.tensor(
          weights().floats(), "%s", 1, shape.channels(), shape.height(), shape.width());
    }
  }

  static Scaling of(ScaleLayerParams params) {
    Values factors = new Values(params.getScale(), params.getShapeScaleList(), "factors");
    Values summands = new Values(params.getBias(), params.getShapeBiasList(), "biases");
    return new Scaling(
        Optional.of(factors), params.getHasBias() ? Optional.of(summands) : Optional.empty());
  }

  static Scaling of(BiasLayerParams params) {
    return new Scaling(
        Optional.empty(),
        Optional.of(new Values(params.getBias(), params.getShapeList(), "biases")));
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    factors.ifPresent(values -> values.check(inputs.get(0)));
    summands.ifPresent(values -> values.check(inputs.get(0)));
    if (factors.isPresent() && summands.isPresent()) {
      factors.get().weights().requireSamePrecision(summands.get().weights());
    }
    return inputs;
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    String result = inputs.get(0).variable();
    if (factors.isPresent()) {
      result = "torch.mul(" + result + ", " + factors.get().tensor(module) + ")";
    }
    if (summands.isPresent()) {
      result = "torch.add(" + result + ", " + summands.get().tensor(module) + ")";
    }
    return List.of(result);
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Shape shape = outputs.get(0);
    String result = inputs.get(0).variable();
    if (factors.isPresent()) {
      result = model.node("Mul", shape, result, factors.get().tensor(model));
    }
    if (summands.isPresent()) {
      result = model.node("Add", shape, result, summands.get().tensor(model));
    }
    return List.of(result);
  }
}
