package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.SplitLayerParams;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Channels in equal parts.
 *
 * @param outputs that the layer names
 */
record Splitting(SplitLayerParams params, int outputs) implements Operator {

  @Override
  public Arity arity() {
    return new Arity(1, 1, 2, Arity.ANY);
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    require(
        params.getNOutputs() == outputs,
        Rule.LAYER_PARAMETERS,
        "it splits into %s parts and has %s outputs",
        Long.toUnsignedString(params.getNOutputs()),
        outputs);
    Shape in = inputs.get(0);
    require(
        in.channels() % outputs == 0,
        Rule.LAYER_SHAPES,
        "%s channels cannot be split into %s parts",
        in.channels(),
        outputs);
    Shape part = new Shape(in.channels() / outputs, in.height(), in.width());
    return Collections.nCopies(outputs, part);
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> shapes) {
    long channels = shapes.get(0).channels();
    // Copies: a part would keep the whole in memory as long as it lives.
    return IntStream.range(0, outputs)
        .mapToObj(
            i ->
                "torch.clone(torch.narrow(%s, 1, %d, %d))"
                    .formatted(inputs.get(0).variable(), i * channels, channels))
        .toList();
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> shapes) {
    long channels = shapes.get(0).channels();
    return IntStream.range(0, outputs)
        .mapToObj(
            i ->
                model.node(
                    "Slice",
                    shapes.get(i),
                    inputs.get(0).variable(),
                    model.whole(i * channels),
                    model.whole((i + 1) * channels),
                    model.whole(1)))
        .toList();
  }
}
