package io.headgraft.backbone;

import io.headgraft.coreml.proto.ActivationParams;
import io.headgraft.coreml.proto.ActivationReLU;
import io.headgraft.coreml.proto.BorderAmounts;
import io.headgraft.coreml.proto.BorderAmounts.EdgeSizes;
import io.headgraft.coreml.proto.ConcatLayerParams;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.FlattenLayerParams;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.PoolingLayerParams;
import io.headgraft.coreml.proto.PoolingLayerParams.PoolingType;
import io.headgraft.coreml.proto.PoolingLayerParams.ValidCompletePadding;
import io.headgraft.coreml.proto.SamePadding;
import io.headgraft.coreml.proto.SoftmaxLayerParams;
import io.headgraft.coreml.proto.ValidPadding;
import io.headgraft.coreml.proto.WeightParams;
import java.util.List;

/**
 * One layer of a SqueezeNet, without its weights. Equal layers compute the same function, so a
 * network read from elsewhere is compared with SqueezeNet's own by {@code equals}.
 */
sealed interface SqueezeNetLayer {

  /** The layer's name, and its output's unless said otherwise. */
  String name();

  /** This layer as a Core ML layer; only a convolution asks for weights. */
  NeuralNetworkLayer toCoreMl(WeightSource source);

  /**
   * A convolution with bias, its sizes the same in both directions. {@code padding} is a border of
   * zeros: 0, or as wide as keeps the image's size.
   */
  record Convolution(
      String name,
      String input,
      int inputChannels,
      int outputChannels,
      int kernel,
      int stride,
      int padding)
      implements SqueezeNetLayer {

    /** The shape of the weights. */
    WeightShape weightShape() {
      return new WeightShape(outputChannels, inputChannels, kernel, kernel);
    }

    @Override
    public NeuralNetworkLayer toCoreMl(WeightSource source) {
      Weights weights = source.weights(name, weightShape());
      ConvolutionLayerParams.Builder convolution =
          ConvolutionLayerParams.newBuilder()
              .setOutputChannels(outputChannels)
              .setKernelChannels(inputChannels)
              .setNGroups(1)
              .addAllKernelSize(square(kernel))
              .addAllStride(square(stride))
              .addAllDilationFactor(square(1))
              .setHasBias(true)
              .setWeights(weights.kernel())
              .setBias(weights.bias());
      if (padding == 0) {
        convolution.setValid(withoutBorders());
      } else {
        convolution.setSame(SamePadding.getDefaultInstance());
      }
      return layer(name, input).setConvolution(convolution).build();
    }
  }

  /** The larger of a value and 0. */
  record Relu(String name, String input) implements SqueezeNetLayer {

    @Override
    public NeuralNetworkLayer toCoreMl(WeightSource source) {
      ActivationParams relu =
          ActivationParams.newBuilder().setReLU(ActivationReLU.getDefaultInstance()).build();
      return layer(name, input).setActivation(relu).build();
    }
  }

  /**
   * The maximum of each square window, no padding. The number of windows is rounded up, as Caffe
   * does: a last window may hang over the edge.
   */
  record MaxPooling(String name, String input, int kernel, int stride) implements SqueezeNetLayer {

    @Override
    public NeuralNetworkLayer toCoreMl(WeightSource source) {
      PoolingLayerParams.Builder pooling =
          pooling(PoolingType.MAX, kernel, stride)
              .setIncludeLastPixel(
                  ValidCompletePadding.newBuilder().addAllPaddingAmounts(square(0)));
      return layer(name, input).setPooling(pooling).build();
    }
  }

  /** The mean of each channel. */
  record GlobalAveragePooling(String name, String input) implements SqueezeNetLayer {

    @Override
    public NeuralNetworkLayer toCoreMl(WeightSource source) {
      PoolingLayerParams.Builder pooling =
          pooling(PoolingType.AVERAGE, 0, 1).setValid(withoutBorders()).setGlobalPooling(true);
      return layer(name, input).setPooling(pooling).build();
    }
  }

  /** The inputs' channels, one input after the other. */
  record Concat(String name, List<String> inputs) implements SqueezeNetLayer {

    @Override
    public NeuralNetworkLayer toCoreMl(WeightSource source) {
      return NeuralNetworkLayer.newBuilder()
          .setName(name)
          .addAllInput(inputs)
          .addOutput(name)
          .setConcat(ConcatLayerParams.getDefaultInstance())
          .build();
    }
  }

  /** All values as one vector, channel first. */
  record Flatten(String name, String input) implements SqueezeNetLayer {

    @Override
    public NeuralNetworkLayer toCoreMl(WeightSource source) {
      return layer(name, input).setFlatten(FlattenLayerParams.getDefaultInstance()).build();
    }
  }

  /** Probabilities from a vector of scores; its output is the model's output {@code output}. */
  record Softmax(String name, String input, String output) implements SqueezeNetLayer {

    @Override
    public NeuralNetworkLayer toCoreMl(WeightSource source) {
      return layer(name, input)
          .setOutput(0, output)
          .setSoftmax(SoftmaxLayerParams.getDefaultInstance())
          .build();
    }
  }

  /** The shape of a convolution's weights, in the order in which Caffe and Core ML store them. */
  record WeightShape(int outputChannels, int inputChannels, int height, int width) {

    /** How many weights there are. */
    int count() {
      return outputChannels * fanIn();
    }

    /** How many values each output is a sum of. */
    int fanIn() {
      return inputChannels * height * width;
    }
  }

  /** A convolution's weights in the order of {@link WeightShape}, and one bias a channel. */
  record Weights(WeightParams kernel, WeightParams bias) {}

  /** Where a convolution's weights come from. */
  @FunctionalInterface
  interface WeightSource {

    /** The weights of the convolution {@code layer}, as many as {@code shape} counts. */
    Weights weights(String layer, WeightShape shape);
  }

  private static NeuralNetworkLayer.Builder layer(String name, String input) {
    return NeuralNetworkLayer.newBuilder().setName(name).addInput(input).addOutput(name);
  }

  private static PoolingLayerParams.Builder pooling(PoolingType type, int kernel, int stride) {
    return PoolingLayerParams.newBuilder()
        .setType(type)
        .addAllKernelSize(square(kernel))
        .addAllStride(square(stride))
        .setAvgPoolExcludePadding(true);
  }

  private static ValidPadding withoutBorders() {
    BorderAmounts.Builder none =
        BorderAmounts.newBuilder()
            .addBorderAmounts(EdgeSizes.getDefaultInstance())
            .addBorderAmounts(EdgeSizes.getDefaultInstance());
    return ValidPadding.newBuilder().setPaddingAmounts(none).build();
  }

  private static List<Long> square(long size) {
    return List.of(size, size);
  }
}
