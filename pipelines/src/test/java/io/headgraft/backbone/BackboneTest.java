package io.headgraft.backbone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.CompiledNetwork;
import io.headgraft.coreml.NetworkEngine;
import io.headgraft.coreml.TinyModel;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.StringVector;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BackboneTest {

  private static final Model MODEL = TinyModel.backbone().build();

  private record Change(String what, Consumer<Model.Builder> change) {

    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Change> thatDecideFeatures() {
    return Stream.of(
        new Change("a weight", m -> conv(m).getWeightsBuilder().setFloatValue(100, 0.125f)),
        new Change("a bias", m -> conv(m).getBiasBuilder().setFloatValue(7, 0.125f)),
        new Change("a stride", m -> conv(m).addStride(2).addStride(2)),
        new Change(
            "the preprocessing",
            m ->
                m.getNeuralNetworkClassifierBuilder()
                    .getPreprocessingBuilder(0)
                    .getScalerBuilder()
                    .setRedBias(-1)),
        new Change(
            "the image's size",
            m ->
                m.getDescriptionBuilder()
                    .getInputBuilder(0)
                    .getTypeBuilder()
                    .getImageTypeBuilder()
                    .setWidth(9)));
  }

  private static ConvolutionLayerParams.Builder conv(Model.Builder model) {
    return model.getNeuralNetworkClassifierBuilder().getLayersBuilder(0).getConvolutionBuilder();
  }

  static Stream<Change> thatDoNotDecideFeatures() {
    return Stream.of(
        new Change("nothing", m -> {}),
        new Change(
            "the labels",
            m ->
                m.getNeuralNetworkClassifierBuilder()
                    .setStringClassLabels(StringVector.newBuilder().addVector("another"))),
        new Change(
            "the metadata",
            m -> m.getDescriptionBuilder().getMetadataBuilder().setAuthor("another")),
        new Change(
            "a layer behind the features",
            m -> m.getNeuralNetworkClassifierBuilder().removeLayers(4)));
  }

  @ParameterizedTest
  @MethodSource("thatDecideFeatures")
  void theFingerprintChangesWith(Change change) {
    assertThat(fingerprint(change)).isNotEqualTo(read(MODEL).fingerprint());
  }

  @ParameterizedTest
  @MethodSource("thatDoNotDecideFeatures")
  void theFingerprintDoesNotChangeWith(Change change) {
    assertThat(fingerprint(change)).isEqualTo(read(MODEL).fingerprint()).hasSize(64);
  }

  private static String fingerprint(Change change) {
    Model.Builder changed = MODEL.toBuilder();
    change.change.accept(changed);
    return read(changed.build()).fingerprint();
  }

  @Test
  void theFingerprintChangesWithTheFeatureLayer() {
    assertThat(Backbone.read(MODEL.toByteArray(), "tiny", "relu").fingerprint())
        .isNotEqualTo(read(MODEL).fingerprint());
  }

  @Test
  void knowsAnUntrainedModelByItsBytes() {
    byte[] untrained = SqueezeNet.untrained(1).toByteArray();

    assertThat(Backbone.read(untrained, "untrained", "flatten").trained()).isFalse();
    assertThat(read(MODEL).trained()).isTrue();
  }

  @Test
  void readsTheCaffeRelease() {
    byte[] bytes = CaffeFile.deployed().toByteArray();

    Backbone backbone = Backbone.read(bytes, "squeezenet.caffemodel", "flatten");

    assertThat(backbone.trained()).isTrue();
    assertThat(backbone.features().output()).isEqualTo("flatten");
  }

  @Test
  void refusesAFeatureLayerThatIsMissing() {
    assertThatThrownBy(() -> Backbone.read(MODEL.toByteArray(), "tiny", "pool10"))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(
            "tiny has no layer 'pool10' to take the features from; its last layers are"
                + " [conv, relu, pool, flatten, prob]");
  }

  @Test
  void refusesImagesOfAnotherSize() {
    Backbone backbone = read(MODEL);

    assertThatCode(() -> backbone.requireInputSize(8)).doesNotThrowAnyException();
    assertThatThrownBy(() -> backbone.requireInputSize(227))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(
            "tiny takes images of 8 × 8 pixels, but image.size asks for 227: give another backbone,"
                + " or set image.size = auto");
  }

  @Test
  void compilesTheLayersUpToTheFeatures() {
    try (CompiledNetwork network = read(MODEL).compile(1, NetworkEngine.PYTORCH)) {
      assertThat(network.outputs()).isEqualTo(8);
      assertThatThrownBy(() -> network.run(List.of(new byte[3])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("An image of 3 bytes, not 8 × 8 × 3");
    }
  }

  private static Backbone read(Model model) {
    return Backbone.read(model.toByteArray(), "tiny", "flatten");
  }
}
