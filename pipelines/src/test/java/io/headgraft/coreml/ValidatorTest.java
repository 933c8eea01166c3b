package io.headgraft.coreml;

import static io.headgraft.coreml.ValidModels.array;
import static io.headgraft.coreml.ValidModels.dense;
import static io.headgraft.coreml.ValidModels.feature;
import static io.headgraft.coreml.ValidModels.layer;
import static io.headgraft.coreml.ValidModels.ofType;
import static io.headgraft.coreml.ValidModels.relu;
import static io.headgraft.coreml.ValidModels.trained;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.SharedMaterial;
import io.headgraft.coreml.FeatureLayers.Standardization;
import io.headgraft.coreml.Rule.Severity;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkMultiArrayShapeMapping;
import io.headgraft.coreml.proto.Pipeline;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ValidatorTest {

  static Stream<RuleExample> examples() {
    return RuleExamples.all();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void findsTheRuleThatIsBrokenAndNoOther(RuleExample example) {
    assertThat(Validator.findings(example.broken()))
        .isNotEmpty()
        .allSatisfy(finding -> assertThat(finding.rule()).isEqualTo(example.rule()))
        .allSatisfy(finding -> assertThat(finding.message()).isNotBlank());
    assertThat(Validator.findings(example.met()))
        .extracting(Finding::rule)
        .isEqualTo(example.besides());
  }

  @Test
  void eachRuleHasAnExample() {
    Set<Rule> shown = examples().map(RuleExample::rule).collect(Collectors.toSet());

    assertThat(shown).containsExactlyInAnyOrder(Rule.values());
  }

  static Stream<Model.Builder> validModels() {
    return Stream.of(
        ValidModels.updatable(),
        ValidModels.plain(),
        ValidModels.updatablePlain(),
        ValidModels.regressor(),
        ValidModels.neighbors(),
        ValidModels.pipeline(),
        ValidModels.linear(),
        ValidModels.identity());
  }

  @ParameterizedTest
  @MethodSource("validModels")
  void findsNothingInAValidModel(Model.Builder model) {
    assertThat(Validator.findings(model.build())).isEmpty();
  }

  @Test
  void findsNothingInTheRealBackbone() throws IOException {
    assertThat(Validator.findings(SharedMaterial.squeezeNet())).isEmpty();
  }

  @Test
  void findsNothingInWhatIsBuiltOnTheRealBackbone() throws IOException {
    Model backbone = SharedMaterial.squeezeNet();

    assertThat(Validator.findings(classifier(backbone, "flatten", 1000, Optional.empty())))
        .isEmpty();
    float[] ones = new float[1000];
    Arrays.fill(ones, 1);
    assertThat(
            Validator.findings(
                classifier(
                    backbone, "flatten", 1000, Optional.of(new Standardization(ones, ones)))))
        .isEmpty();
  }

  @Test
  void findsNothingInWhatIsBuiltOnASmallBackbone() {
    Model backbone = TinyModel.backbone().build();

    assertThat(Validator.findings(classifier(backbone, "flatten", 8, Optional.empty()))).isEmpty();
    Standardization standardization = new Standardization(new float[8], new float[8]);
    assertThat(Validator.findings(classifier(backbone, "flatten", 8, Optional.of(standardization))))
        .isEmpty();
  }

  @Test
  void realBackboneTrainsItsLastConvolutionButNoneBehindAConcat() throws IOException {
    Model model = classifier(SharedMaterial.squeezeNet(), "flatten", 1000, Optional.empty());

    assertThat(Validator.findings(withTrained(model, "conv10"))).isEmpty();
    assertThat(Validator.findings(withTrained(model, "fire9/expand3x3")))
        .containsExactly(
            new Finding(
                Rule.GRADIENT_PATH,
                "layer 'fire9/expand3x3'",
                "it is updatable, but no gradient comes back through the layer 'fire9/concat' that"
                    + " lies between it and the loss"));
  }

  private static Model withTrained(Model model, String layer) {
    Model.Builder changed = model.toBuilder();
    changed.getNeuralNetworkClassifierBuilder().getLayersBuilderList().stream()
        .filter(candidate -> candidate.getName().equals(layer))
        .forEach(ValidModels::trained);
    return changed.build();
  }

  private static Model classifier(
      Model backbone, String layer, int features, Optional<Standardization> standardization) {
    return UpdatableClassifier.of(
        PlainClassifier.build(
            new FeatureLayers(backbone, layer, standardization),
            new DenseHead(List.of("a", "b", "c"), new float[3][features], new float[3]),
            Grafts.METADATA),
        Grafts.sgd(0.01, PlainClassifier.HEAD));
  }

  @Test
  void refusesWithFileRulePlaceAndReason() {
    Model.Builder model = ValidModels.plain();
    model.getNeuralNetworkBuilder().addLayers(relu("z", "later"));

    assertThatThrownBy(() -> Validator.requireValid(model.build(), "net.mlmodel"))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessage(
            "net.mlmodel is not a valid Core ML model: blobs-made-before-use: layer 'z': it reads"
                + " 'later', which is no input of the model and which no layer before it makes");
  }

  @Test
  void warningsRefuseNothing() {
    Model.Builder model = ValidModels.updatable();
    model.getNeuralNetworkClassifierBuilder().getStringClassLabelsBuilder().addVector("d");

    assertThatCode(() -> Validator.requireValid(model.build(), "net.mlmodel"))
        .doesNotThrowAnyException();
    assertThat(Validator.findings(model.build()))
        .containsExactly(
            new Finding(Rule.LABEL_COUNT, "", "there are 4 class labels for 3 probabilities"));
  }

  @Test
  void saysWhichPartOfAPipelineItFoundSomethingIn() {
    Model.Builder model = ValidModels.pipeline();
    Pipeline.Builder pipeline = model.getPipelineClassifierBuilder().getPipelineBuilder();
    pipeline.getModelsBuilder(0).getNeuralNetworkBuilder().getLayersBuilder(1).setInput(0, "c");
    pipeline.getModelsBuilder(1).getKNearestNeighborsClassifierBuilder().clearWeightingScheme();

    assertThat(Validator.findings(model.build()))
        .extracting(Finding::where)
        .containsExactly("model 'neighbors'", "model 'features', layer 'relu'");

    pipeline.clearNames();
    assertThat(Validator.findings(model.build()))
        .extracting(Finding::where)
        .containsExactly("model 2", "model 1, layer 'relu'");
  }

  @Test
  void findingsComeInTheOrderOfTheRules() {
    Model.Builder model = ValidModels.updatable().setSpecificationVersion(11);
    model.getNeuralNetworkClassifierBuilder().setLabelProbabilityLayerName("other");
    model.getNeuralNetworkClassifierBuilder().getUpdateParamsBuilder().clear();

    assertThat(Validator.findings(model.build()))
        .extracting(Finding::rule)
        .containsExactly(
            Rule.VERSION_KNOWN,
            Rule.ONE_LOSS,
            Rule.OPTIMIZER_PRESENT,
            Rule.EPOCHS_PRESENT,
            Rule.PROBABILITY_LAYER);
  }

  @Test
  void saysNothingOfWhatDependsOnAnError() {
    Model.Builder model = ValidModels.updatable();
    model.getNeuralNetworkClassifierBuilder().getLayersBuilder(0).setInput(0, "img");
    model
        .getNeuralNetworkClassifierBuilder()
        .getLayersBuilder(4)
        .getInnerProductBuilder()
        .setInputChannels(5);

    assertThat(Validator.findings(model.build()))
        .extracting(Finding::rule)
        .containsExactly(Rule.BLOBS_MADE_BEFORE_USE);
  }

  @Test
  void aBrokenNetworkMakesNoFlood() {
    NeuralNetwork.Builder network = NeuralNetwork.newBuilder();
    for (int i = 0; i < 100_000; i++) {
      network.addLayers(relu("z" + i, "later" + i));
    }
    Model.Builder model = ValidModels.plain().setNeuralNetwork(network);
    model.getDescriptionBuilder().clearOutput().addOutput(feature("z0", array(4)));

    assertThat(Validator.findings(model.build()))
        .hasSize(11)
        .endsWith(new Finding(Rule.BLOBS_MADE_BEFORE_USE, "", "and 99,990 more of these"));
  }

  @Test
  void checksALongNetwork() {
    Model.Builder model = ValidModels.updatablePlain();
    NeuralNetwork.Builder network = model.getNeuralNetworkBuilder();
    String blob = "x";
    network.clearLayers();
    for (int i = 0; i < 100_000; i++) {
      network.addLayers(relu("relu" + i, blob));
      blob = "relu" + i;
    }
    network.addLayers(trained(dense("y", blob, 4, 3)));

    assertThat(Validator.findings(model.build())).isEmpty();
  }

  @Test
  void namesInMessagesStayOnOneLineAndHaveAnEnd() {
    Model.Builder model = ValidModels.plain();
    model
        .getNeuralNetworkBuilder()
        .addLayers(relu("a\nINVALID", "b\r" + "x".repeat(100_000)).setOutput(0, "z"));

    assertThat(Validator.findings(model.build()))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.where()).isEqualTo("layer 'a\uFFFDINVALID'");
              assertThat(finding.message())
                  .startsWith("it reads 'b\uFFFD" + "x".repeat(78) + "…',");
            });
  }

  @Test
  void looksIntoPipelinesOnlySoDeep() {
    Model model = ValidModels.identity().build();
    for (int i = 0; i < 5_000; i++) {
      model =
          Model.newBuilder()
              .setSpecificationVersion(1)
              .setDescription(model.getDescription())
              .setPipeline(Pipeline.newBuilder().addModels(model))
              .build();
    }

    assertThat(Validator.findings(model))
        .extracting(Finding::rule, Finding::message)
        .containsExactly(tuple(Rule.CHECKED, "pipelines nested deeper than 16 are not checked"));
  }

  @Test
  void layersOfOtherTypesAreNotRefusedNorIsWhatTheyMake() {
    Model.Builder model = ValidModels.plain();
    model
        .getNeuralNetworkBuilder()
        .clearLayers()
        .addLayers(ofType(400, "recurrent", "x"))
        .addLayers(ofType(400, "recurrent2", "x"))
        .addLayers(dense("y", "recurrent", 7, 3));

    assertThat(Validator.findings(model.build()))
        .containsExactly(
            new Finding(
                Rule.CHECKED,
                "layer 'recurrent'",
                "layers of its type, field 400 of the format, are not checked"));
  }

  @Test
  void blobsOfLayersThatHoldNetworksMayBeRead() {
    Model.Builder model = ValidModels.plain();
    model
        .getNeuralNetworkBuilder()
        .clearLayers()
        .addLayers(ofType(605, "branch", "x").clearOutput())
        .addLayers(relu("z", "made in the branch"));
    model
        .getNeuralNetworkBuilder()
        .setArrayInputShapeMapping(NeuralNetworkMultiArrayShapeMapping.EXACT_ARRAY_MAPPING);

    assertThat(Validator.findings(model.build()))
        .extracting(Finding::rule)
        .containsOnly(Rule.CHECKED);
  }

  @Test
  void copiesMayMakeABlobAgain() {
    Model.Builder model = ValidModels.plain();
    model
        .getNeuralNetworkBuilder()
        .addLayers(ofType(600, "copy", "x").setOutput(0, "y"))
        .setArrayInputShapeMapping(NeuralNetworkMultiArrayShapeMapping.EXACT_ARRAY_MAPPING);

    assertThat(Validator.findings(model.build()))
        .extracting(Finding::rule)
        .containsOnly(Rule.CHECKED);
  }

  @Test
  void oneDirectionalLstmsCanBeUpdated() {
    Model.Builder model = ValidModels.updatablePlain();
    model
        .getNeuralNetworkBuilder()
        .setLayers(0, ofType(420, "lstm", "x").setIsUpdatable(true))
        .addLayers(trained(dense("y", "lstm", 9, 3)));

    assertThat(Validator.findings(model.build()))
        .extracting(Finding::rule)
        .containsExactly(Rule.CHECKED);

    model.getNeuralNetworkBuilder().setLayers(0, ofType(430, "lstm", "x").setIsUpdatable(true));
    assertThat(Validator.findings(model.build()))
        .extracting(Finding::rule)
        .containsExactly(Rule.UPDATABLE_LAYER_TYPE, Rule.CHECKED);
  }

  @Test
  void modelsOfOtherTypesAreNotRefused() {
    Model model =
        ValidModels.identity()
            .clearIdentity()
            .setUnknownFields(
                UnknownFieldSet.newBuilder()
                    .addField(
                        402,
                        UnknownFieldSet.Field.newBuilder()
                            .addLengthDelimited(ByteString.EMPTY)
                            .build())
                    .build())
            .build();

    assertThat(Validator.findings(model))
        .containsExactly(
            new Finding(
                Rule.CHECKED,
                "",
                "models of its type treeEnsembleClassifier are not checked any further"));
    assertThat(ModelFile.parse(model.toByteArray(), "trees.mlmodel")).isEqualTo(model);
  }

  @Test
  void shapesThatOverflowAreRefused() {
    Model.Builder model = ValidModels.plain();
    model
        .getDescriptionBuilder()
        .setInput(0, feature("x", array(Long.MAX_VALUE, Long.MAX_VALUE, 2)));

    assertThat(Validator.findings(model.build()))
        .extracting(Finding::rule)
        .containsExactly(Rule.LAYER_SHAPES);
  }

  @Test
  void anEmptyModelIsRefusedWithoutMoreAdo() {
    assertThat(Validator.findings(Model.getDefaultInstance()))
        .extracting(Finding::rule)
        .containsExactly(
            Rule.VERSION_PRESENT, Rule.FEATURES_PRESENT, Rule.FEATURES_PRESENT, Rule.MODEL_TYPE);
    assertThat(
            Validator.findings(
                Model.newBuilder()
                    .setNeuralNetwork(NeuralNetwork.newBuilder().addLayers(layer("empty")))
                    .build()))
        .extracting(Finding::rule)
        .contains(Rule.LAYER_TYPES);
  }

  @Test
  void warningsComeBehindErrors() {
    List<Severity> severities = Stream.of(Rule.values()).map(Rule::severity).toList();

    assertThat(severities).isSorted();
  }
}
