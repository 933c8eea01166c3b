package io.headgraft.testing;

import io.headgraft.coreml.proto.ActivationParams;
import io.headgraft.coreml.proto.ActivationReLU;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.FlattenLayerParams;
import io.headgraft.coreml.proto.ImageFeatureType.ColorSpace;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.PoolingLayerParams;
import io.headgraft.coreml.proto.PoolingLayerParams.PoolingType;
import io.headgraft.coreml.proto.SamePadding;
import io.headgraft.coreml.proto.ValidPadding;
import java.util.List;
import java.util.SplittableRandom;

/** A network of one convolution: 16 by 16 pixels in, {@value #FEATURES} features out. */
public final class TinyBackbone {

  /** The number of its features. */
  public static final int FEATURES = 8;

  private static final int SIDE = 16;

  private TinyBackbone() {}

  /** A network whose weights follow from a seed. */
  public static Model model(long seed) {
    NeuralNetwork.Builder network =
        NeuralNetwork.newBuilder()
            .addLayers(layer("conv", "image").setConvolution(convolution(seed)))
            .addLayers(
                layer("relu", "conv")
                    .setActivation(
                        ActivationParams.newBuilder().setReLU(ActivationReLU.getDefaultInstance())))
            .addLayers(
                layer("pool", "relu")
                    .setPooling(
                        PoolingLayerParams.newBuilder()
                            .setType(PoolingType.AVERAGE)
                            .setValid(ValidPadding.getDefaultInstance())
                            .setGlobalPooling(true)))
            .addLayers(
                layer("flatten", "pool").setFlatten(FlattenLayerParams.getDefaultInstance()));
    Model.Builder model = Model.newBuilder().setSpecificationVersion(1).setNeuralNetwork(network);
    model
        .getDescriptionBuilder()
        .addInputBuilder()
        .setName("image")
        .getTypeBuilder()
        .getImageTypeBuilder()
        .setWidth(SIDE)
        .setHeight(SIDE)
        .setColorSpace(ColorSpace.BGR);
    return model.build();
  }

  private static ConvolutionLayerParams convolution(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ConvolutionLayerParams.Builder convolution =
        ConvolutionLayerParams.newBuilder()
            .setOutputChannels(FEATURES)
            .setKernelChannels(3)
            .setNGroups(1)
            .addAllKernelSize(List.of(3L, 3L))
            .addAllStride(List.of(1L, 1L))
            .addAllDilationFactor(List.of(1L, 1L))
            .setSame(SamePadding.getDefaultInstance());
    for (int i = 0; i < FEATURES * 3 * 3 * 3; i++) {
      convolution.getWeightsBuilder().addFloatValue((float) random.nextDouble(-0.1, 0.1));
    }
    return convolution.build();
  }

  private static NeuralNetworkLayer.Builder layer(String name, String input) {
    return NeuralNetworkLayer.newBuilder().setName(name).addInput(input).addOutput(name);
  }
}
