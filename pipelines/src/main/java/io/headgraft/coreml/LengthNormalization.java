package io.headgraft.coreml;

import static io.headgraft.coreml.Operator.number;
import static io.headgraft.coreml.Operator.orDefault;

import io.headgraft.coreml.TorchScriptCompiler.Blob;
import io.headgraft.coreml.proto.L2NormalizeLayerParams;
import java.util.List;

/** All values over their Euclidean length. */
record LengthNormalization(L2NormalizeLayerParams params) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    return inputs;
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    return List.of(
        "torch.mul(%1$s, torch.rsqrt(torch.add(torch.sum(torch.mul(%1$s, %1$s), [1, 2, 3], True), %2$s)))"
            .formatted(inputs.get(0).variable(), number(orDefault(params.getEpsilon(), 1e-6))));
  }
}
