package io.headgraft.coreml;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.TextFormat;
import io.headgraft.coreml.proto.ArrayFeatureType;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.ModelDescription;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every layer that can be run, against what PyTorch computes for it in double precision. {@code
 * layers.py} beside the resource writes both: {@code python3 layers.py > layers.txt}.
 */
class LayersTest {

  /** Of the largest value: a sum of large terms that cancel has no more exact digits. */
  private static final double RELATIVE_ERROR = 1e-5;

  private static final int BATCH = 3;

  /** The largest error of each kind of layer. */
  private static final Map<String, Double> ERRORS = new TreeMap<>();

  private record Values(Shape shape, float[] values) {

    /** As {@code channels height width: value value ...}. */
    static Values of(String text) {
      String[] parts = text.split(": ", -1);
      long[] sides = Arrays.stream(parts[0].split(" ", -1)).mapToLong(Long::parseLong).toArray();
      String[] numbers = parts[1].split(" ", -1);
      float[] values = new float[numbers.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.parseFloat(numbers[i]);
      }
      return new Values(new Shape(sides[0], sides[1], sides[2]), values);
    }
  }

  private record Case(String name, Values input, NeuralNetwork network, Values expected) {

    String kind() {
      return name.substring(0, name.indexOf(':'));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    Map<String, Values> inputs = new HashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                LayersTest.class.getResourceAsStream("layers.txt"), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("input ")) {
          String[] words = line.split(" ", 3);
          inputs.put(words[1], Values.of(words[2]));
        } else {
          Values input = inputs.get(lines.readLine());
          NeuralNetwork network = TextFormat.parse(lines.readLine(), NeuralNetwork.class);
          Values expected = Values.of(lines.readLine().substring("output ".length()));
          cases.add(new Case(line.substring("case ".length()), input, network, expected));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computes(Case c) {
    assertThat(error(c, graph -> CompiledNetwork.load(graph, BATCH)))
        .isLessThanOrEqualTo(RELATIVE_ERROR);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesAsOnAGpu(Case c) {
    assertThat(
            error(
                c,
                graph ->
                    CompiledNetwork.load(
                        graph, BATCH, ComputeDevice.PROCESSOR, Convolutions.ANYWHERE)))
        .isLessThanOrEqualTo(RELATIVE_ERROR);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesOnOnnxRuntime(Case c) {
    assertThat(error(c, graph -> CompiledNetwork.load(graph, BATCH, NetworkEngine.ONNXRUNTIME)))
        .isLessThanOrEqualTo(RELATIVE_ERROR);
  }

  private static double error(Case c, Function<NetworkGraph, CompiledNetwork> engine) {
    float[] values = c.expected.values;
    // Beside another array, and in a batch that is not full.
    float[] other = new float[c.input.values.length];
    Arrays.fill(other, 3);
    float[] actual;
    try (CompiledNetwork network = engine.apply(graph(c))) {
      assertThat(network.outputs()).isEqualTo(values.length);
      actual = network.runArrays(List.of(other, c.input.values))[1];
    }
    double error = 0;
    double largest = 0;
    for (int i = 0; i < values.length; i++) {
      assertThat(actual[i]).isFinite();
      error = Math.max(error, Math.abs(actual[i] - (double) values[i]));
      largest = Math.max(largest, Math.abs(values[i]));
    }
    ERRORS.merge(c.kind(), error / largest, Math::max);
    return error / largest;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void infersTheShape(Case c) {
    Map<String, Shape> shapes = new HashMap<>(Map.of("x", c.input.shape));
    List<Shape> last = List.of();
    for (NeuralNetworkLayer layer : c.network.getLayersList()) {
      last = LayerShapes.of(layer, layer.getInputList().stream().map(shapes::get).toList());
      for (int i = 0; i < last.size(); i++) {
        shapes.put(layer.getOutput(i), last.get(i));
      }
    }

    assertThat(last.get(0)).isEqualTo(c.expected.shape);
  }

  @Test
  void hasACaseForEachTypeOfLayer() {
    assertThat(
            cases()
                .flatMap(c -> c.network.getLayersList().stream())
                .map(NeuralNetworkLayer::getLayerCase)
                .distinct())
        .hasSize(NeuralNetworkLayer.LayerCase.values().length - 1);
  }

  @Test
  void aLayerThatTheOutputDoesNotNeedIsNotRun() {
    TinyModel model =
        TinyModel.ofImage(2, 2).relu("relu", TinyModel.IMAGE).layer("none", "relu", layer -> {});
    NetworkGraph graph = NetworkGraph.of(model.build(), TinyModel.NAME).cutAt("relu");

    assertThat(graph.layers()).extracting("name").containsExactly("relu");
  }

  /** One model of each kind of layer. */
  static Collection<Model> models() {
    Map<String, Model> models = new TreeMap<>();
    cases().forEach(c -> models.putIfAbsent(c.kind(), model(c)));
    return models.values();
  }

  private static NetworkGraph graph(Case c) {
    return NetworkGraph.of(model(c), c.name);
  }

  private static Model model(Case c) {
    Shape shape = c.input.shape;
    FeatureDescription input =
        FeatureDescription.newBuilder()
            .setName("x")
            .setType(
                FeatureType.newBuilder()
                    .setMultiArrayType(
                        ArrayFeatureType.newBuilder()
                            .addShape(shape.channels())
                            .addShape(shape.height())
                            .addShape(shape.width())))
            .build();
    return Model.newBuilder()
        .setSpecificationVersion(1)
        .setDescription(ModelDescription.newBuilder().addInput(input))
        .setNeuralNetwork(c.network)
        .build();
  }

  /** In the test's output, to be quoted. */
  @AfterAll
  static void tell() {
    ERRORS.forEach((kind, error) -> System.out.printf("%-32s %.1e%n", kind, error));
  }
}
