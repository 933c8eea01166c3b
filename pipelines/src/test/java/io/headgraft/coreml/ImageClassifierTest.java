package io.headgraft.coreml;

import static io.headgraft.coreml.TinyModel.IMAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.Int64Vector;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.SoftmaxLayerParams;
import java.util.List;
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

    assertRefused(
        model.build(), "tiny.mlmodel: no layer makes the label probabilities 'labelProbability'");
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
        "tiny.mlmodel is a NEURALNETWORK, not a neural-network classifier");
    assertRefused(
        TinyModel.ofImage(8, 8).relu("relu", IMAGE).build().toBuilder()
            .setDescription(TinyModel.backbone().description.clearInput())
            .build(),
        "tiny.mlmodel takes []; a network with one input, an image or an array, is needed");
  }

  private static void assertRefused(Model model, String message) {
    assertThatThrownBy(() -> ImageClassifier.load(model, TinyModel.NAME, 2))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(message);
  }

  private static ImageClassifier load(TinyModel model) {
    return ImageClassifier.load(model.build(), TinyModel.NAME, 2);
  }
}
