package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;
import static io.headgraft.coreml.Operator.number;
import static io.headgraft.coreml.Operator.orDefault;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.UnaryFunctionLayerParams;
import io.headgraft.coreml.proto.UnaryFunctionLayerParams.Operation;
import java.util.List;

/** A function of each value, after scaling and shifting it. */
record Unary(UnaryFunctionLayerParams params) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    require(
        params.getType() != Operation.UNRECOGNIZED,
        Rule.LAYER_PARAMETERS,
        "its function %s is unknown",
        params.getTypeValue());
    return inputs;
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    String in =
        "torch.add(torch.mul(%s, %s), %s)"
            .formatted(
                inputs.get(0).variable(),
                number(orDefault(params.getScale(), 1)),
                number(params.getShift()));
    String alpha = number(params.getAlpha());
    String kept = "torch.add(" + in + ", " + number(orDefault(params.getEpsilon(), 1e-6)) + ")";
    return List.of(
        switch (params.getType()) {
          case SQRT -> "torch.sqrt(" + in + ")";
          case RSQRT -> "torch.rsqrt(" + kept + ")";
          case INVERSE -> "torch.reciprocal(" + kept + ")";
          case POWER -> "torch.pow(" + in + ", " + alpha + ")";
          case EXP -> "torch.exp(" + in + ")";
          case LOG -> "torch.log(" + in + ")";
          case ABS -> "torch.abs(" + in + ")";
          case THRESHOLD -> "torch.clamp_min(" + in + ", " + alpha + ")";
          case UNRECOGNIZED -> throw new IllegalStateException("Checked before");
        });
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Shape shape = outputs.get(0);
    String scale = model.number(orDefault(params.getScale(), 1));
    String scaled = model.node("Mul", shape, inputs.get(0).variable(), scale);
    String x = model.node("Add", shape, scaled, model.number(params.getShift()));
    return List.of(
        switch (params.getType()) {
          case SQRT -> model.node("Sqrt", shape, x);
          case RSQRT ->
              model.node("Reciprocal", shape, model.node("Sqrt", shape, kept(model, x, shape)));
          case INVERSE -> model.node("Reciprocal", shape, kept(model, x, shape));
          case POWER -> model.node("Pow", shape, x, model.number(params.getAlpha()));
          case EXP -> model.node("Exp", shape, x);
          case LOG -> model.node("Log", shape, x);
          case ABS -> model.node("Abs", shape, x);
          case THRESHOLD -> model.node("Max", shape, x, model.number(params.getAlpha()));
          case UNRECOGNIZED -> throw new IllegalStateException("Checked before");
        });
  }

  private String kept(OnnxCompiler model, String x, Shape shape) {
    return model.node("Add", shape, x, model.number(orDefault(params.getEpsilon(), 1e-6)));
  }
}
