package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.PermuteLayerParams;
import java.util.List;

/** Channels, rows and columns in another order. */
record Permutation(PermuteLayerParams params) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    List<Long> axes = params.getAxisList();
    require(
        axes.size() == 4 && axes.containsAll(List.of(0L, 1L, 2L, 3L)),
        Rule.LAYER_PARAMETERS,
        "its axes %s are no permutation of 0 to 3",
        axes);
    require(
        axes.get(0) == 0,
        Rule.LAYER_TYPES,
        "its permutation %s moves the axis of sequences, which is not supported",
        axes);
    Shape in = inputs.get(0);
    long[] sides = {1, in.channels(), in.height(), in.width()};
    return List.of(
        new Shape(
            sides[axes.get(1).intValue()],
            sides[axes.get(2).intValue()],
            sides[axes.get(3).intValue()]));
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    return List.of(
        "torch.permute(%s, %s)".formatted(inputs.get(0).variable(), params.getAxisList()));
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    long[] axes = params.getAxisList().stream().mapToLong(Long::longValue).toArray();
    return List.of(
        model.node(
            OnnxOperator.of("Transpose").with("perm", axes),
            outputs.get(0),
            inputs.get(0).variable()));
  }
}
