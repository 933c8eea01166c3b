package io.headgraft.coreml;

import static io.headgraft.coreml.TinyModel.IMAGE;
import static io.headgraft.coreml.TinyModel.borders;
import static io.headgraft.coreml.TinyModel.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.ActivationParams;
import io.headgraft.coreml.proto.ActivationReLU;
import io.headgraft.coreml.proto.ArrayFeatureType;
import io.headgraft.coreml.proto.ConcatLayerParams;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.FlattenLayerParams.FlattenOrder;
import io.headgraft.coreml.proto.ImageFeatureType.ColorSpace;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkImageScaler;
import io.headgraft.coreml.proto.NeuralNetworkMeanImage;
import io.headgraft.coreml.proto.NeuralNetworkPreprocessing;
import io.headgraft.coreml.proto.PaddingLayerParams;
import io.headgraft.coreml.proto.PaddingLayerParams.PaddingConstant;
import io.headgraft.coreml.proto.PipelineClassifier;
import io.headgraft.coreml.proto.PoolingLayerParams;
import io.headgraft.coreml.proto.WeightParams;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that cannot be run say which one, which layer, and why. */
class NetworkErrorsTest {

  /** A model of an image of 6 × 5 pixels, and the message that it is refused with. */
  private record Refused(String message, Consumer<TinyModel> settings) {

    @Override
    public String toString() {
      return message;
    }
  }

  private static Refused convolution(
      String message, Consumer<ConvolutionLayerParams.Builder> settings) {
    return new Refused(message, model -> model.convolution("conv", IMAGE, 3, 2, settings));
  }

  private static Refused pooling(String message, Consumer<PoolingLayerParams.Builder> settings) {
    return new Refused(message, model -> model.pooling("pool", IMAGE, settings));
  }

  private static Refused layers(String message, Consumer<TinyModel> settings) {
    return new Refused(message, settings);
  }

  static Stream<Refused> wrongWeights() {
    return Stream.of(
        convolution(
            "tiny.mlmodel: layer 'conv' (CONVOLUTION) cannot be run: its weights are 53 numbers, the layer's shape needs 54",
            c -> c.setWeights(TinyModel.random("", 53))),
        convolution(
            "tiny.mlmodel: layer 'conv' (CONVOLUTION) cannot be run: its biases are 3 numbers, the layer's shape needs 2",
            c -> c.setBias(weights(1, 2, 3))),
        convolution(
            "tiny.mlmodel: layer 'conv' (CONVOLUTION) cannot be run: its biases hold NaN at position 1",
            c -> c.setBias(weights(1, Float.NaN))),
        convolution(
            "tiny.mlmodel: layer 'conv' (CONVOLUTION) cannot be run: its biases hold -Infinity at position 0",
            c -> c.setBias(weights(Float.NEGATIVE_INFINITY, 1))),
        layers(
            "tiny.mlmodel: layer 'dense' (INNERPRODUCT) cannot be run: its weights are 3 numbers, the layer's shape needs 180",
            m -> m.innerProduct("dense", IMAGE, 90, 2, d -> d.setWeights(weights(1, 2, 3)))),
        layers(
            "tiny.mlmodel: layer 'norm' (BATCHNORM) cannot be run: its variances are 0 numbers, the layer's shape needs 3",
            m ->
                m.batchNormalization(
                    "norm",
                    IMAGE,
                    b -> b.setChannels(3).setGamma(ones()).setBeta(ones()).setMean(ones()))));
  }

  private static WeightParams ones() {
    return weights(1, 1, 1);
  }

  static Stream<Refused> shapes() {
    return Stream.of(
        convolution(
            "tiny.mlmodel: layer 'conv' (CONVOLUTION) cannot be run: it reads 4 channels, its input"
                + " has 3",
            c -> c.setKernelChannels(4)),
        convolution(
            "tiny.mlmodel: layer 'conv' (CONVOLUTION) cannot be run: its 2 output channels cannot be"
                + " divided into 3 groups",
            c -> c.setKernelChannels(1).setNGroups(3)),
        convolution(
            "tiny.mlmodel: layer 'conv' (CONVOLUTION) cannot be run: a window of 7 pixels does not"
                + " fit into 6",
            c -> c.addKernelSize(1).addKernelSize(7)),
        convolution(
            "tiny.mlmodel: layer 'conv' (CONVOLUTION) cannot be run: it has 3 sizes, not two",
            c -> c.addStride(1).addStride(1).addStride(1)),
        convolution(
            "tiny.mlmodel: layer 'conv' (CONVOLUTION) cannot be run: its size, stride, dilation or"
                + " border of 0 pixels is out of range",
            c -> c.addStride(0).addStride(1)),
        convolution(
            "tiny.mlmodel: layer 'conv' (CONVOLUTION) cannot be run: its size, stride, dilation or"
                + " border of 18446744073709551615 pixels is out of range",
            c -> c.setValid(borders(0, -1, 0, 0))),
        convolution(
            "tiny.mlmodel: layer 'conv' (CONVOLUTION) cannot be run: its shape is too large",
            c -> c.setOutputChannels(Long.MAX_VALUE).setWeights(weights(1))),
        pooling(
            "tiny.mlmodel: layer 'pool' (POOLING) cannot be run: a window of 8 pixels does not fit"
                + " into 5",
            p -> p.addKernelSize(8).addKernelSize(1)),
        pooling(
            "tiny.mlmodel: layer 'pool' (POOLING) cannot be run: a border of 3 holds a whole window"
                + " of 3",
            p -> p.setValid(borders(0, 0, 0, 3))),
        layers(
            "tiny.mlmodel: layer 'dense' (INNERPRODUCT) cannot be run: it reads 7 values, its input"
                + " has 90",
            m -> m.innerProduct("dense", IMAGE, 7, 2, d -> {})),
        layers(
            "tiny.mlmodel: layer 'norm' (BATCHNORM) cannot be run: it normalizes 4 channels, its"
                + " input has 3",
            m -> m.batchNormalization("norm", IMAGE, b -> b.setChannels(4))),
        layers(
            "tiny.mlmodel: layer 'norm' (BATCHNORM) cannot be run: its variance -1.0 is not"
                + " positive",
            m ->
                m.batchNormalization(
                    "norm",
                    IMAGE,
                    b ->
                        b.setChannels(3)
                            .setMean(ones())
                            .setGamma(ones())
                            .setBeta(ones())
                            .setVariance(weights(1, -1, 1)))),
        layers(
            "tiny.mlmodel: layer 'concat' (CONCAT) cannot be run: its inputs differ in height or"
                + " width: 3 × 5 × 6 and"
                + " 2 × 3 × 4",
            m -> m.convolution("conv", IMAGE, 3, 2, c -> {}).concat("concat", IMAGE, "conv")));
  }

  static Stream<Refused> unsupported() {
    return Stream.of(
        layers(
            "tiny.mlmodel: layer 'none' (LAYER_NOT_SET) cannot be run: it has no type",
            m -> m.layer("none", IMAGE, l -> {})),
        layers(
            "tiny.mlmodel: layer 'resize' (LAYER_NOT_SET) cannot be run: its type, resizeBilinear,"
                + " is not supported",
            m -> m.layer("resize", IMAGE, l -> l.setUnknownFields(field(211)))),
        layers(
            "tiny.mlmodel: layer 'later' (LAYER_NOT_SET) cannot be run: its type, field 1234, is not"
                + " supported",
            m -> m.layer("later", IMAGE, l -> l.setUnknownFields(field(1234)))),
        layers(
            "tiny.mlmodel: layer 'concat' (CONCAT) cannot be run: concatenation in time is not"
                + " supported",
            m ->
                m.layer(
                    "concat",
                    List.of(IMAGE, IMAGE),
                    l -> l.setConcat(ConcatLayerParams.newBuilder().setSequenceConcat(true)))),
        layers(
            "tiny.mlmodel: layer 'pad' (PADDING) cannot be run: it makes 3 × 65539 × 65540 for each"
                + " of 4 inputs, which is too large",
            m ->
                m.layer(
                    "pad",
                    IMAGE,
                    l ->
                        l.setPadding(
                            PaddingLayerParams.newBuilder()
                                .setConstant(PaddingConstant.getDefaultInstance())
                                .setPaddingAmounts(
                                    borders(32767, 32767, 32767, 32767).getPaddingAmounts())))));
  }

  private static UnknownFieldSet field(int number) {
    return UnknownFieldSet.newBuilder()
        .addField(number, Field.newBuilder().addLengthDelimited(ByteString.EMPTY).build())
        .build();
  }

  static Stream<Refused> wiring() {
    return Stream.of(
        layers("tiny.mlmodel has no layers", m -> {}),
        layers(
            "tiny.mlmodel: layer 'relu' reads 'conv9', which nothing before it makes",
            m -> m.relu("relu", "conv9")),
        layers(
            "tiny.mlmodel: layer 'relu' reads 'flat', which nothing before it makes",
            m -> m.relu("relu", "flat").flatten("flat", IMAGE, FlattenOrder.CHANNEL_FIRST)),
        layers(
            "tiny.mlmodel: layer 'relu' makes 'relu', which was made before",
            m -> m.relu("relu", IMAGE).relu("relu", IMAGE)),
        layers(
            "tiny.mlmodel: layer 'image' makes 'image', which was made before",
            m -> m.relu(IMAGE, IMAGE)),
        layers(
            "tiny.mlmodel: layer 'relu' has no output",
            m -> m.layer("relu", IMAGE, l -> l.clearOutput().setActivation(relu()))),
        layers(
            "tiny.mlmodel: layer 'relu' (ACTIVATION) cannot be run: it has 2 outputs, not 1",
            m -> m.layer("relu", IMAGE, l -> l.addOutput("more").setActivation(relu()))),
        layers(
            "tiny.mlmodel: layer 'relu' (ACTIVATION) cannot be run: it has 2 inputs, not 1",
            m -> m.layer("relu", IMAGE, l -> l.addInput(IMAGE).setActivation(relu()))),
        layers(
            "tiny.mlmodel: layer 'relu' (ACTIVATION) cannot be run: it has 0 inputs, not 1",
            m ->
                m.convolution("conv", IMAGE, 3, 2, c -> {})
                    .layer("relu", IMAGE, l -> l.clearInput().setActivation(relu()))));
  }

  private static ActivationParams relu() {
    return ActivationParams.newBuilder().setReLU(ActivationReLU.getDefaultInstance()).build();
  }

  static Stream<Refused> inputs() {
    return Stream.of(
        layers(
            "tiny.mlmodel takes []; a network with one input, an image or an array, is needed",
            m -> m.relu("relu", IMAGE).description.clearInput()),
        layers(
            "tiny.mlmodel takes ['image']; a network with one input, an image or an array, is needed",
            m -> m.relu("relu", IMAGE).description.getInputBuilder(0).clearType()),
        layers(
            "tiny.mlmodel takes ['image', 'image']; a network with one input, an image or an array, is needed",
            m -> m.relu("relu", IMAGE).description.addInput(m.description.getInput(0))),
        layers(
            "tiny.mlmodel: the image input's colour space GRAYSCALE is not supported",
            m -> image(m, 6, 5, ColorSpace.GRAYSCALE)),
        layers(
            "tiny.mlmodel: the image input's width of 0 pixels is outside 1 to 16384",
            m -> image(m, 0, 5, ColorSpace.BGR)),
        layers(
            "tiny.mlmodel: the image input's height of 2147483647 pixels is outside 1 to 16384",
            m -> image(m, 6, Integer.MAX_VALUE, ColorSpace.BGR)),
        layers(
            "tiny.mlmodel: 4 inputs of 3 × 16384 × 16384 are too large for one batch",
            m -> image(m, 16_384, 16_384, ColorSpace.BGR)),
        layers(
            "tiny.mlmodel: the mean image has 0 values, the image input 90",
            m ->
                m.relu("relu", IMAGE)
                    .preprocessing(
                        step -> step.setMeanImage(NeuralNetworkMeanImage.getDefaultInstance()))),
        layers(
            "tiny.mlmodel: the image input is preprocessed 2 times, not once",
            m ->
                m.relu("relu", IMAGE)
                    .network
                    .addPreprocessing(
                        NeuralNetworkPreprocessing.newBuilder().setScaler(TinyModel.SCALER))),
        layers(
            "tiny.mlmodel: preprocessing scales by or adds NaN, which is no finite number",
            m -> scaler(m, s -> s.setChannelScale(Float.NaN))),
        layers(
            "tiny.mlmodel: preprocessing scales by or adds Infinity, which is no finite number",
            m -> scaler(m, s -> s.setGreenBias(Float.POSITIVE_INFINITY))));
  }

  private static void image(TinyModel model, int width, int height, ColorSpace space) {
    model.relu("relu", IMAGE).description.setInput(0, TinyModel.image(width, height, space));
  }

  private static void scaler(TinyModel model, Consumer<NeuralNetworkImageScaler.Builder> settings) {
    NeuralNetworkImageScaler.Builder scaler = NeuralNetworkImageScaler.newBuilder();
    settings.accept(scaler);
    model.relu("relu", IMAGE).preprocessing(step -> step.setScaler(scaler));
  }

  @ParameterizedTest
  @MethodSource({"wrongWeights", "shapes", "unsupported", "wiring", "inputs"})
  void refuses(Refused refused) {
    TinyModel model = TinyModel.ofImage(6, 5);
    refused.settings.accept(model);

    assertThatThrownBy(() -> model.compile(4))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessage(refused.message);
  }

  @Test
  void refusesAFeatureLayerThatIsMissing() {
    NetworkGraph graph = NetworkGraph.of(TinyModel.backbone().build(), TinyModel.NAME);

    assertThatThrownBy(() -> graph.cutAt("pool10"))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(
            "tiny.mlmodel has no layer 'pool10' to take the features from; its last layers are"
                + " [conv, relu, pool, flatten, prob]");
  }

  @Test
  void refusesAModelThatIsNoNetwork() {
    Model model =
        Model.newBuilder().setPipelineClassifier(PipelineClassifier.getDefaultInstance()).build();

    assertThatThrownBy(() -> NetworkGraph.of(model, "pipeline.mlmodel"))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage("pipeline.mlmodel is a PIPELINECLASSIFIER, not a neural network");
  }

  @Test
  void refusesAnArrayForAnImageAndAnImageForAnArray() {
    try (CompiledNetwork network = TinyModel.backbone().compile(1)) {
      assertThatThrownBy(() -> network.runArrays(List.of(new float[192])))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("The network takes an image 'image', no array");
    }
    try (CompiledNetwork network = arrays(2, 3, 4).compile(1)) {
      assertThatThrownBy(() -> network.run(List.of(new byte[24])))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("The network takes an array 'image', no image");
      assertThatThrownBy(() -> network.runArrays(List.of(new float[23])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("An array of 23 values, not 2 × 3 × 4");
    }
  }

  @ParameterizedTest
  @CsvSource({"2 3", "0", "-1 1 1", "2 1 1 1", "1000000 1000000 1000000", "''"})
  void refusesAnArrayOfAnotherShape(String sides) {
    long[] shape =
        Arrays.stream(sides.split(" "))
            .filter(side -> !side.isEmpty())
            .mapToLong(Long::parseLong)
            .toArray();

    assertThatThrownBy(() -> arrays(shape).compile(1))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageContaining("an array input of shape " + Arrays.toString(shape) + " is not");
  }

  @ParameterizedTest
  @CsvSource({"24", "1 24", "2 3 4", "1 2 3 4", "1 1 2 3 4"})
  void takesAnArrayWithOnesInFront(String sides) {
    long[] shape = Arrays.stream(sides.split(" ")).mapToLong(Long::parseLong).toArray();

    try (CompiledNetwork network = arrays(shape).compile(1)) {
      assertThat(network.inputs()).isEqualTo(24);
      assertThat(network.runArrays(List.of(new float[24]))[0]).hasSize(24);
    }
  }

  private static TinyModel arrays(long... shape) {
    TinyModel model = TinyModel.ofImage(1, 1).relu("relu", IMAGE);
    model.network.clearPreprocessing();
    ArrayFeatureType.Builder array = ArrayFeatureType.newBuilder();
    Arrays.stream(shape).forEach(array::addShape);
    model.description.getInputBuilder(0).getTypeBuilder().setMultiArrayType(array);
    return model;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void refusesABatchSizeThatIsNotPositive(int batchSize) {
    assertThatThrownBy(() -> TinyModel.backbone().compile(batchSize))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Batch size %d is not positive", batchSize);
  }

  @Test
  void refusesImagesThatDoNotFit() {
    try (CompiledNetwork network = TinyModel.backbone().compile(2)) {
      byte[] image = TinyModel.noise(1, 8, 8);

      assertThatThrownBy(() -> network.run(List.of(image, new byte[191])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("An image of 191 bytes, not 8 × 8 × 3");
      assertThatThrownBy(() -> network.run(List.of(image, image, image)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("3 images for batches of 2");
      assertThat(network.run(List.of())).isEmpty();
    }
  }
}
