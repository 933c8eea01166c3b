package io.headgraft.coreml;

import static io.headgraft.coreml.TinyModel.IMAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.GLMClassifier;
import io.headgraft.coreml.proto.Int64Vector;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.SoftmaxLayerParams;
import io.headgraft.coreml.proto.StringVector;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ImageClassifierTest {

  private static final byte[] PIXELS = TinyModel.noise(1, 8, 8);

  /** Without a name for them, the probabilities are the last layer's. */
  @Test
  void classifies() {
    try (ImageClassifier classifier = load(TinyModel.backbone())) {
      assertThat(classifier.labels()).containsExactly("a", "b", "c", "d", "e", "f", "g", "h");
      assertThat(classifier.batchSize()).isEqualTo(2);
      assertThat(classifier.input().width()).isEqualTo(8);
      float sum = 0;
      for (float probability : classifier.probabilities(List.of(PIXELS))[0]) {
        sum += probability;
      }
      assertThat(sum).isCloseTo(1, within(1e-5f));
    }
  }

  @Test
  void labelsMayBeNumbers() {
    TinyModel model = TinyModel.backbone();
    model.network.setInt64ClassLabels(
        Int64Vector.newBuilder().addAllVector(List.of(-1L, 1L, 2L, 3L, 5L, 8L, 13L, 21L)));

    try (ImageClassifier classifier = load(model)) {
      assertThat(classifier.labels()).containsExactly("-1", "1", "2", "3", "5", "8", "13", "21");
    }
  }

  @Test
  void theProbabilitiesAreNamedByTheirBlobWhateverItsLayerIsCalled() {
    TinyModel model = TinyModel.backbone();
    model.network.removeLayers(4).setLabelProbabilityLayerName("probabilities");
    model.layer(
        "softmax",
        "flatten",
        layer ->
            layer
                .setOutput(0, "probabilities")
                .setSoftmax(SoftmaxLayerParams.getDefaultInstance()));

    assertSameProbabilities(model);
  }

  @Test
  void theProbabilitiesNeedNotBeTheLastLayers() {
    TinyModel model = TinyModel.backbone().relu("more", "conv");
    model.network.setLabelProbabilityLayerName("prob");

    assertSameProbabilities(model);
  }

  private static void assertSameProbabilities(TinyModel model) {
    try (ImageClassifier expected = load(TinyModel.backbone());
        ImageClassifier actual = load(model)) {
      assertThat(actual.probabilities(List.of(PIXELS)))
          .isDeepEqualTo(expected.probabilities(List.of(PIXELS)));
    }
  }

  @Test
  void refusesProbabilitiesThatNoLayerMakes() {
    TinyModel model = TinyModel.backbone();
    model.network.setLabelProbabilityLayerName("labelProbability");

    assertRefused(model.build(), "tiny.mlmodel: no layer makes 'labelProbability'");
  }

  @Test
  void refusesAnotherNumberOfLabelsThanOfProbabilities() {
    assertRefused(
        TinyModel.backbone().labels("a", "b").build(),
        "tiny.mlmodel has 2 labels and 8 probabilities");
    TinyModel unlabelled = TinyModel.backbone();
    unlabelled.network.clearClassLabels();
    assertRefused(unlabelled.build(), "tiny.mlmodel has 0 labels and 8 probabilities");
  }

  @Test
  void refusesWhatIsNoClassifier() {
    assertRefused(
        Model.newBuilder().setNeuralNetwork(NeuralNetwork.getDefaultInstance()).build(),
        "tiny.mlmodel is a NEURALNETWORK; a neural-network classifier or a pipeline classifier of images is needed");
    assertRefused(
        TinyPipeline.model(TinyPipeline.neighbors()),
        "tiny.mlmodel is a KNEARESTNEIGHBORSCLASSIFIER; a neural-network classifier or a pipeline classifier of images is needed");
    assertRefused(
        TinyModel.ofImage(8, 8).relu("relu", IMAGE).build().toBuilder()
            .setDescription(TinyModel.backbone().description.clearInput())
            .build(),
        "tiny.mlmodel takes []; a network with one input, an image or an array, is needed");
  }

  @Test
  void refusesALabelThatIsThereTwice() {
    assertRefused(
        TinyModel.backbone().labels("a", "b", "c", "d", "e", "a", "g", "h").build(),
        "tiny.mlmodel has the label 'a' twice");
  }

  @Test
  void neighborsVoteOnTheFeaturesOfTheImage() {
    byte[] other = TinyModel.noise(2, 8, 8);
    KNearestNeighborsClassifier.Builder neighbors = TinyPipeline.neighbors();
    for (byte[] image : List.of(other, PIXELS)) {
      float[] features = features(image);
      TinyPipeline.addPoint(
          neighbors,
          image == other ? "the other" : "this",
          IntStream.range(0, features.length).mapToDouble(i -> features[i]).toArray());
    }

    try (ImageClassifier classifier =
        load(TinyPipeline.of(TinyPipeline.network(), TinyPipeline.model(neighbors)))) {
      assertThat(classifier.labels()).containsExactly("the other", "this");
      assertThat(classifier.input().width()).isEqualTo(8);
      assertThat(classifier.probabilities(List.of(PIXELS, other)))
          .isDeepEqualTo(new float[][] {{0, 1}, {1, 0}});
    }
  }

  @Test
  void linearClassifiersTakeTheFeaturesOfTheImage() {
    float[] features = features(PIXELS);
    GLMClassifier.Builder linear =
        GLMClassifier.newBuilder()
            .addWeights(TinyPipeline.doubles(0, 0, 2, 0, 0, 0, 0, 0))
            .addOffset(-1)
            .setStringClassLabels(StringVector.newBuilder().addVector("no").addVector("yes"));

    try (ImageClassifier classifier =
        load(TinyPipeline.of(TinyPipeline.network(), TinyPipeline.model(linear)))) {
      assertThat(classifier.probabilities(List.of(PIXELS))[0][1])
          .isCloseTo((float) (1 / (1 + Math.exp(1 - 2.0 * features[2]))), within(1e-6f));
    }
  }

  @Test
  void aPipelineMayBeANetworkAlone() {
    try (ImageClassifier expected = load(TinyModel.backbone());
        ImageClassifier actual = load(TinyPipeline.of(TinyModel.backbone().build()))) {
      assertThat(actual.labels()).isEqualTo(expected.labels());
      assertThat(actual.probabilities(List.of(PIXELS)))
          .isDeepEqualTo(expected.probabilities(List.of(PIXELS)));
    }
  }

  /** The network in two, at its features: what goes from one to the other are the same numbers. */
  @Test
  void aPipelineMayHaveSeveralNetworks() {
    Model whole = TinyModel.backbone().innerProduct("dense", "flatten", 8, 8, layer -> {}).build();
    NeuralNetworkClassifier layers = whole.getNeuralNetworkClassifier();
    Model.Builder behind = whole.toBuilder();
    behind.getDescriptionBuilder().setInput(0, TinyPipeline.array("flatten"));
    behind
        .getNeuralNetworkClassifierBuilder()
        .clearPreprocessing()
        .clearLayers()
        .addLayers(layers.getLayers(5))
        .setLabelProbabilityLayerName("dense");

    try (ImageClassifier expected = load(whole);
        ImageClassifier actual = load(TinyPipeline.of(TinyPipeline.network(), behind.build()))) {
      assertThat(actual.labels()).isEqualTo(expected.labels());
      assertThat(actual.probabilities(List.of(PIXELS))[0])
          .containsExactly(expected.probabilities(List.of(PIXELS))[0], within(1e-6f));
    }
    assertRefused(behind.build(), "tiny.mlmodel takes an array, but is given an image");
  }

  @Test
  void refusesNetworksThatDoNotFit() {
    Model.Builder softmax = TinyModel.backbone().build().toBuilder();
    softmax.getDescriptionBuilder().setInput(0, TinyPipeline.array("flatten"));
    NeuralNetworkClassifier.Builder network = softmax.getNeuralNetworkClassifierBuilder();
    network.clearPreprocessing().clearLayers().addLayers(TinyModel.backbone().network.getLayers(4));
    load(TinyPipeline.of(TinyPipeline.network(), softmax.build())).close();

    softmax
        .getDescriptionBuilder()
        .getInputBuilder(0)
        .getTypeBuilder()
        .getMultiArrayTypeBuilder()
        .setShape(0, 9);
    assertRefused(
        TinyPipeline.of(TinyPipeline.network(), softmax.build()),
        "tiny.mlmodel: model 2 takes 9 numbers, but is given 8");

    Model.Builder image = TinyModel.backbone().build().toBuilder();
    image.getDescriptionBuilder().getInputBuilder(0).setName("flatten");
    image.getNeuralNetworkClassifierBuilder().getLayersBuilder(0).setInput(0, "flatten");
    image.getNeuralNetworkClassifierBuilder().getLayersBuilder(3).setOutput(0, "flat");
    image.getNeuralNetworkClassifierBuilder().getLayersBuilder(4).setInput(0, "flat");
    assertRefused(
        TinyPipeline.of(TinyPipeline.network(), image.build()),
        "tiny.mlmodel: model 2 takes an image, but is given an array");
  }

  /** The features are found by their name, past a model that makes others. */
  @Test
  void modelsThatTheClassifierDoesNotNeedAreNotRun() {
    Model network = TinyPipeline.network();
    Model.Builder unneeded = network.toBuilder();
    unneeded.getDescriptionBuilder().setOutput(0, TinyPipeline.array("conv"));
    unneeded.getNeuralNetworkBuilder().getLayersBuilder(0).clearConvolution();
    Model neighbors = TinyPipeline.model(TinyPipeline.neighbors());

    try (ImageClassifier classifier = load(TinyPipeline.of(network, unneeded.build(), neighbors))) {
      assertThat(classifier.probabilities(List.of(PIXELS))).isDeepEqualTo(new float[][] {{1}});
    }
  }

  @Test
  void refusesPipelinesThatAreNotWired() {
    Model network = TinyPipeline.network();
    Model neighbors = TinyPipeline.model(TinyPipeline.neighbors());
    assertRefused(TinyPipeline.of(), "tiny.mlmodel is a pipeline without models");
    assertRefused(
        TinyPipeline.of(neighbors, network),
        "tiny.mlmodel: model 2 is a NEURALNETWORK; a pipeline of images ends in a neural-network, nearest-neighbours or linear classifier");
    assertRefused(
        TinyPipeline.of(neighbors),
        "tiny.mlmodel: model 1 takes 'flatten', which no model before it makes and which is no image that the pipeline takes");
    Model.Builder two = neighbors.toBuilder();
    two.getDescriptionBuilder().addInput(TinyPipeline.array("more"));
    assertRefused(
        TinyPipeline.of(network, two.build()),
        "tiny.mlmodel: model 2 takes ['flatten', 'more']; models of one input can be run");
    Model.Builder unmade = network.toBuilder();
    unmade.getNeuralNetworkBuilder().removeLayers(3);
    assertRefused(
        TinyPipeline.of(unmade.build(), neighbors),
        "tiny.mlmodel: model 1: no layer makes 'flatten'");
    KNearestNeighborsClassifier.Builder shorter = TinyPipeline.neighbors();
    shorter.getNearestNeighborsIndexBuilder().setNumberOfDimensions(7);
    assertRefused(
        TinyPipeline.of(network, TinyPipeline.model(shorter)),
        "tiny.mlmodel: model 2 takes 7 numbers, but is given 8");
    Model.Builder named = TinyPipeline.of(network, TinyPipeline.model(shorter)).toBuilder();
    named
        .getPipelineClassifierBuilder()
        .getPipelineBuilder()
        .addNames("eye")
        .addNames("neighbours");
    assertRefused(named.build(), "tiny.mlmodel: 'neighbours' takes 7 numbers, but is given 8");
  }

  private static float[] features(byte[] image) {
    NetworkGraph graph = NetworkGraph.of(TinyModel.backbone().build(), TinyModel.NAME);
    try (CompiledNetwork network = CompiledNetwork.load(graph.cutAt("flatten"), 2)) {
      return network.run(List.of(image))[0];
    }
  }

  private static void assertRefused(Model model, String message) {
    assertThatThrownBy(() -> ImageClassifier.load(model, TinyModel.NAME, 2))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(message);
  }

  private static ImageClassifier load(TinyModel model) {
    return ImageClassifier.load(model.build(), TinyModel.NAME, 2);
  }

  private static ImageClassifier load(Model model) {
    return ImageClassifier.load(model, TinyModel.NAME, 2);
  }
}
