package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.Weights.Form;
import io.headgraft.coreml.proto.InnerProductLayerParams;
import java.util.List;

/** A product of all values of the input with a matrix. */
record InnerProduct(InnerProductLayerParams params) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    long outputs = Sizes.channels(params.getOutputChannels(), "output channels");
    require(
        params.getInputChannels() == inputs.get(0).size(),
        Rule.LAYER_SHAPES,
        "it reads %s values, its input has %s",
        Long.toUnsignedString(params.getInputChannels()),
        inputs.get(0).size());
    require(
        !params.getInt8DynamicQuantize(),
        Rule.WEIGHT_FORM,
        "its dynamic quantization to 8 bits is not supported");
    checkPresent(weights());
    if (params.getHasBias()) {
      checkPresent(bias());
      weights().requireSamePrecision(bias());
    }
    return List.of(new Shape(outputs, 1, 1));
  }

  /** Core ML lets an inner product without weights through; it cannot be run. */
  private static void checkPresent(Weights weights) {
    if (weights.form() != Form.NONE) {
      weights.check();
    }
  }

  private Weights weights() {
    long outputs = params.getOutputChannels();
    long count = Math.multiplyExact(outputs, params.getInputChannels());
    return Weights.byChannel(params.getWeights(), "weights", count, outputs);
  }

  private Weights bias() {
    return Weights.of(params.getBias(), "biases", params.getOutputChannels());
  }

  @Override
  public long operations(List<Shape> inputs, List<Shape> outputs) {
    return Math.multiplyExact(inputs.get(0).size(), outputs.get(0).size());
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    long rows = params.getOutputChannels();
    String weights = module.tensor(weights().floats(), "%s", rows, params.getInputChannels());
    String bias = params.getHasBias() ? module.tensor(bias().floats()) : "None";
    return List.of(
        "torch.reshape(torch.linear(torch.flatten(%s, 1), %s, %s), [-1, %d, 1, 1])"
            .formatted(inputs.get(0).variable(), weights, bias, rows));
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    Shape out = outputs.get(0);
    OnnxOperator product = OnnxOperator.of("Gemm").with("transB", 1);
    String flat = model.node("Flatten", in.shape(), in.variable());
    String weights =
        model.tensor(weights().floats(), params.getOutputChannels(), params.getInputChannels());
    String sum =
        params.getHasBias()
            ? model.node(product, out, flat, weights, model.tensor(bias().floats(), out.channels()))
            : model.node(product, out, flat, weights);
    return List.of(model.node("Reshape", out, sum, model.whole(model.sides(out))));
  }
}
