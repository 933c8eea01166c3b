package io.headgraft.coreml;

import com.google.protobuf.ByteString;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.QuantizationParams;
import io.headgraft.coreml.proto.WeightParams;

/** What the weights of a network had better meet, though Core ML does not ask for it. */
final class WeightRules {

  private static final int HALF_PRECISION_VERSION = 2;
  private static final int QUANTIZED_VERSION = 3;

  /** In the second byte of a half-precision number; all of it set is infinite or no number. */
  private static final int HALF_EXPONENT = 0x7c;

  private final Model model;
  private final NeuralNetwork network;
  private final Findings findings;

  WeightRules(Model model, NeuralNetwork network, Findings findings) {
    this.model = model;
    this.network = network;
    this.findings = findings;
  }

  void check() {
    for (NeuralNetworkLayer layer : network.getLayersList()) {
      LayerWeights.of(layer).forEach((role, weights) -> weights(layer, role, weights));
      if (layer.hasInnerProduct() && Weights.count(layer.getInnerProduct().getWeights()) == 0) {
        findings.addAt(Names.of(layer), Rule.INNER_PRODUCT_WEIGHTS, "it has no weights");
      }
    }
  }

  private void weights(NeuralNetworkLayer layer, String role, WeightParams weights) {
    boolean half = !weights.getFloat16Value().isEmpty();
    if (half && model.getIsUpdatable() && layer.getIsUpdatable()) {
      findings.addAt(
          Names.of(layer),
          Rule.UPDATABLE_HALF_PRECISION,
          "it is updatable, but its %s are in half precision; small steps would be lost",
          role);
    }
    if (half) {
      version(layer, Rule.HALF_PRECISION_VERSION, "half-precision", HALF_PRECISION_VERSION);
    }
    if (!weights.getRawValue().isEmpty() || !weights.getInt8RawValue().isEmpty()) {
      version(layer, Rule.QUANTIZED_VERSION, "quantized", QUANTIZED_VERSION);
    }
    if (!isFinite(weights)) {
      findings.addAt(
          Names.of(layer), Rule.WEIGHTS_FINITE, "its %s hold NaN or an infinite value", role);
    }
  }

  private void version(NeuralNetworkLayer layer, Rule rule, String form, int first) {
    if (model.getSpecificationVersion() < first && !findings.breaks(rule)) {
      findings.addAt(
          Names.of(layer),
          rule,
          "it has %s weights, which need specification version %d; the model has %d",
          form,
          first,
          model.getSpecificationVersion());
    }
  }

  private static boolean isFinite(WeightParams weights) {
    for (int i = 0; i < weights.getFloatValueCount(); i++) {
      if (!Float.isFinite(weights.getFloatValue(i))) {
        return false;
      }
    }
    ByteString halves = weights.getFloat16Value();
    for (int high = 1; high < halves.size(); high += 2) {
      if ((halves.byteAt(high) & HALF_EXPONENT) == HALF_EXPONENT) {
        return false;
      }
    }
    QuantizationParams quantization = weights.getQuantization();
    return Finite.all(quantization.getLinearQuantization().getScaleList())
        && Finite.all(quantization.getLinearQuantization().getBiasList())
        && Finite.all(quantization.getLookupTableQuantization().getFloatValueList());
  }
}
