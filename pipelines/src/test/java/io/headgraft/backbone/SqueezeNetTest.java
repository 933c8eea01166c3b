package io.headgraft.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.SharedMaterial;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SqueezeNetTest {

  @Test
  void hasTheLayoutOfTheCoreMlModel() throws IOException {
    Model real = SharedMaterial.squeezeNet();

    assertThat(CoreMl.layout(SqueezeNet.untrained(0))).isEqualTo(CoreMl.layout(real));
  }

  @Test
  void saysWhatItIs() {
    Model model = SqueezeNet.untrained(42);

    assertThat(model.getDescription().getMetadata().getShortDescription())
        .isEqualTo("SqueezeNet v1.1, untrained: Kaiming-normal weights, seed 42");
    assertThat(model.getNeuralNetworkClassifier().getStringClassLabels().getVectorList())
        .hasSize(1000)
        .startsWith("0", "1")
        .endsWith("998", "999");
  }

  @Test
  void namesItsLayersAsCoreMlDoes() {
    List<String> names =
        SqueezeNet.untrained(0).getNeuralNetworkClassifier().getLayersList().stream()
            .map(NeuralNetworkLayer::getName)
            .toList();

    assertThat(names)
        .hasSize(66)
        .startsWith("conv1", "relu_conv1", "pool1", "fire2/squeeze1x1", "relu_fire2/squeeze1x1")
        .endsWith("fire9/concat", "conv10", "relu_conv10", "pool10", "flatten", "prob");
  }

  @Test
  void untrainedWeightsAreKaimingNormal() {
    Model model = SqueezeNet.untrained(7);

    assertKaiming(CoreMl.convolution(model, "conv1"), 64, 3 * 3 * 3);
    assertKaiming(CoreMl.convolution(model, "fire9/expand3x3"), 256, 64 * 3 * 3);
    assertKaiming(CoreMl.convolution(model, "conv10"), 1000, 512);
  }

  private static void assertKaiming(ConvolutionLayerParams layer, int outputs, int fanIn) {
    List<Float> weights = layer.getWeights().getFloatValueList();
    double mean = weights.stream().mapToDouble(w -> w).average().orElseThrow();
    double meanSquare = weights.stream().mapToDouble(w -> w * w).average().orElseThrow();

    assertThat(weights).hasSize(outputs * fanIn);
    double deviation = Math.sqrt(2.0 / fanIn);
    // Five standard errors: sampling alone goes beyond once in a million.
    double tolerance = 5 / Math.sqrt(weights.size());
    assertThat(mean / deviation).isCloseTo(0, within(tolerance));
    assertThat(Math.sqrt(meanSquare) / deviation).isCloseTo(1, within(tolerance));
    assertThat(layer.getBias().getFloatValueList()).hasSize(outputs).containsOnly(0f);
  }

  @Test
  void theSeedDecidesTheWeights() {
    assertThat(SqueezeNet.untrained(3)).isEqualTo(SqueezeNet.untrained(3));
    assertThat(firstWeight(3, "conv1")).isNotEqualTo(firstWeight(4, "conv1"));
  }

  @Test
  void layersOfOneShapeHaveWeightsOfTheirOwn() {
    assertThat(firstWeight(3, "fire4/expand1x1")).isNotEqualTo(firstWeight(3, "fire5/expand1x1"));
  }

  private static float firstWeight(long seed, String layer) {
    return CoreMl.convolution(SqueezeNet.untrained(seed), layer).getWeights().getFloatValue(0);
  }
}
