package io.headgraft.coreml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.SharedMaterial;
import io.headgraft.coreml.FeatureLayers.Standardization;
import io.headgraft.coreml.KnnPipeline.Example;
import io.headgraft.coreml.KnnPipeline.Index;
import io.headgraft.coreml.KnnPipeline.Settings;
import io.headgraft.coreml.KnnPipeline.VoteWeighting;
import io.headgraft.coreml.WholeHyperparameter.Allowed.Range;
import io.headgraft.coreml.WholeHyperparameter.Allowed.Values;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnnPipelineTest {

  private static final Settings SETTINGS =
      new Settings(
          new WholeHyperparameter(3, new Range(1, 10)),
          VoteWeighting.INVERSE_DISTANCE,
          new Index.Linear(),
          "???");

  private static final ModelMetadata NONE = new ModelMetadata("", "", "", "", Map.of());

  static Model empty(FeatureLayers features, int dimensions) {
    return KnnPipeline.build(features, dimensions, SETTINGS, List.of(), NONE);
  }

  @Test
  void isTheReferenceLineByLine() throws IOException {
    FeatureLayers raw = new FeatureLayers(SharedMaterial.squeezeNet(), "flatten", Optional.empty());

    assertThat(withoutMetadata(ModelText.lines(empty(raw, 1000)))).isEqualTo(reference());
  }

  @Test
  void theLayerFormAddsTheStandardizationToTheReference() throws IOException {
    FeatureLayers standardized =
        new FeatureLayers(
            SharedMaterial.squeezeNet(),
            "flatten",
            Optional.of(new Standardization(new float[1000], new float[1000])));

    List<String> lines = withoutMetadata(ModelText.lines(empty(standardized, 1000)));
    int name = lines.indexOf("          name: \"standardize\"");
    assertThat(lines.get(name + 1)).isEqualTo("          input: [\"pool10\"]");
    int end = lines.subList(name, lines.size()).indexOf("        }") + name;
    lines.subList(name - 1, end + 1).clear();
    lines.replaceAll(line -> line.replace("[\"standardize\"]", "[\"pool10\"]"));
    assertThat(lines).isEqualTo(reference());
  }

  private static List<String> reference() throws IOException {
    return withoutMetadata(
        Files.readAllLines(SharedMaterial.reference("updatable-knn.txt")).stream()
            .filter(line -> !line.startsWith("#"))
            .toList());
  }

  private static List<String> withoutMetadata(List<String> lines) {
    List<String> rest = new ArrayList<>(lines);
    int start = rest.indexOf("  metadata {");
    if (start >= 0) {
      rest.subList(start, rest.subList(start, rest.size()).indexOf("  }") + start + 1).clear();
    } else {
      rest.remove("  metadata {}");
    }
    return rest;
  }

  @Test
  void holdsWhatIsAskedFor() {
    FeatureLayers features =
        new FeatureLayers(TinyModel.backbone().build(), "flatten", Optional.empty());
    Settings settings =
        new Settings(
            new WholeHyperparameter(5, new Values(List.of(1L, 5L))),
            VoteWeighting.UNIFORM,
            new Index.KdTree(7),
            "nobody");
    List<Example> examples =
        List.of(
            new Example(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, "✊"), new Example(new float[8], "✋"));

    Model model = KnnPipeline.build(features, 8, settings, examples, Grafts.METADATA);

    KNearestNeighborsClassifier classifier =
        model.getPipelineClassifier().getPipeline().getModels(1).getKNearestNeighborsClassifier();
    assertThat(String.join("\n", ModelText.lines(classifier)).replaceAll(", sha256 \\w+", ""))
        .isEqualTo(
            """
            nearestNeighborsIndex {
              numberOfDimensions: 8
              floatSamples {
                vector: <8 values, min 1 max 8>
              }
              floatSamples {
                vector: <8 values, min 0 max 0>
              }
              singleKdTreeIndex {
                leafSize: 7
              }
              squaredEuclideanDistance {}
            }
            numberOfNeighbors {
              defaultValue: 5
              set {
                values: [1, 5]
              }
            }
            stringClassLabels {
              vector: ["✊", "✋"]
            }
            defaultStringLabel: "nobody"
            uniformWeighting {}""");
  }

  @Test
  void refusesWhatAPhoneRefuses() {
    FeatureLayers features =
        new FeatureLayers(TinyModel.backbone().build(), "flatten", Optional.empty());

    assertThatThrownBy(() -> new Index.KdTree(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The leaf size is 0, must be at least 1");
    assertThatThrownBy(
            () ->
                new Settings(
                    new WholeHyperparameter(1, new Range(0, 2)),
                    VoteWeighting.UNIFORM,
                    new Index.Linear(),
                    "?"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The number of neighbours may be 0, must be at least 1");
    assertThatThrownBy(
            () ->
                KnnPipeline.build(
                    features, 8, SETTINGS, List.of(new Example(new float[7], "a")), NONE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("An example of 7 features among 8");
  }
}
