package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import java.util.Arrays;
import java.util.List;

/**
 * A convolution in groups, with dilation.
 *
 * @param relu whether the ReLU behind it is computed with it
 */
record Convolution(ConvolutionLayerParams params, boolean relu) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape in = inputs.get(0);
    long groups = groups(params);
    long inputChannels = Math.multiplyExact(params.getKernelChannels(), groups);
    require(
        inputChannels == in.channels(),
        Rule.LAYER_SHAPES,
        "it reads %s channels, its input has %s",
        Long.toUnsignedString(inputChannels),
        in.channels());
    Shape out = Windows.of(params, in).output(outputs(params));
    check(weights(), params);
    return List.of(out);
  }

  static long groups(ConvolutionLayerParams params) {
    // As the format has it, zero stands for the default.
    return params.getNGroups() == 0 ? 1 : Sizes.channels(params.getNGroups(), "groups");
  }

  static long outputs(ConvolutionLayerParams params) {
    long outputs = Sizes.channels(params.getOutputChannels(), "output channels");
    require(
        outputs % groups(params) == 0,
        Rule.LAYER_PARAMETERS,
        "its %s output channels cannot be divided into %s groups",
        outputs,
        groups(params));
    return outputs;
  }

  static void check(Weights weights, ConvolutionLayerParams params) {
    weights.check();
    if (params.getHasBias()) {
      Weights bias = bias(params);
      bias.check();
      weights.requireSamePrecision(bias);
    }
  }

  private static Weights bias(ConvolutionLayerParams params) {
    return Weights.of(params.getBias(), "biases", params.getOutputChannels());
  }

  private Weights weights() {
    return Weights.byChannel(
        params.getWeights(), "weights", Sizes.count(kernelShape()), params.getOutputChannels());
  }

  private long[] kernelShape() {
    long[] kernel = Sizes.pair(params.getKernelSizeList(), 3);
    return new long[] {
      params.getOutputChannels(), params.getKernelChannels(), kernel[0], kernel[1]
    };
  }

  @Override
  public long operations(List<Shape> inputs, List<Shape> outputs) {
    long[] kernel = kernelShape();
    return outputs.get(0).size() * Sizes.count(kernel[1], kernel[2], kernel[3]);
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    Windows windows = Windows.of(params, in.shape());
    if (!windows.areEven()) {
      in = Padding.zeros(module, in, windows.rows().border(), windows.columns().border());
      windows = windows.withoutBorders();
    }
    return List.of(
        switch (module.convolutions()) {
          case ONE_DNN -> oneDnn(module, in, windows);
          case ANYWHERE -> anywhere(module, in, windows);
        });
  }

  private String oneDnn(TorchScriptCompiler module, Blob in, Windows windows) {
    String geometry =
        "%s, %s, %s, %d"
            .formatted(windows.border(), windows.stride(), windows.dilation(), groups(params));
    long[] batch = {module.batch(), in.shape().channels(), in.shape().height(), in.shape().width()};
    String weights =
        module.tensor(
            weights().floats(),
            "ops.mkldnn._reorder_convolution_weight(%%s, %s, %s)"
                .formatted(geometry, Arrays.toString(batch)),
            kernelShape());
    return "ops.mkldnn._convolution_pointwise(%s, %s, %s, %s, \"%s\", %s, None)"
        .formatted(
            in.variable(),
            weights,
            bias(module, params),
            geometry,
            relu ? "relu" : "none",
            "annotate(List[Optional[number]], [])");
  }

  private String anywhere(TorchScriptCompiler module, Blob in, Windows windows) {
    String sum =
        "torch.conv2d(%s, %s, %s, %s, %s, %s, %d)"
            .formatted(
                in.variable(),
                module.tensor(weights().floats(), "%s", kernelShape()),
                bias(module, params),
                windows.stride(),
                windows.border(),
                windows.dilation(),
                groups(params));
    return relu ? "torch.relu(" + sum + ")" : sum;
  }

  static String bias(TorchScriptCompiler module, ConvolutionLayerParams params) {
    return params.getHasBias() ? module.tensor(bias(params).floats()) : "None";
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    Windows windows = Windows.of(params, in.shape());
    OnnxOperator convolution =
        OnnxOperator.of("Conv")
            .with("pads", Border.outer(windows.rows().border(), windows.columns().border()))
            .with("strides", Sizes.pair(params.getStrideList(), 1))
            .with("dilations", Sizes.pair(params.getDilationFactorList(), 1))
            .with("group", groups(params));
    Shape out = outputs.get(0);
    String weights = model.tensor(weights().floats(), kernelShape());
    String sum = node(model, convolution, params, out, in.variable(), weights);
    return List.of(relu ? model.node("Relu", out, sum) : sum);
  }

  /** A convolution, or a transposed one, with its biases if it has any. */
  static String node(
      OnnxCompiler model,
      OnnxOperator convolution,
      ConvolutionLayerParams params,
      Shape out,
      String... inputs) {
    if (!params.getHasBias()) {
      return model.node(convolution, out, inputs);
    }
    String[] all = Arrays.copyOf(inputs, inputs.length + 1);
    all[inputs.length] = model.tensor(bias(params).floats(), params.getOutputChannels());
    return model.node(convolution, out, all);
  }
}
