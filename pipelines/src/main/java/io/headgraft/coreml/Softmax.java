package io.headgraft.coreml;

import io.headgraft.coreml.NetworkCompiler.Blob;
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

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    return List.of(
        model.node(
            OnnxOperator.of("Softmax").with("axis", 1), outputs.get(0), inputs.get(0).variable()));
  }
}
