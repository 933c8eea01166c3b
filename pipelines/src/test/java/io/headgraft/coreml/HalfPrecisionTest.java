package io.headgraft.coreml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.FeatureLayers.Standardization;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.WeightParams;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HalfPrecisionTest {

  private static final DenseHead HEAD =
      new DenseHead(
          List.of("a", "b"),
          new float[][] {{1, 2, 3, 4, 5, 6, 7, 0.1f}, {-1, 0, 0, 0, 0, 0, 0, 65519}},
          new float[] {0.5f, -1e-9f});

  private static final FeatureLayers FEATURES =
      new FeatureLayers(
          TinyModel.backbone().build(),
          "flatten",
          Optional.of(new Standardization(new float[8], new float[8])));

  private static final Model PLAIN = PlainClassifier.build(FEATURES, HEAD, Grafts.METADATA);

  @Test
  void aPlainClassifierHasAllOfItsLayersWithFewerBits() {
    Model half = HalfPrecision.of(PLAIN);

    assertThat(half.getSpecificationVersion()).isEqualTo(2);
    WeightParams weights = layer(half, "fullyconnected0").getInnerProduct().getWeights();
    assertThat(weights.getFloatValueCount()).isZero();
    assertThat(values(weights))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 0.099975586f, -1, 0, 0, 0, 0, 0, 0, 65504);
    assertThat(values(layer(half, "fullyconnected0").getInnerProduct().getBias()))
        .containsExactly(0.5f, -0f);
    WeightParams before = layer(PLAIN, "conv").getConvolution().getWeights();
    float[] after = values(layer(half, "conv").getConvolution().getWeights());
    assertThat(after).hasSize(216);
    for (int i = 0; i < after.length; i++) {
      assertThat(Math.abs(after[i] - before.getFloatValue(i)))
          .isLessThanOrEqualTo(Math.max(Math.abs(before.getFloatValue(i)) * 0x1p-11f, 0x1p-25f));
    }
    assertThat(layer(half, "standardize")).isEqualTo(layer(PLAIN, "standardize"));
  }

  @Test
  void whatTrainsOnTheDeviceKeepsItsPrecision() {
    Model updatable = UpdatableClassifier.of(PLAIN, Grafts.sgd(0.01, PlainClassifier.HEAD));

    Model half = HalfPrecision.of(updatable);

    assertThat(half.getSpecificationVersion()).isEqualTo(4);
    assertThat(layer(half, "fullyconnected0")).isEqualTo(layer(updatable, "fullyconnected0"));
    assertThat(layer(half, "conv").getConvolution().getWeights().getFloat16Value().size())
        .isEqualTo(2 * 216);
  }

  @Test
  void thePipelinesNetworkAloneHasFewerBits() {
    Model pipeline = KnnPipelineTest.empty(FEATURES, 8);

    Model half = HalfPrecision.of(pipeline);

    assertThat(half.getSpecificationVersion()).isEqualTo(4);
    Model network = half.getPipelineClassifier().getPipeline().getModels(0);
    assertThat(network.getSpecificationVersion()).isEqualTo(2);
    assertThat(
            network.getNeuralNetwork().getLayers(0).getConvolution().getWeights().getFloat16Value())
        .hasSize(2 * 216);
    assertThat(half.getPipelineClassifier().getPipeline().getModels(1))
        .isEqualTo(pipeline.getPipelineClassifier().getPipeline().getModels(1));
  }

  @Test
  void refusesWhatIsTooLarge() {
    DenseHead large =
        new DenseHead(List.of("a"), new float[][] {{0, 0, 0, 0, 0, 0, 0, -65520}}, new float[1]);

    assertThatThrownBy(
            () -> HalfPrecision.of(PlainClassifier.build(FEATURES, large, Grafts.METADATA)))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(
            "The layer 'fullyconnected0' holds -65520.0, and half precision goes to 65504 only");
  }

  private static NeuralNetworkLayer layer(Model model, String name) {
    return model.getNeuralNetworkClassifier().getLayersList().stream()
        .filter(layer -> layer.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static float[] values(WeightParams weights) {
    ShortBuffer halves =
        weights
            .getFloat16Value()
            .asReadOnlyByteBuffer()
            .order(ByteOrder.LITTLE_ENDIAN)
            .asShortBuffer();
    float[] values = new float[halves.remaining()];
    for (int i = 0; i < values.length; i++) {
      values[i] = HalfFloat.value(halves.get(i));
    }
    return values;
  }
}
