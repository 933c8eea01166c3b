package io.headgraft.coreml;

import io.headgraft.coreml.FeatureLayers.Standardization;
import io.headgraft.coreml.WholeHyperparameter.Allowed.Values;
import io.headgraft.coreml.proto.FlattenLayerParams.FlattenOrder;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.PoolingLayerParams.PoolingType;
import io.headgraft.coreml.proto.WeightParams;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What tests graft heads with. */
public final class Grafts {

  public static final ModelMetadata METADATA =
      new ModelMetadata(
          "",
          "",
          "",
          "Image classifier that can be trained on the device",
          Map.of("io.headgraft.run", "test"));

  private Grafts() {}

  /**
   * A small classifier of images of 8 by 8 pixels, with the labels a, b and user0: a convolution of
   * 3×3 pixels, {@code conv10} of one, whose ReLU may be left out, and a head of standardized
   * features, which with the ReLU has scales behind it.
   */
  public static Model trainable(boolean relu, OnDeviceTraining training) {
    TinyModel backbone =
        TinyModel.ofImage(8, 8)
            .convolution("conv", TinyModel.IMAGE, 3, 5, layer -> {})
            .relu("relu", "conv")
            .convolution("conv10", "relu", 5, 70, layer -> layer.addAllKernelSize(List.of(1L, 1L)));
    String last = relu ? "relu_conv10" : "conv10";
    backbone = relu ? backbone.relu(last, "conv10") : backbone;
    backbone
        .pooling("pool10", last, layer -> layer.setType(PoolingType.AVERAGE).setGlobalPooling(true))
        .flatten("flatten", "pool10", FlattenOrder.CHANNEL_FIRST)
        .softmax("prob", "flatten")
        .labels();
    float[] mean = values("mean", 70);
    float[] factor = values("factor", 70);
    float[][] weights = {values("first", 70), values("second", 70), new float[70]};
    return UpdatableClassifier.of(
        PlainClassifier.build(
            new FeatureLayers(
                backbone.build(), "flatten", Optional.of(new Standardization(mean, factor))),
            new DenseHead(
                List.of("a", "b", "user0"),
                weights,
                new float[] {0.5f, -0.5f, -9},
                relu ? new float[] {0.5f, 0.5f, 1} : new float[] {1, 1, 1},
                new float[3]),
            new ModelMetadata("", "", "", "", Map.of(ClassLabels.REAL, "2"))),
        training);
  }

  private static float[] values(String key, int count) {
    WeightParams random = TinyModel.random(key, count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.getFloatValue(i);
    }
    return values;
  }

  /** Pixels of an image of 8 by 8, drawn by lot. */
  public static byte[] image(long seed) {
    return TinyModel.noise(seed, 8, 8);
  }

  /** Some that suit tests. */
  public static OnDeviceTraining sgd(double learningRate, String... layers) {
    return new OnDeviceTraining(
        List.of(layers),
        new OnDeviceTraining.OnDeviceOptimizer.Sgd(
            new DoubleHyperparameter(learningRate, 0, 1),
            new WholeHyperparameter(8, new Values(List.of(1L, 2L, 8L, 16L))),
            new DoubleHyperparameter(0, 0, 1)),
        new WholeHyperparameter(10, new Values(List.of(1L, 10L, 50L))),
        true,
        Optional.empty());
  }
}
