package io.headgraft.coreml;

import io.headgraft.coreml.TorchScriptCompiler.Blob;
import java.util.List;

/** {@code exp(x)} over the sum of all channels, at each pixel. */
record Softmax() implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    return inputs;
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    return List.of("torch.softmax(%s, 1)".formatted(inputs.get(0).variable()));
  }
}
