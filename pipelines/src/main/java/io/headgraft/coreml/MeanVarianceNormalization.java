package io.headgraft.coreml;

import static io.headgraft.coreml.Operator.number;
import static io.headgraft.coreml.Operator.orDefault;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.MeanVarianceNormalizeLayerParams;
import java.util.List;

/** Values less their mean, and over their standard deviation: of a channel, or of all of them. */
record MeanVarianceNormalization(MeanVarianceNormalizeLayerParams params) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    return inputs;
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    String axes = params.getAcrossChannels() ? "[1, 2, 3]" : "[2, 3]";
    return List.of(
        params.getNormalizeVariance()
            ? code(module, in, axes, orDefault(params.getEpsilon(), 1e-6))
            : centred(in, axes));
  }

  private static String centred(Blob in, String axes) {
    return "torch.sub(%1$s, torch.mean(%1$s, %2$s, True))".formatted(in.variable(), axes);
  }

  /** {@code (x - mean) / sqrt(variance + epsilon)}, both taken over some axes. */
  static String code(TorchScriptCompiler module, Blob in, String axes, double epsilon) {
    String centred = module.assign(centred(in, axes), in.shape()).variable();
    return "torch.mul(%1$s, torch.rsqrt(torch.add(torch.mean(torch.mul(%1$s, %1$s), %2$s, True), %3$s)))"
        .formatted(centred, axes, number(epsilon));
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    long[] axes = params.getAcrossChannels() ? new long[] {1, 2, 3} : new long[] {2, 3};
    return List.of(
        params.getNormalizeVariance()
            ? node(model, in, orDefault(params.getEpsilon(), 1e-6), axes)
            : centred(model, in, axes));
  }

  private static String centred(OnnxCompiler model, Blob in, long... axes) {
    String mean = model.node("ReduceMean", means(in, axes), in.variable(), model.whole(axes));
    return model.node("Sub", in.shape(), in.variable(), mean);
  }

  private static Shape means(Blob in, long... axes) {
    return new Shape(axes.length == 3 ? 1 : in.shape().channels(), 1, 1);
  }

  /** {@code (x - mean) / sqrt(variance + epsilon)}, both taken over some axes. */
  static String node(OnnxCompiler model, Blob in, double epsilon, long... axes) {
    Shape means = means(in, axes);
    String centred = centred(model, in, axes);
    String squares = model.node("Mul", in.shape(), centred, centred);
    String variance = model.node("ReduceMean", means, squares, model.whole(axes));
    String kept = model.node("Add", means, variance, model.number(epsilon));
    return model.node("Div", in.shape(), centred, model.node("Sqrt", means, kept));
  }
}
