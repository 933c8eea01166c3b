package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.ConcatLayerParams;
import java.util.List;
import java.util.stream.Collectors;

/** The channels of several blobs, one behind the other. */
record Concatenation(ConcatLayerParams params) implements Operator {

  @Override
  public Arity arity() {
    return Arity.ofInputs(2, Arity.ANY);
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    require(
        !params.getSequenceConcat(), Rule.LAYER_TYPES, "concatenation in time is not supported");
    Shape first = inputs.get(0);
    long channels = 0;
    for (Shape in : inputs) {
      require(
          in.height() == first.height() && in.width() == first.width(),
          Rule.LAYER_SHAPES,
          "its inputs differ in height or width: %s and %s",
          first,
          in);
      channels = Math.addExact(channels, in.channels());
    }
    return List.of(new Shape(channels, first.height(), first.width()));
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    return List.of(
        inputs.stream()
            .map(Blob::variable)
            .collect(Collectors.joining(", ", "torch.cat([", "], 1)")));
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    String[] variables = inputs.stream().map(Blob::variable).toArray(String[]::new);
    return List.of(
        model.node(OnnxOperator.of("Concat").with("axis", 1), outputs.get(0), variables));
  }
}
