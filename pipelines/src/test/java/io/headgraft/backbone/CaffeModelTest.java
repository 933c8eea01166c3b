package io.headgraft.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.SharedMaterial;
import io.headgraft.backbone.caffe.BlobProto;
import io.headgraft.backbone.caffe.LayerParameter;
import io.headgraft.backbone.caffe.NetParameter;
import io.headgraft.backbone.caffe.PoolingParameter.PoolMethod;
import io.headgraft.backbone.caffe.PoolingParameter.RoundMode;
import io.headgraft.backbone.caffe.V1LayerParameter;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CaffeModelTest {

  private static final String FILE = "weights.caffemodel";

  /** The smaller of the two forms; each test changes a copy. */
  private static final NetParameter DEPLOYED = CaffeFile.deployed();

  @Test
  void convertsAFileAsSavedAfterTraining() {
    assertThat(CoreMl.layout(convert(CaffeFile.trained())))
        .isEqualTo(CoreMl.layout(SqueezeNet.untrained(0)));
  }

  @Test
  void convertsAFileInTheFormForDeployment() {
    assertThat(CoreMl.layout(convert(DEPLOYED))).isEqualTo(CoreMl.layout(SqueezeNet.untrained(0)));
  }

  @Test
  void convertsAnInputThatIsDeclaredOutsideTheLayers() {
    NetParameter net = CaffeFile.without(DEPLOYED, "data").toBuilder().addInput("data").build();

    assertThat(convert(net)).isEqualTo(convert(DEPLOYED));
  }

  @Test
  void saysWhereTheWeightsAreFrom() {
    assertThat(convert(DEPLOYED).getDescription().getMetadata().getShortDescription())
        .isEqualTo("SqueezeNet v1.1, ImageNet, converted from Caffe weights");
  }

  @Test
  void keepsEachLayersWeightsInTheirOrder() {
    Model model = convert(DEPLOYED);

    for (NeuralNetworkLayer layer : model.getNeuralNetworkClassifier().getLayersList()) {
      if (layer.hasConvolution()) {
        LayerParameter source = CaffeFile.layer(DEPLOYED, layer.getName());
        ConvolutionLayerParams convolution = layer.getConvolution();
        assertThat(convolution.getWeights().getFloatValueList())
            .isEqualTo(source.getBlobs(0).getDataList());
        assertThat(convolution.getBias().getFloatValueList())
            .isEqualTo(source.getBlobs(1).getDataList());
      }
    }
  }

  @Test
  void readsTheOlderNotationOfShapes() {
    NetParameter.Builder net = DEPLOYED.toBuilder();
    net.getLayerBuilderList().stream()
        .flatMap(layer -> layer.getBlobsBuilderList().stream())
        .forEach(CaffeModelTest::writeShapeInTheOlderNotation);

    assertThat(convert(net.build())).isEqualTo(convert(DEPLOYED));
  }

  private static void writeShapeInTheOlderNotation(BlobProto.Builder blob) {
    int[] shape = {1, 1, 1, 1};
    int missing = 4 - blob.getShape().getDimCount();
    for (int i = missing; i < 4; i++) {
      shape[i] = (int) blob.getShape().getDim(i - missing);
    }
    blob.clearShape().setNum(shape[0]).setChannels(shape[1]).setHeight(shape[2]).setWidth(shape[3]);
  }

  @Test
  void readsSizesThatAreGivenByDirection() {
    NetParameter net =
        changed(
            "conv1",
            layer ->
                layer
                    .getConvolutionParamBuilder()
                    .clearKernelSize()
                    .clearStride()
                    .setKernelH(3)
                    .setKernelW(3)
                    .setStrideH(2)
                    .setStrideW(2));

    assertThat(convert(net)).isEqualTo(convert(DEPLOYED));
  }

  @Test
  void restoresTheRealModelFromItsOwnWeights() throws IOException {
    Model real = SharedMaterial.squeezeNet();
    NetParameter.Builder net = CaffeFile.trained().toBuilder();
    for (LayerParameter.Builder layer : net.getLayerBuilderList()) {
      if (layer.getType().equals("Convolution")) {
        ConvolutionLayerParams source = CoreMl.convolution(real, layer.getName());
        replaceData(layer.getBlobsBuilder(0), source.getWeights().getFloatValueList());
        replaceData(layer.getBlobsBuilder(1), source.getBias().getFloatValueList());
      }
    }

    assertThat(convert(net.build()).getNeuralNetworkClassifier().getLayersList())
        .isEqualTo(real.getNeuralNetworkClassifier().getLayersList());
  }

  private static void replaceData(BlobProto.Builder blob, Iterable<Float> data) {
    blob.clearData().addAllData(data);
  }

  @Test
  void refusesAMissingLayer() {
    assertUnusable(
        CaffeFile.without(DEPLOYED, "fire2/relu_expand1x1"),
        "weights.caffemodel: layer relu_fire2/expand1x1 is missing,"
            + " expected Relu[name=relu_fire2/expand1x1, input=fire2/expand1x1]");
  }

  @Test
  void refusesALayerWhoseInputIsMissing() {
    assertUnusable(
        CaffeFile.without(DEPLOYED, "fire5/squeeze1x1"),
        "weights.caffemodel: layer fire5/relu_squeeze1x1 reads blob fire5/squeeze1x1,"
            + " expected one that a layer before it writes");
  }

  @Test
  void refusesAFileWithoutItsLastLayers() {
    assertUnusable(
        CaffeFile.without(DEPLOYED, "prob"),
        "weights.caffemodel: layer flatten is missing,"
            + " expected Flatten[name=flatten, input=pool10]");
  }

  @Test
  void refusesALayerTooMany() {
    NetParameter net =
        DEPLOYED.toBuilder()
            .addLayer(CaffeFile.layer(DEPLOYED, "pool5").toBuilder().setName("pool6"))
            .build();

    assertUnusable(
        net, "weights.caffemodel: layer pool6 is one too many, expected those of SqueezeNet v1.1");
  }

  @Test
  void refusesALayerThatStandsTwice() {
    NetParameter net =
        DEPLOYED.toBuilder().addLayer(CaffeFile.layer(DEPLOYED, "fire9/concat")).build();

    assertUnusable(
        net,
        "weights.caffemodel: layer fire9/concat computes fire9/concat a second time,"
            + " expected once");
  }

  @Test
  void refusesALayerOfAnUnknownType() {
    assertUnusable(
        changed("relu_conv1", layer -> layer.setType("PReLU")),
        "weights.caffemodel: layer relu_conv1 is of type PReLU,"
            + " expected Convolution, ReLU, Pooling, Concat, Dropout or Softmax");
  }

  @Test
  void refusesALayerThatReadsAnother() {
    assertUnusable(
        changed("fire3/squeeze1x1", layer -> layer.setBottom(0, "fire2/expand1x1")),
        "weights.caffemodel: layer fire3/squeeze1x1 is Convolution[name=fire3/squeeze1x1,"
            + " input=relu_fire2/expand1x1, inputChannels=128, outputChannels=16, kernel=1,"
            + " stride=1, padding=0], expected Convolution[name=fire3/squeeze1x1,"
            + " input=fire2/concat, inputChannels=128, outputChannels=16, kernel=1, stride=1,"
            + " padding=0]");
  }

  @Test
  void refusesInputsInAnotherOrder() {
    assertUnusable(
        changed(
            "fire4/concat",
            layer -> layer.setBottom(0, "fire4/expand3x3").setBottom(1, "fire4/expand1x1")),
        "weights.caffemodel: layer fire4/concat is Concat[name=fire4/concat,"
            + " inputs=[relu_fire4/expand3x3, relu_fire4/expand1x1]], expected"
            + " Concat[name=fire4/concat,"
            + " inputs=[relu_fire4/expand1x1, relu_fire4/expand3x3]]");
  }

  @Test
  void refusesAnotherVersionOfSqueezeNet() {
    assertUnusable(
        changed("conv1", layer -> layer.getConvolutionParamBuilder().setKernelSize(0, 7)),
        "weights.caffemodel: layer conv1 is Convolution[name=conv1, input=image,"
            + " inputChannels=3, outputChannels=64, kernel=7, stride=2, padding=0],"
            + " expected Convolution[name=conv1, input=image, inputChannels=3,"
            + " outputChannels=64, kernel=3, stride=2, padding=0]");
  }

  @Test
  void refusesAnotherPooling() {
    assertUnusable(
        changed("pool3", layer -> layer.getPoolingParamBuilder().setKernelSize(2)),
        "weights.caffemodel: layer pool3 is"
            + " MaxPooling[name=pool3, input=fire3/concat, kernel=2, stride=2], expected"
            + " MaxPooling[name=pool3, input=fire3/concat, kernel=3, stride=2]");
    assertUnusable(
        changed("pool3", layer -> layer.getPoolingParamBuilder().setPool(PoolMethod.AVE)),
        "weights.caffemodel: layer pool3 has pool (without global_pooling) AVE, expected MAX");
    assertUnusable(
        changed("pool10", layer -> layer.getPoolingParamBuilder().setPool(PoolMethod.MAX)),
        "weights.caffemodel: layer pool10 has pool (with global_pooling) MAX, expected AVE");
    assertUnusable(
        changed("pool1", layer -> layer.getPoolingParamBuilder().setPad(1)),
        "weights.caffemodel: layer pool1 has pad [1, 0, 0], expected [0, 0, 0]");
    assertUnusable(
        changed("pool1", layer -> layer.getPoolingParamBuilder().setRoundMode(RoundMode.FLOOR)),
        "weights.caffemodel: layer pool1 has round_mode FLOOR, expected CEIL");
  }

  @Test
  void refusesSettingsThatNoSqueezeNetHas() {
    assertUnusable(
        changed("conv10", layer -> layer.getConvolutionParamBuilder().setGroup(2)),
        "weights.caffemodel: layer conv10 has group 2, expected 1");
    assertUnusable(
        changed("conv10", layer -> layer.getConvolutionParamBuilder().addDilation(2)),
        "weights.caffemodel: layer conv10 has dilation 2, expected 1");
    assertUnusable(
        changed("conv10", layer -> layer.getConvolutionParamBuilder().setBiasTerm(false)),
        "weights.caffemodel: layer conv10 has bias_term false, expected true");
    assertUnusable(
        changed("conv10", layer -> layer.getConvolutionParamBuilder().setPadH(1)),
        "weights.caffemodel: layer conv10 has pad [1, 0], expected one size for both directions");
    assertUnusable(
        changed("relu_conv1", layer -> layer.getReluParamBuilder().setNegativeSlope(0.1f)),
        "weights.caffemodel: layer relu_conv1 has negative_slope 0.1, expected 0.0");
    assertUnusable(
        changed("fire2/concat", layer -> layer.getConcatParamBuilder().setAxis(2)),
        "weights.caffemodel: layer fire2/concat has axis 2, expected 1");
  }

  @Test
  void refusesALayerThatReadsOrWritesNothing() {
    assertUnusable(
        changed("pool1", LayerParameter.Builder::clearBottom),
        "weights.caffemodel: layer pool1 reads no blob, expected one");
    assertUnusable(
        changed("pool1", LayerParameter.Builder::clearTop),
        "weights.caffemodel: layer pool1 writes no blob, expected one");
  }

  @Test
  void refusesAWrongNumberOfWeights() {
    assertUnusable(
        changed(
            "fire6/expand3x3",
            layer -> {
              BlobProto.Builder blob = layer.getBlobsBuilder(0);
              blob.clearData().addAllData(layer.getBlobs(1).getDataList());
            }),
        "weights.caffemodel: layer fire6/expand3x3 holds 192 weights, expected 82944");
  }

  @Test
  void refusesWeightsOfAnotherShape() {
    assertUnusable(
        changed("conv1", layer -> layer.getBlobsBuilder(0).getShapeBuilder().setDim(0, 96)),
        "weights.caffemodel: layer conv1 has weights of shape [96, 3, 3, 3],"
            + " expected [64, 3, 3, 3]");
    assertUnusable(
        changed("conv1", layer -> layer.getBlobsBuilder(0).getShapeBuilder().clearDim()),
        "weights.caffemodel: layer conv1 has weights of shape [],"
            + " expected [outputs, inputs, height, width]");
    assertUnusable(
        changed("conv1", layer -> layer.getBlobsBuilder(1).getShapeBuilder().setDim(0, 32)),
        "weights.caffemodel: layer conv1 has biases of shape [32], expected [64]");
  }

  @Test
  void refusesALayerWithoutWeights() {
    assertUnusable(
        changed("conv1", LayerParameter.Builder::clearBlobs),
        "weights.caffemodel: layer conv1 has number of blobs (weights, bias) 0, expected 2");
  }

  @Test
  void refusesWeightsThatAreNoNumbers() {
    assertUnusable(
        changed("conv10", layer -> layer.getBlobsBuilder(1).setData(3, Float.NaN)),
        "weights.caffemodel: layer conv10 holds biases that are infinite or no numbers,"
            + " expected finite ones");
  }

  @Test
  void refusesTheOldFormatOfLayers() {
    NetParameter net =
        NetParameter.newBuilder().addLayers(V1LayerParameter.newBuilder().setName("conv1")).build();

    assertUnusable(
        net,
        "weights.caffemodel: its layers are in Caffe's format of before 2015 (V1), expected the"
            + " present one: Caffe's upgrade_net_proto_binary converts it");
  }

  @Test
  void refusesACoreMlModel() {
    assertUnusable(
        SqueezeNet.untrained(0).toByteArray(),
        "weights.caffemodel: not a Caffe model: it holds no layers, expected those of SqueezeNet"
            + " v1.1");
  }

  @Test
  void refusesAnEmptyFile() {
    assertUnusable(
        new byte[0],
        "weights.caffemodel: not a Caffe model: it holds no layers, expected those of SqueezeNet"
            + " v1.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<!DOCTYPE html><title>Not found</title>",
        "\u0089PNG\r\n",
        "name: \"squeezenet\""
      })
  void refusesWhatIsNoCaffeModel(String content) {
    assertThatThrownBy(
            () -> CaffeModel.convert(content.getBytes(StandardCharsets.ISO_8859_1), FILE))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageStartingWith("weights.caffemodel: not a Caffe model");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.001, 0.1, 0.5, 0.999})
  void refusesAFileThatIsCutOff(double part) {
    byte[] bytes = DEPLOYED.toByteArray();
    int length = (int) (bytes.length * part);

    assertThatThrownBy(() -> CaffeModel.convert(Arrays.copyOf(bytes, length), FILE))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageStartingWith(
            "weights.caffemodel: not a Caffe model, or cut off (%d bytes): ", length);
  }

  private static NetParameter changed(String layer, Consumer<LayerParameter.Builder> change) {
    return CaffeFile.with(DEPLOYED, layer, change);
  }

  private static Model convert(NetParameter net) {
    return CaffeModel.convert(net.toByteArray(), FILE);
  }

  private static void assertUnusable(NetParameter net, String message) {
    assertUnusable(net.toByteArray(), message);
  }

  private static void assertUnusable(byte[] bytes, String message) {
    assertThatThrownBy(() -> CaffeModel.convert(bytes, FILE))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessage(message);
  }
}
