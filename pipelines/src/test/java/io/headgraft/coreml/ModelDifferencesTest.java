package io.headgraft.coreml;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.headgraft.coreml.ModelDifferences.Difference;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ModelDifferencesTest {

  private static final Model MODEL = TinyModel.backbone().build();

  @Test
  void equalModelsDifferInNothing() {
    assertThat(ModelDifferences.between(MODEL, MODEL.toBuilder().build())).isEmpty();
  }

  @Test
  void namesFieldsByTheirWayFromTheModel() {
    assertThat(changed(model -> model.setSpecificationVersion(4).setIsUpdatable(true)))
        .containsExactly(
            new Difference("specificationVersion", "1", "4"),
            new Difference("isUpdatable", "false", "true"));
    assertThat(
            changed(
                model ->
                    model
                        .getDescriptionBuilder()
                        .getInputBuilder(0)
                        .getTypeBuilder()
                        .getImageTypeBuilder()
                        .setWidth(9)))
        .containsExactly(new Difference("description.input[image].type.imageType.width", "8", "9"));
  }

  @Test
  void findsLayersByTheirNames() {
    assertThat(network(network -> network.removeLayers(1)))
        .containsExactly(
            new Difference(
                "neuralNetworkClassifier.layers[relu]",
                "name relu, input, output, activation",
                "absent"));
    assertThat(
            network(
                network -> {
                  NeuralNetworkLayer first = network.getLayers(0);
                  network.setLayers(0, network.getLayers(1)).setLayers(1, first);
                }))
        .containsExactly(
            new Difference(
                "neuralNetworkClassifier.layers (order)",
                "[conv, relu, pool, flatten, prob]",
                "[relu, conv, pool, flatten, prob]"));
  }

  @Test
  void holdsLayersOfOneNameAgainstWhatStandsInTheSamePlace() {
    assertThat(network(network -> network.getLayersBuilder(1).setName("conv")))
        .containsExactly(new Difference("neuralNetworkClassifier.layers[1].name", "relu", "conv"));
  }

  @Test
  void saysOfWeightsHowFarTheyAreApart() {
    assertThat(
            network(
                network ->
                    network
                        .getLayersBuilder(0)
                        .getConvolutionBuilder()
                        .getWeightsBuilder()
                        .setFloatValue(
                            7,
                            network.getLayers(0).getConvolution().getWeights().getFloatValue(7)
                                + 0.5f)))
        .containsExactly(
            new Difference(
                "neuralNetworkClassifier.layers[conv].convolution.weights.floatValue",
                "216 values",
                "216 values that differ by up to 0.500000"));
  }

  @Test
  void seesWhatIsAbsent() {
    assertThat(network(network -> network.getLayersBuilder(0).clearConvolution()))
        .extracting(Difference::second)
        .containsExactly("absent");
    assertThat(
            changed(
                model ->
                    model
                        .getDescriptionBuilder()
                        .getMetadataBuilder()
                        .putUserDefined("author", "me")))
        .containsExactly(new Difference("description.metadata", "absent", "userDefined"));
  }

  @Test
  void shortensLongListsAndTexts() {
    assertThat(
            network(
                network ->
                    IntStream.range(0, 40)
                        .forEach(
                            i -> network.getStringClassLabelsBuilder().addVector("label" + i))))
        .singleElement()
        .satisfies(
            difference -> {
              assertThat(difference.field())
                  .isEqualTo("neuralNetworkClassifier.stringClassLabels.vector");
              assertThat(difference.first()).isEqualTo("[a, b, c, d, e, f, g, h]");
              assertThat(difference.second()).startsWith("[a, b, c, ").endsWith("…").hasSize(121);
            });
    assertThat(
            changed(
                model ->
                    model
                        .getDescriptionBuilder()
                        .setPredictedFeatureName(String.join("", Collections.nCopies(300, "x")))))
        .extracting(difference -> difference.second().length())
        .containsExactly(121);
  }

  @Test
  void seesFieldsThatItDoesNotKnow() {
    assertThat(
            changed(
                model ->
                    model.setUnknownFields(
                        UnknownFieldSet.newBuilder()
                            .addField(9_999, Field.newBuilder().addVarint(7).build())
                            .build())))
        .containsExactly(new Difference("model (fields not known here)", "0 bytes", "4 bytes"));
  }

  private static List<Difference> changed(Consumer<Model.Builder> change) {
    Model.Builder model = MODEL.toBuilder();
    change.accept(model);
    return ModelDifferences.between(MODEL, model.build());
  }

  private static List<Difference> network(Consumer<NeuralNetworkClassifier.Builder> change) {
    return changed(model -> change.accept(model.getNeuralNetworkClassifierBuilder()));
  }
}
