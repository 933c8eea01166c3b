package io.headgraft.coreml;

import static io.headgraft.coreml.TinyModel.IMAGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.headgraft.SharedMaterial;
import io.headgraft.coreml.FeatureLayers.Standardization;
import io.headgraft.coreml.WholeHyperparameter.Allowed.Range;
import io.headgraft.coreml.WholeHyperparameter.Allowed.Values;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.FlattenLayerParams.FlattenOrder;
import io.headgraft.coreml.proto.InnerProductLayerParams;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

class UpdatableClassifierTest {

  private static final List<String> LABELS =
      List.of("✊", "✋", "✌️", "user0", "user1", "user2", "user3", "user4", "user5", "user6");

  private static final OnDeviceTraining TRAINING = Grafts.sgd(0.001, PlainClassifier.HEAD);

  private static final Path GOLDEN =
      Path.of("src/test/resources/io/headgraft/coreml/updatable-tiny.txt");

  @Test
  void theFoldedFormIsTheReferenceLineByLine() throws IOException {
    Model model = build(SharedMaterial.squeezeNet(), "flatten", head(1000), Optional.empty());

    assertThat(comparable(ModelText.lines(model))).isEqualTo(comparable(reference()));
  }

  @Test
  void theLayerFormAddsTheStandardizationToTheReference() throws IOException {
    List<String> lines =
        ModelText.lines(
            build(
                SharedMaterial.squeezeNet(),
                "flatten",
                head(1000),
                Optional.of(standardization(1000))));
    List<String> layer = block(lines, lines.indexOf("    name: \"standardize\"") - 1);
    assertThat(String.join("\n", layer).replaceAll(" values, [^>]*", ""))
        .isEqualTo(
            """
              layers {
                name: "standardize"
                input: ["pool10"]
                output: ["standardize"]
                batchnorm {
                  channels: 1000
                  epsilon: 1.0E-5
                  gamma {
                    floatValue: <1000>
                  }
                  beta {
                    floatValue: <1000>
                  }
                  mean {
                    floatValue: <1000>
                  }
                  variance {
                    floatValue: <1000>
                  }
                }
              }\
            """);

    layer.clear();
    lines.replaceAll(line -> line.replace("[\"standardize\"]", "[\"pool10\"]"));
    assertThat(comparable(lines)).isEqualTo(comparable(reference()));
  }

  private static List<String> reference() throws IOException {
    return Files.readAllLines(SharedMaterial.reference("updatable-classifier.txt")).stream()
        .filter(line -> !line.startsWith("#"))
        .toList();
  }

  /** Without the metadata and the values of the head's 10,000 weights and 10 biases. */
  private static List<String> comparable(List<String> lines) {
    List<String> rest = new ArrayList<>(lines);
    block(rest, rest.indexOf("  metadata {")).clear();
    rest.replaceAll(line -> line.replaceAll("<(10|10000) values, .*>", "<$1 values>"));
    return rest;
  }

  /** The lines from an opening brace to its closing one. */
  private static List<String> block(List<String> lines, int start) {
    List<String> rest = lines.subList(start, lines.size());
    String close = rest.get(0).replaceAll("\\S.*", "}");
    return rest.subList(0, rest.indexOf(close) + 1);
  }

  @Test
  void aSmallModelIsTheGoldenFile() throws IOException {
    assertThat(ModelText.lines(golden())).isEqualTo(Files.readAllLines(GOLDEN));
  }

  /** Writes the golden file anew: run with -Dheadgraft.golden=write, and read the difference. */
  @Test
  @EnabledIfSystemProperty(named = "headgraft.golden", matches = "write")
  void writeTheGoldenFile() throws IOException {
    Files.createDirectories(GOLDEN.getParent());
    Files.write(GOLDEN, ModelText.lines(golden()));
  }

  static Model golden() {
    return build(TinyModel.backbone().build(), "flatten", head(8), Optional.of(standardization(8)));
  }

  @Test
  void computesTheHeadOfTheRealBackbone() throws IOException {
    assertComputes(SharedMaterial.squeezeNet(), "flatten", 1000);
  }

  @Test
  void computesTheHeadOfASmallBackbone() {
    assertComputes(TinyModel.backbone().build(), "flatten", 8);
  }

  @Test
  void computesTheHeadBehindALayerThatDoesNotFlatten() {
    assertComputes(TinyModel.backbone().build(), "pool", 8);
  }

  /** Both forms, read back from their bytes, against the definition in double precision. */
  private static void assertComputes(Model backbone, String featureLayer, int features) {
    NetworkGraph graph = NetworkGraph.of(backbone, "backbone").cutAt(featureLayer);
    List<byte[]> images = images(graph.image());
    DenseHead head = head(features);
    Standardization standardization = standardization(features);

    float[][] rows = features(graph, images);
    float[][] layer =
        classify(build(backbone, featureLayer, head, Optional.of(standardization)), images);
    float[][] folded =
        classify(
            build(backbone, featureLayer, fold(head, standardization), Optional.empty()), images);

    for (int i = 0; i < images.size(); i++) {
      double[] expected = probabilities(head, standardize(standardization, rows[i]));
      for (int label = 0; label < expected.length; label++) {
        assertThat((double) layer[i][label]).isCloseTo(expected[label], within(1e-4));
        assertThat(folded[i][label]).isCloseTo(layer[i][label], within(1e-5f));
      }
    }
  }

  /** A flattening of more than one pixel is left out only together with its order. */
  @Test
  void keepsTheOrderInWhichTheBackboneFlattens() {
    Model backbone =
        TinyModel.ofImage(4, 3)
            .convolution("conv", IMAGE, 3, 2, conv -> {})
            .flatten("flatten", "conv", FlattenOrder.CHANNEL_LAST)
            .build();
    NetworkGraph graph = NetworkGraph.of(backbone, "backbone");
    List<byte[]> images = images(graph.image());
    DenseHead head = head(4);

    float[][] rows = features(graph, images);
    float[][] actual = classify(build(backbone, "flatten", head, Optional.empty()), images);

    for (int i = 0; i < images.size(); i++) {
      double[] expected = probabilities(head, standardize(none(4), rows[i]));
      for (int label = 0; label < expected.length; label++) {
        assertThat((double) actual[i][label]).isCloseTo(expected[label], within(1e-5));
      }
    }
  }

  private static Standardization none(int features) {
    float[] factor = new float[features];
    Arrays.fill(factor, 1);
    return new Standardization(new float[features], factor);
  }

  @Test
  void writesLabelsAndTheHeadAsGiven() {
    DenseHead head = head(8);
    Model model = build(TinyModel.backbone().build(), "flatten", head, Optional.empty());

    assertThat(model.getNeuralNetworkClassifier().getStringClassLabels().getVectorList())
        .isEqualTo(LABELS);
    InnerProductLayerParams dense = layer(model, "fullyconnected0").getInnerProduct();
    for (int label = 0; label < LABELS.size(); label++) {
      assertThat(dense.getBias().getFloatValue(label)).isEqualTo(head.bias()[label]);
      for (int i = 0; i < 8; i++) {
        assertThat(dense.getWeights().getFloatValue(8 * label + i))
            .isEqualTo(head.weights()[label][i]);
      }
    }
    assertThat(model.getDescription().getMetadata().getUserDefinedMap())
        .isEqualTo(Map.of("io.headgraft.run", "test"));
  }

  @Test
  void carriesTheBackbonesLayersOverAsTheyAre() {
    TinyModel backbone = TinyModel.backbone();
    backbone
        .network
        .getLayersBuilder(0)
        .setUnknownFields(
            UnknownFieldSet.newBuilder()
                .addField(9_999, Field.newBuilder().addVarint(7).build())
                .build());
    Model source = backbone.build();

    Model model = build(source, "flatten", head(8), Optional.empty());

    assertThat(model.getNeuralNetworkClassifier().getLayersList().subList(0, 3))
        .isEqualTo(source.getNeuralNetworkClassifier().getLayersList().subList(0, 3));
    assertThat(model.getNeuralNetworkClassifier().getPreprocessingList())
        .isEqualTo(source.getNeuralNetworkClassifier().getPreprocessingList());
  }

  @Test
  void refusesSizesThatDoNotMatch() {
    Model backbone = TinyModel.backbone().build();

    assertThatThrownBy(() -> new DenseHead(List.of("a", "b"), new float[2][8], new float[10]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("2 labels for 2 rows of weights and 10 biases");
    assertThatThrownBy(() -> new Standardization(new float[8], new float[7]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("8 means and 7 factors");
    assertThatThrownBy(() -> build(backbone, "flatten", head(8), Optional.of(standardization(7))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A standardization of 7 features for a head of 8");
  }

  @Test
  void adamHasItsOwnParameters() {
    Model model =
        UpdatableClassifier.of(
            plain(),
            new OnDeviceTraining(
                List.of("fullyconnected0"),
                new OnDeviceTraining.OnDeviceOptimizer.Adam(
                    new DoubleHyperparameter(0.001, 0, 0.5),
                    new WholeHyperparameter(16, new Range(1, 64)),
                    new DoubleHyperparameter(0.9, 0, 1),
                    new DoubleHyperparameter(0.999, 0.5, 1),
                    new DoubleHyperparameter(1e-8, 0, 1)),
                new WholeHyperparameter(3, new Values(List.of(1L, 3L))),
                false,
                Optional.of(new WholeHyperparameter(0, new Range(0, 7)))));

    assertThat(ModelText.lines(model.getNeuralNetworkClassifier().getUpdateParams()))
        .isEqualTo(
            """
            lossLayers {
              name: "lossLayer"
              categoricalCrossEntropyLossLayer {
                input: "labelProbability"
                target: "labelProbability_true"
              }
            }
            optimizer {
              adamOptimizer {
                learningRate {
                  defaultValue: 0.001
                  range {
                    maxValue: 0.5
                  }
                }
                miniBatchSize {
                  defaultValue: 16
                  range {
                    minValue: 1
                    maxValue: 64
                  }
                }
                beta1 {
                  defaultValue: 0.9
                  range {
                    maxValue: 1.0
                  }
                }
                beta2 {
                  defaultValue: 0.999
                  range {
                    minValue: 0.5
                    maxValue: 1.0
                  }
                }
                eps {
                  defaultValue: 1.0E-8
                  range {
                    maxValue: 1.0
                  }
                }
              }
            }
            epochs {
              defaultValue: 3
              set {
                values: [1, 3]
              }
            }
            shuffle {}
            seed {
              range {
                maxValue: 7
              }
            }"""
                .lines()
                .toList());
  }

  /** What gradients reach in SqueezeNet, and where they stop. */
  @Test
  void convolutionsBehindTheLastConcatenationCanBeTrained() throws IOException {
    Model plain =
        PlainClassifier.build(
            new FeatureLayers(
                SharedMaterial.squeezeNet(), "flatten", Optional.of(standardization(1000))),
            head(1000),
            Grafts.METADATA);

    Model model = UpdatableClassifier.of(plain, Grafts.sgd(0.01, "conv10", "fullyconnected0"));

    ConvolutionLayerParams conv10 = layer(model, "conv10").getConvolution();
    assertThat(layer(model, "conv10").getIsUpdatable()).isTrue();
    assertThat(conv10.getWeights().getIsUpdatable()).isTrue();
    assertThat(conv10.getBias().getIsUpdatable()).isTrue();
    assertThat(
            model.getNeuralNetworkClassifier().getLayersList().stream()
                .filter(NeuralNetworkLayer::getIsUpdatable)
                .map(NeuralNetworkLayer::getName))
        .containsExactly("conv10", "fullyconnected0");
    assertThatThrownBy(() -> UpdatableClassifier.of(plain, Grafts.sgd(0.01, "fire9/expand3x3")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the layer 'fire9/expand3x3' cannot be trained: the layer 'fire9/concat' is in the way, which passes no gradients back");
  }

  @Test
  void refusesLayersThatCannotBeTrained() {
    assertThatThrownBy(() -> UpdatableClassifier.of(plain(), Grafts.sgd(0.01, "conv11")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "there is no layer 'conv11' to train; the last layers are [relu, pool, standardize, flatten0, fullyconnected0, labelProbability]");
    assertThatThrownBy(() -> UpdatableClassifier.of(plain(), Grafts.sgd(0.01, "pool")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the layer 'pool' is of type POOLING, convolutions and inner products alone can be trained");
  }

  @Test
  void thePlainClassifierIsTheUpdatableOneWithoutTraining() {
    Model plain = plain();
    Model.Builder stripped =
        build(TinyModel.backbone().build(), "flatten", head(8), Optional.of(standardization(8)))
            .toBuilder()
            .setSpecificationVersion(1)
            .clearIsUpdatable();
    stripped.getDescriptionBuilder().clearTrainingInput();
    NeuralNetworkClassifier.Builder network = stripped.getNeuralNetworkClassifierBuilder();
    network.clearUpdateParams();
    NeuralNetworkLayer.Builder dense = network.getLayersBuilder(network.getLayersCount() - 2);
    dense.clearIsUpdatable();
    dense.getInnerProductBuilder().getWeightsBuilder().clearIsUpdatable();
    dense.getInnerProductBuilder().getBiasBuilder().clearIsUpdatable();

    assertThat(plain).isEqualTo(stripped.build());
    assertThat(plain.toString()).doesNotContain("pdat");
  }

  @Test
  void refusesHyperparametersThatAPhoneRefuses() {
    assertIllegal(
        () -> new DoubleHyperparameter(2, 0, 1), "the default 2.0 is not within [0.0, 1.0]");
    assertIllegal(
        () -> new DoubleHyperparameter(Double.NaN, 0, 1),
        "the default NaN is not within [0.0, 1.0]");
    assertIllegal(
        () -> new DoubleHyperparameter(0, 0, Double.POSITIVE_INFINITY),
        "[0.0, Infinity] is no range");
    assertIllegal(
        () -> new WholeHyperparameter(3, new Values(List.of(1L, 2L))),
        "the default 3 is not one of [1, 2]");
    assertIllegal(
        () -> new WholeHyperparameter(3, new Range(4, 5)), "the default 3 is not within [4, 5]");
    assertIllegal(
        () ->
            new OnDeviceTraining(
                List.of("a"),
                TRAINING.optimizer(),
                new WholeHyperparameter(3, new Range(0, 5)),
                true,
                Optional.empty()),
        "The number of epochs may be 0, must be at least 1");
    assertIllegal(
        () -> Grafts.sgd(0.01, "a", "a"), "Layers to train are one or more, each once: [a, a]");
  }

  private static void assertIllegal(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  private static Model plain() {
    return PlainClassifier.build(
        new FeatureLayers(TinyModel.backbone().build(), "flatten", Optional.of(standardization(8))),
        head(8),
        Grafts.METADATA);
  }

  private static Model build(
      Model backbone,
      String featureLayer,
      DenseHead head,
      Optional<Standardization> standardization) {
    return UpdatableClassifier.of(
        PlainClassifier.build(
            new FeatureLayers(backbone, featureLayer, standardization), head, Grafts.METADATA),
        TRAINING);
  }

  /** Three labels with random weights; the placeholders have none, and a bias that hides them. */
  private static DenseHead head(int features) {
    Random random = new Random(features);
    float[][] weights = new float[LABELS.size()][features];
    float[] bias = new float[LABELS.size()];
    for (int label = 0; label < bias.length; label++) {
      bias[label] = label < 3 ? (float) random.nextGaussian() : -20;
      for (int i = 0; i < features && label < 3; i++) {
        weights[label][i] = (float) (random.nextGaussian() / Math.sqrt(features));
      }
    }
    return new DenseHead(LABELS, weights, bias);
  }

  /** The first feature never changes. */
  private static Standardization standardization(int features) {
    Random random = new Random(features + 1);
    float[] mean = new float[features];
    float[] factor = new float[features];
    for (int i = 0; i < features; i++) {
      mean[i] = 5 * random.nextFloat();
      factor[i] = i == 0 ? 0 : 0.1f + random.nextFloat();
    }
    return new Standardization(mean, factor);
  }

  private static DenseHead fold(DenseHead head, Standardization standardization) {
    float[][] weights = new float[head.outputs()][head.inputs()];
    float[] bias = new float[head.outputs()];
    for (int label = 0; label < bias.length; label++) {
      double shift = 0;
      for (int i = 0; i < head.inputs(); i++) {
        double weight = (double) head.weights()[label][i] * standardization.factor()[i];
        weights[label][i] = (float) weight;
        shift += weight * standardization.mean()[i];
      }
      bias[label] = (float) (head.bias()[label] - shift);
    }
    return new DenseHead(LABELS, weights, bias);
  }

  private static double[] standardize(Standardization standardization, float[] features) {
    double[] standardized = new double[features.length];
    for (int i = 0; i < features.length; i++) {
      standardized[i] =
          ((double) features[i] - standardization.mean()[i]) * standardization.factor()[i];
    }
    return standardized;
  }

  private static double[] probabilities(DenseHead head, double[] features) {
    double[] probabilities = new double[head.outputs()];
    double sum = 0;
    for (int label = 0; label < probabilities.length; label++) {
      double logit = head.bias()[label];
      for (int i = 0; i < features.length; i++) {
        logit += head.weights()[label][i] * features[i];
      }
      probabilities[label] = Math.exp(logit);
      sum += probabilities[label];
    }
    for (int label = 0; label < probabilities.length; label++) {
      probabilities[label] /= sum;
    }
    return probabilities;
  }

  private static List<byte[]> images(ImageInput input) {
    return List.of(
        TinyModel.noise(1, input.width(), input.height()),
        new byte[input.width() * input.height() * 3],
        TinyModel.noise(2, input.width(), input.height()));
  }

  private static float[][] features(NetworkGraph graph, List<byte[]> images) {
    try (CompiledNetwork network = CompiledNetwork.load(graph, images.size())) {
      return network.run(images);
    }
  }

  private static float[][] classify(Model model, List<byte[]> images) {
    Model read = ModelFile.parse(model.toByteArray(), "written.mlmodel");
    try (ImageClassifier classifier = ImageClassifier.load(read, "written.mlmodel", 4)) {
      assertThat(classifier.labels()).isEqualTo(LABELS);
      return classifier.probabilities(images);
    }
  }

  private static NeuralNetworkLayer layer(Model model, String name) {
    return model.getNeuralNetworkClassifier().getLayersList().stream()
        .filter(layer -> layer.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
