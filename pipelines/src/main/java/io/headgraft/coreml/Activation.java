package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;
import static io.headgraft.coreml.Operator.number;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.ActivationParams;
import io.headgraft.coreml.proto.WeightParams;
import java.util.List;

/** A function of each value, some of them with parameters for each channel. */
record Activation(ActivationParams params) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    long channels = inputs.get(0).channels();
    switch (params.getNonlinearityTypeCase()) {
      case PRELU -> slopes(channels).check();
      case PARAMETRICSOFTPLUS -> {
        Weights alphas = alphas(channels);
        Weights betas = betas(channels);
        alphas.check();
        betas.check();
        require(
            alphas.form() == betas.form(),
            Rule.WEIGHT_FORM,
            "its alphas and betas are stored in different forms");
      }
      case NONLINEARITYTYPE_NOT_SET ->
          throw new InvalidLayerException(Rule.LAYER_PARAMETERS, "it has no activation function");
      case LINEAR,
          RELU,
          LEAKYRELU,
          THRESHOLDEDRELU,
          TANH,
          SCALEDTANH,
          SIGMOID,
          SIGMOIDHARD,
          ELU,
          SOFTSIGN,
          SOFTPLUS -> {}
    }
    return inputs;
  }

  private Weights slopes(long channels) {
    return oneOrEach(params.getPReLU().getAlpha(), "slopes", channels);
  }

  private Weights alphas(long channels) {
    return oneOrEach(params.getParametricSoftplus().getAlpha(), "alphas", channels);
  }

  private Weights betas(long channels) {
    return oneOrEach(params.getParametricSoftplus().getBeta(), "betas", channels);
  }

  /** One number for all channels, or one for each. */
  private static Weights oneOrEach(WeightParams params, String role, long channels) {
    boolean one =
        params.getFloatValueCount() == 1
            || params.getFloat16Value().size() == Short.BYTES
            || (params.getRawValue().size() == 1 && Weights.count(params) < channels);
    return Weights.of(params, role, one ? 1 : channels);
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    return List.of(
        code(module, inputs.get(0).shape().channels()).formatted(inputs.get(0).variable()));
  }

  private String code(TorchScriptCompiler module, long channels) {
    return switch (params.getNonlinearityTypeCase()) {
      case LINEAR -> linear(params.getLinear().getAlpha(), params.getLinear().getBeta());
      case RELU -> "torch.relu(%s)";
      case LEAKYRELU -> "torch.leaky_relu(%s, " + number(params.getLeakyReLU().getAlpha()) + ")";
      case THRESHOLDEDRELU -> {
        double alpha = params.getThresholdedReLU().getAlpha();
        yield "torch.masked_fill(%1$s, torch.lt(%1$s, " + number(alpha) + "), 0)";
      }
      case PRELU -> "torch.prelu(%s, " + module.tensor(slopes(channels).floats()) + ")";
      case TANH -> "torch.tanh(%s)";
      case SCALEDTANH ->
          "torch.mul(torch.tanh(torch.mul(%s, "
              + number(params.getScaledTanh().getBeta())
              + ")), "
              + number(params.getScaledTanh().getAlpha())
              + ")";
      case SIGMOID -> "torch.sigmoid(%s)";
      case SIGMOIDHARD ->
          "torch.clamp("
              + linear(params.getSigmoidHard().getAlpha(), params.getSigmoidHard().getBeta())
              + ", 0, 1)";
      case ELU -> "torch.elu(%s, " + number(params.getELU().getAlpha()) + ", 1, 1)";
      case SOFTSIGN -> "torch.true_divide(%1$s, torch.add(torch.abs(%1$s), 1))";
      case SOFTPLUS -> "torch.softplus(%s)";
      case PARAMETRICSOFTPLUS ->
          "torch.mul(torch.softplus(torch.mul(%s, "
              + perChannel(module, betas(channels))
              + ")), "
              + perChannel(module, alphas(channels))
              + ")";
      case NONLINEARITYTYPE_NOT_SET -> throw new IllegalStateException("Checked before");
    };
  }

  private static String linear(float factor, float summand) {
    return "torch.add(torch.mul(%s, " + number(factor) + "), " + number(summand) + ")";
  }

  private static String perChannel(TorchScriptCompiler module, Weights weights) {
    return module.tensorOfChannels(weights.floats());
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    return List.of(node(model, inputs.get(0)));
  }

  private String node(OnnxCompiler model, Blob in) {
    Shape shape = in.shape();
    String x = in.variable();
    return switch (params.getNonlinearityTypeCase()) {
      case LINEAR -> {
        String scaled = model.node("Mul", shape, x, model.number(params.getLinear().getAlpha()));
        yield model.node("Add", shape, scaled, model.number(params.getLinear().getBeta()));
      }
      case RELU -> model.node("Relu", shape, x);
      case LEAKYRELU -> model.node(alpha("LeakyRelu", params.getLeakyReLU().getAlpha()), shape, x);
      case THRESHOLDEDRELU -> {
        // The operator of this name leaves out the threshold itself.
        String alpha = model.number(params.getThresholdedReLU().getAlpha());
        String below = model.node("Less", shape, x, alpha);
        yield model.node("Where", shape, below, model.number(0), x);
      }
      case PRELU -> model.node("PRelu", shape, x, perChannel(model, slopes(shape.channels())));
      case TANH -> model.node("Tanh", shape, x);
      case SCALEDTANH -> {
        String scaled = model.node("Mul", shape, x, model.number(params.getScaledTanh().getBeta()));
        String alpha = model.number(params.getScaledTanh().getAlpha());
        yield model.node("Mul", shape, model.node("Tanh", shape, scaled), alpha);
      }
      case SIGMOID -> model.node("Sigmoid", shape, x);
      case SIGMOIDHARD ->
          model.node(
              alpha("HardSigmoid", params.getSigmoidHard().getAlpha())
                  .with("beta", params.getSigmoidHard().getBeta()),
              shape,
              x);
      case ELU -> model.node(alpha("Elu", params.getELU().getAlpha()), shape, x);
      case SOFTSIGN -> model.node("Softsign", shape, x);
      case SOFTPLUS -> model.node("Softplus", shape, x);
      case PARAMETRICSOFTPLUS -> {
        String scaled = model.node("Mul", shape, x, perChannel(model, betas(shape.channels())));
        String alphas = perChannel(model, alphas(shape.channels()));
        yield model.node("Mul", shape, model.node("Softplus", shape, scaled), alphas);
      }
      case NONLINEARITYTYPE_NOT_SET -> throw new IllegalStateException("Checked before");
    };
  }

  private static OnnxOperator alpha(String type, float alpha) {
    return OnnxOperator.of(type).with("alpha", alpha);
  }

  private static String perChannel(OnnxCompiler model, Weights weights) {
    return model.channels(weights.floats());
  }
}
