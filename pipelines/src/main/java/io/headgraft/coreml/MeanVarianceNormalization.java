package io.headgraft.coreml;

import static io.headgraft.coreml.Operator.number;
import static io.headgraft.coreml.Operator.orDefault;

import io.headgraft.coreml.TorchScriptCompiler.Blob;
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
}
