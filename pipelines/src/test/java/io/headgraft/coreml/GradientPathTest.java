package io.headgraft.coreml;

import static io.headgraft.coreml.ValidModels.dense;
import static io.headgraft.coreml.ValidModels.layer;
import static io.headgraft.coreml.ValidModels.ofType;
import static io.headgraft.coreml.ValidModels.relu;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.coreml.proto.ActivationELU;
import io.headgraft.coreml.proto.ActivationParams;
import io.headgraft.coreml.proto.ActivationSigmoid;
import io.headgraft.coreml.proto.ActivationTanh;
import io.headgraft.coreml.proto.BatchnormLayerParams;
import io.headgraft.coreml.proto.CategoricalCrossEntropyLossLayer;
import io.headgraft.coreml.proto.ConcatLayerParams;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.FlattenLayerParams;
import io.headgraft.coreml.proto.LossLayer;
import io.headgraft.coreml.proto.MeanSquaredErrorLossLayer;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.PoolingLayerParams;
import io.headgraft.coreml.proto.ReshapeLayerParams;
import io.headgraft.coreml.proto.ScaleLayerParams;
import io.headgraft.coreml.proto.SoftmaxLayerParams;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GradientPathTest {

  private static final LossLayer SQUARED_ERROR =
      LossLayer.newBuilder()
          .setMeanSquaredErrorLossLayer(MeanSquaredErrorLossLayer.newBuilder().setInput("last"))
          .build();
  private static final LossLayer CROSS_ENTROPY =
      LossLayer.newBuilder()
          .setCategoricalCrossEntropyLossLayer(
              CategoricalCrossEntropyLossLayer.newBuilder().setInput("last"))
          .build();

  static Stream<NeuralNetworkLayer.Builder> passing() {
    NeuralNetworkLayer.Builder layer = layer("middle", "first");
    return Stream.of(
        layer.clone().setConvolution(ConvolutionLayerParams.getDefaultInstance()),
        layer.clone().setConvolution(ConvolutionLayerParams.newBuilder().setIsDeconvolution(true)),
        dense("middle", "first", 4, 4),
        layer.clone().setFlatten(FlattenLayerParams.getDefaultInstance()),
        layer.clone().setPooling(PoolingLayerParams.getDefaultInstance()),
        layer.clone().setBatchnorm(BatchnormLayerParams.getDefaultInstance()),
        relu("middle", "first"),
        activation(
            ActivationParams.newBuilder().setSigmoid(ActivationSigmoid.getDefaultInstance())),
        activation(ActivationParams.newBuilder().setTanh(ActivationTanh.getDefaultInstance())),
        ofType(420, "middle", "first"));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void comesBackThrough(NeuralNetworkLayer.Builder middle) {
    GradientPath path = path(SQUARED_ERROR, middle);

    assertThat(path.reaches("first")).isTrue();
    assertThat(path.obstacle("first")).isEmpty();
  }

  static Stream<NeuralNetworkLayer.Builder> stopping() {
    NeuralNetworkLayer.Builder layer = layer("middle", "first");
    return Stream.of(
        layer.clone().setConcat(ConcatLayerParams.getDefaultInstance()),
        layer.clone().setScale(ScaleLayerParams.getDefaultInstance()),
        layer.clone().setReshape(ReshapeLayerParams.getDefaultInstance()),
        layer.clone().setSoftmax(SoftmaxLayerParams.getDefaultInstance()),
        activation(ActivationParams.newBuilder().setELU(ActivationELU.getDefaultInstance())),
        ofType(430, "middle", "first"),
        layer.clone());
  }

  @ParameterizedTest
  @MethodSource("stopping")
  void stopsAt(NeuralNetworkLayer.Builder middle) {
    GradientPath path = path(SQUARED_ERROR, middle);

    assertThat(path.reaches("first")).isFalse();
    assertThat(path.obstacle("first")).contains("middle");
    assertThat(path.reaches("middle")).isTrue();
    assertThat(path.obstacle("middle")).isEmpty();
  }

  private static NeuralNetworkLayer.Builder activation(ActivationParams.Builder params) {
    return layer("middle", "first").setActivation(params);
  }

  private static GradientPath path(LossLayer loss, NeuralNetworkLayer.Builder middle) {
    return GradientPath.of(
        network(loss, dense("first", "x", 4, 4), middle, dense("last", "middle", 4, 4)));
  }

  private static NeuralNetwork network(LossLayer loss, NeuralNetworkLayer.Builder... layers) {
    NeuralNetwork.Builder network = NeuralNetwork.newBuilder();
    for (NeuralNetworkLayer.Builder layer : layers) {
      network.addLayers(layer);
    }
    network.getUpdateParamsBuilder().addLossLayers(loss);
    return network.build();
  }

  @Test
  void comesThroughASoftmaxUnderTheCrossEntropyAlone() {
    NeuralNetworkLayer.Builder softmax =
        layer("last", "first").setSoftmax(SoftmaxLayerParams.getDefaultInstance());
    NeuralNetworkLayer.Builder first = dense("first", "x", 4, 4);

    assertThat(GradientPath.of(network(CROSS_ENTROPY, first, softmax)).reaches("first")).isTrue();
    assertThat(GradientPath.of(network(SQUARED_ERROR, first, softmax)).obstacle("first"))
        .contains("last");
  }

  @Test
  void theObstacleIsTheOneNearestToTheLoss() {
    GradientPath path =
        GradientPath.of(
            network(
                SQUARED_ERROR,
                dense("first", "x", 4, 4),
                layer("concat1", "first", "x").setConcat(ConcatLayerParams.getDefaultInstance()),
                layer("concat2", "concat1", "first")
                    .setConcat(ConcatLayerParams.getDefaultInstance()),
                dense("last", "concat2", 12, 3)));

    assertThat(path.obstacle("first")).contains("concat2");
    assertThat(path.obstacle("concat1")).contains("concat2");
  }

  @Test
  void layersThatDoNotLeadToTheLossAreNeitherReachedNorBehindAnything() {
    GradientPath path =
        GradientPath.of(
            network(SQUARED_ERROR, dense("last", "x", 4, 3), dense("aside", "last", 3, 2)));

    assertThat(path.reaches("last")).isTrue();
    assertThat(path.reaches("aside")).isFalse();
    assertThat(path.obstacle("aside")).isEmpty();
    assertThat(path.reaches("no such layer")).isFalse();
  }

  @Test
  void comesNowhereWithoutALossOrWhatItReads() {
    NeuralNetwork network = NeuralNetwork.newBuilder().addLayers(dense("last", "x", 4, 3)).build();

    assertThat(GradientPath.of(network).reaches("last")).isFalse();
    assertThat(GradientPath.of(network(SQUARED_ERROR, dense("other", "x", 4, 3))).reaches("other"))
        .isFalse();
  }

  @Test
  void circlesHaveAnEnd() {
    GradientPath path =
        GradientPath.of(network(SQUARED_ERROR, relu("first", "last"), relu("last", "first")));

    assertThat(path.reaches("first")).isTrue();
  }
}
