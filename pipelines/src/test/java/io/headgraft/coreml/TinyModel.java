package io.headgraft.coreml;

import io.headgraft.coreml.proto.ActivationParams;
import io.headgraft.coreml.proto.ActivationReLU;
import io.headgraft.coreml.proto.BatchnormLayerParams;
import io.headgraft.coreml.proto.BorderAmounts;
import io.headgraft.coreml.proto.BorderAmounts.EdgeSizes;
import io.headgraft.coreml.proto.ConcatLayerParams;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.ConvolutionLayerParams.ConvolutionPaddingTypeCase;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.FlattenLayerParams;
import io.headgraft.coreml.proto.FlattenLayerParams.FlattenOrder;
import io.headgraft.coreml.proto.ImageFeatureType;
import io.headgraft.coreml.proto.ImageFeatureType.ColorSpace;
import io.headgraft.coreml.proto.InnerProductLayerParams;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.ModelDescription;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkImageScaler;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.NeuralNetworkPreprocessing;
import io.headgraft.coreml.proto.PoolingLayerParams;
import io.headgraft.coreml.proto.PoolingLayerParams.PoolingType;
import io.headgraft.coreml.proto.SoftmaxLayerParams;
import io.headgraft.coreml.proto.StringVector;
import io.headgraft.coreml.proto.ValidPadding;
import io.headgraft.coreml.proto.WeightParams;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Builds small image networks, layer by layer. A layer's output has the layer's name; {@code
 * layers} and {@code description} are open for what a test wants to break.
 */
public final class TinyModel {

  public static final String NAME = "tiny.mlmodel";
  public static final String IMAGE = "image";

  /** What makes signed numbers of a common size out of pixels, another for each colour. */
  static final NeuralNetworkImageScaler SCALER =
      NeuralNetworkImageScaler.newBuilder()
          .setChannelScale(1 / 64f)
          .setBlueBias(-2.5f)
          .setGreenBias(-2f)
          .setRedBias(-1.5f)
          .build();

  final NeuralNetworkClassifier.Builder network = NeuralNetworkClassifier.newBuilder();
  final ModelDescription.Builder description = ModelDescription.newBuilder();

  /** A network of images in blue, green, red; it has no layers yet. */
  public static TinyModel ofImage(int width, int height) {
    TinyModel model = new TinyModel();
    model.description.addInput(image(width, height, ColorSpace.BGR));
    return model.preprocessing(step -> step.setScaler(SCALER));
  }

  /**
   * A backbone of eight features: {@code conv}, {@code relu}, {@code pool} and {@code flatten}, and
   * behind them the softmax {@code prob}.
   */
  public static TinyModel backbone() {
    return ofImage(8, 8)
        .convolution("conv", IMAGE, 3, 8, layer -> {})
        .relu("relu", "conv")
        .pooling("pool", "relu", layer -> layer.setType(PoolingType.AVERAGE).setGlobalPooling(true))
        .flatten("flatten", "pool", FlattenOrder.CHANNEL_FIRST)
        .softmax("prob", "flatten")
        .labels("a", "b", "c", "d", "e", "f", "g", "h");
  }

  static FeatureDescription image(int width, int height, ColorSpace space) {
    return FeatureDescription.newBuilder()
        .setName(IMAGE)
        .setType(
            FeatureType.newBuilder()
                .setImageType(
                    ImageFeatureType.newBuilder()
                        .setWidth(width)
                        .setHeight(height)
                        .setColorSpace(space)))
        .build();
  }

  /** The model's only preprocessing. */
  TinyModel preprocessing(Consumer<NeuralNetworkPreprocessing.Builder> settings) {
    NeuralNetworkPreprocessing.Builder step =
        NeuralNetworkPreprocessing.newBuilder().setFeatureName(IMAGE);
    settings.accept(step);
    network.clearPreprocessing().addPreprocessing(step);
    return this;
  }

  TinyModel labels(String... labels) {
    network.setStringClassLabels(StringVector.newBuilder().addAllVector(List.of(labels)));
    return this;
  }

  TinyModel layer(String name, List<String> inputs, Consumer<NeuralNetworkLayer.Builder> settings) {
    NeuralNetworkLayer.Builder layer =
        NeuralNetworkLayer.newBuilder().setName(name).addAllInput(inputs).addOutput(name);
    settings.accept(layer);
    network.addLayers(layer);
    return this;
  }

  TinyModel layer(String name, String input, Consumer<NeuralNetworkLayer.Builder> settings) {
    return layer(name, List.of(input), settings);
  }

  /** Of 3×3 pixels with stride 1, random weights and a bias, unless the settings say otherwise. */
  TinyModel convolution(
      String name,
      String input,
      int inputs,
      int outputs,
      Consumer<ConvolutionLayerParams.Builder> settings) {
    ConvolutionLayerParams.Builder params =
        ConvolutionLayerParams.newBuilder()
            .setOutputChannels(outputs)
            .setKernelChannels(inputs)
            .setHasBias(true)
            .setBias(random(name + " bias", outputs));
    settings.accept(params);
    if (params.getConvolutionPaddingTypeCase()
        == ConvolutionPaddingTypeCase.CONVOLUTIONPADDINGTYPE_NOT_SET) {
      params.setValid(ValidPadding.getDefaultInstance());
    }
    if (!params.hasWeights()) {
      int kernel =
          params.getKernelSizeList().stream().mapToInt(Long::intValue).reduce(1, (a, b) -> a * b);
      int area = params.getKernelSizeCount() == 0 ? 9 : kernel;
      params.setWeights(random(name, (int) (outputs * params.getKernelChannels()) * area));
    }
    return layer(name, input, layer -> layer.setConvolution(params));
  }

  TinyModel relu(String name, String input) {
    return activation(name, input, params -> params.setReLU(ActivationReLU.getDefaultInstance()));
  }

  TinyModel activation(String name, String input, Consumer<ActivationParams.Builder> settings) {
    ActivationParams.Builder params = ActivationParams.newBuilder();
    settings.accept(params);
    return layer(name, input, layer -> layer.setActivation(params));
  }

  TinyModel pooling(String name, String input, Consumer<PoolingLayerParams.Builder> settings) {
    PoolingLayerParams.Builder params =
        PoolingLayerParams.newBuilder().setValid(ValidPadding.getDefaultInstance());
    settings.accept(params);
    return layer(name, input, layer -> layer.setPooling(params));
  }

  /** With random weights and a bias. */
  TinyModel innerProduct(
      String name,
      String input,
      int inputs,
      int outputs,
      Consumer<InnerProductLayerParams.Builder> settings) {
    InnerProductLayerParams.Builder params =
        InnerProductLayerParams.newBuilder()
            .setInputChannels(inputs)
            .setOutputChannels(outputs)
            .setHasBias(true)
            .setWeights(random(name, inputs * outputs))
            .setBias(random(name + " bias", outputs));
    settings.accept(params);
    return layer(name, input, layer -> layer.setInnerProduct(params));
  }

  TinyModel batchNormalization(
      String name, String input, Consumer<BatchnormLayerParams.Builder> settings) {
    BatchnormLayerParams.Builder params = BatchnormLayerParams.newBuilder();
    settings.accept(params);
    return layer(name, input, layer -> layer.setBatchnorm(params));
  }

  TinyModel flatten(String name, String input, FlattenOrder order) {
    return layer(
        name, input, layer -> layer.setFlatten(FlattenLayerParams.newBuilder().setMode(order)));
  }

  TinyModel concat(String name, String... inputs) {
    return layer(
        name, List.of(inputs), layer -> layer.setConcat(ConcatLayerParams.getDefaultInstance()));
  }

  TinyModel softmax(String name, String input) {
    return layer(name, input, layer -> layer.setSoftmax(SoftmaxLayerParams.getDefaultInstance()));
  }

  public Model build() {
    return Model.newBuilder()
        .setSpecificationVersion(1)
        .setDescription(description)
        .setNeuralNetworkClassifier(network)
        .build();
  }

  CompiledNetwork compile(int batchSize) {
    return CompiledNetwork.load(NetworkGraph.of(build(), NAME), batchSize);
  }

  static WeightParams weights(float... values) {
    WeightParams.Builder weights = WeightParams.newBuilder();
    for (float value : values) {
      weights.addFloatValue(value);
    }
    return weights.build();
  }

  /** Numbers between -1 and 1, the same each time for the same key. */
  static WeightParams random(String key, int count) {
    Random random = new Random(key.hashCode());
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return weights(values);
  }

  static ValidPadding borders(int top, int bottom, int left, int right) {
    return ValidPadding.newBuilder()
        .setPaddingAmounts(
            BorderAmounts.newBuilder()
                .addBorderAmounts(edges(top, bottom))
                .addBorderAmounts(edges(left, right)))
        .build();
  }

  private static EdgeSizes edges(long start, long end) {
    return EdgeSizes.newBuilder().setStartEdgeSize(start).setEndEdgeSize(end).build();
  }

  /** An image of noise. */
  static byte[] noise(long seed, int width, int height) {
    byte[] pixels = new byte[width * height * 3];
    new Random(seed).nextBytes(pixels);
    return pixels;
  }
}
