package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;
import static io.headgraft.coreml.Operator.number;
import static io.headgraft.coreml.Operator.orDefault;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.LRNLayerParams;
import java.util.List;

/**
 * {@code x / (k + alpha / localSize * sum)^beta}, the sum over the squares of a pixel's
 * neighbouring channels.
 */
record LocalResponseNormalization(LRNLayerParams params) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Sizes.channels(params.getLocalSize(), "channels of the window");
    require(!(params.getK() < 0), Rule.LAYER_PARAMETERS, "its k of %s is negative", params.getK());
    return inputs;
  }

  @Override
  public long operations(List<Shape> inputs, List<Shape> outputs) {
    Shape in = inputs.get(0);
    return in.size() * Math.min(params.getLocalSize(), 2 * in.channels());
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    long size = params.getLocalSize();
    // A window reads nothing behind the last channel, however large it is.
    long before = Math.min(size / 2, in.shape().channels() - 1);
    long after = Math.min((size - 1) / 2, in.shape().channels() - 1);
    Shape shape = in.shape();
    String padded =
        "torch.constant_pad_nd(torch.unsqueeze(torch.mul(%1$s, %1$s), 1), [0, 0, 0, 0, %2$d, %3$d], 0)"
            .formatted(in.variable(), before, after);
    Blob squares =
        module.assign(
            padded, new Shape(shape.channels() + before + after, shape.height(), shape.width()));
    String sums =
        "torch.squeeze(torch.avg_pool3d(%s, [%d, 1, 1], [1, 1, 1], [0, 0, 0], False, True, 1), 1)"
            .formatted(squares.variable(), before + after + 1);
    return List.of(
        "torch.mul(%s, torch.pow(torch.add(torch.mul(%s, %s), %s), %s))"
            .formatted(
                in.variable(),
                sums,
                number(params.getAlpha() / (double) size),
                number(orDefault(params.getK(), 1)),
                number(-params.getBeta())));
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    Shape shape = in.shape();
    long size = params.getLocalSize();
    long before = Math.min(size / 2, shape.channels() - 1);
    long after = Math.min((size - 1) / 2, shape.channels() - 1);
    long window = before + after + 1;
    String squares = model.node("Mul", shape, in.variable(), in.variable());
    // Channels become rows: the operator of this name takes windows of odd sizes only.
    Shape rows = new Shape(1, shape.channels(), shape.height() * shape.width());
    String means =
        model.node(
            OnnxOperator.of("AveragePool")
                .with("kernel_shape", window, 1)
                .with("pads", before, 0, after, 0)
                .with("count_include_pad", 1),
            rows,
            model.node("Reshape", rows, squares, model.whole(model.sides(rows))));
    String sums =
        model.node(
            "Mul",
            shape,
            model.node("Reshape", shape, means, model.whole(model.sides(shape))),
            model.number(params.getAlpha() * (double) window / size));
    String base = model.node("Add", shape, sums, model.number(orDefault(params.getK(), 1)));
    String factors = model.node("Pow", shape, base, model.number(-params.getBeta()));
    return List.of(model.node("Mul", shape, in.variable(), factors));
  }
}
