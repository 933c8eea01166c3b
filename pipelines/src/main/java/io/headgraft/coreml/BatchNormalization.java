package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;
import static io.headgraft.coreml.Operator.orDefault;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.BatchnormLayerParams;
import io.headgraft.coreml.proto.WeightParams;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code gamma * (x - mean) / sqrt(variance + epsilon) + beta}, a channel at a time. Where mean and
 * variance are to be computed, they are those of the image's own channel: a prediction is a batch
 * of one, so normalization by the batch and by the instance are the same.
 */
record BatchNormalization(BatchnormLayerParams params) implements Operator {

  static final double EPSILON = 1e-5;

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    require(
        params.getChannels() == inputs.get(0).channels(),
        Rule.LAYER_SHAPES,
        "it normalizes %s channels, its input has %s",
        Long.toUnsignedString(params.getChannels()),
        inputs.get(0).channels());
    List<Weights> all = new ArrayList<>(List.of(gamma(), beta()));
    if (!params.getComputeMeanVar()) {
      all.addAll(List.of(mean(), variance()));
    }
    all.forEach(Weights::check);
    all.forEach(one -> all.forEach(one::requireSamePrecision));
    return inputs;
  }

  private Weights gamma() {
    return perChannel(params.getGamma(), "gammas");
  }

  private Weights beta() {
    return perChannel(params.getBeta(), "betas");
  }

  private Weights mean() {
    return perChannel(params.getMean(), "means");
  }

  private Weights variance() {
    return perChannel(params.getVariance(), "variances");
  }

  private Weights perChannel(WeightParams weights, String role) {
    return Weights.of(weights, role, params.getChannels());
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    String beta = module.tensorOfChannels(beta().floats());
    String normalized =
        params.getComputeMeanVar()
            ? "torch.mul(%s, %s)"
                .formatted(
                    MeanVarianceNormalization.code(
                        module, inputs.get(0), "[2, 3]", orDefault(params.getEpsilon(), EPSILON)),
                    module.tensorOfChannels(gamma().floats()))
            : "torch.mul(torch.sub(%s, %s), %s)"
                .formatted(
                    inputs.get(0).variable(),
                    module.tensorOfChannels(mean().floats()),
                    module.tensorOfChannels(factors()));
    return List.of("torch.add(" + normalized + ", " + beta + ")");
  }

  private float[] factors() {
    float[] variance = variance().floats();
    float[] factors = gamma().floats();
    double epsilon = orDefault(params.getEpsilon(), EPSILON);
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) (factors[i] / Math.sqrt(variance[i] + epsilon));
      require(
          Float.isFinite(factors[i]),
          Rule.LAYER_PARAMETERS,
          "its variance %s is not positive",
          variance[i]);
    }
    return factors;
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    if (params.getComputeMeanVar()) {
      double epsilon = orDefault(params.getEpsilon(), EPSILON);
      String normalized = MeanVarianceNormalization.node(model, in, epsilon, 2, 3);
      String scaled = model.node("Mul", in.shape(), normalized, model.channels(gamma().floats()));
      return List.of(model.node("Add", in.shape(), scaled, model.channels(beta().floats())));
    }
    factors(); // refuses a variance that cannot be divided by
    long channels = params.getChannels();
    return List.of(
        model.node(
            OnnxOperator.of("BatchNormalization")
                .with("epsilon", (float) orDefault(params.getEpsilon(), EPSILON)),
            in.shape(),
            in.variable(),
            model.tensor(gamma().floats(), channels),
            model.tensor(beta().floats(), channels),
            model.tensor(mean().floats(), channels),
            model.tensor(variance().floats(), channels)));
  }
}
