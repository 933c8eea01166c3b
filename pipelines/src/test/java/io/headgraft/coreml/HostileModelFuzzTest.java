package io.headgraft.coreml;

import static io.headgraft.testing.Hostile.attempt;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.headgraft.coreml.ModelChain.Link;
import io.headgraft.coreml.proto.GLMClassifier;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.Model;
import io.headgraft.testing.Hostile;
import io.headgraft.testing.MessageMutator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Whatever is in a model's file, it is read, or refused with a message. An ordinary test run tries
 * the inputs beside the test; with the environment variable JAZZER_FUZZ=1, Jazzer looks for others
 * that take new ways through the code.
 */
class HostileModelFuzzTest {

  private static final Path INPUTS =
      Path.of("src/test/resources/io/headgraft/coreml/HostileModelFuzzTestInputs/opens");

  private static final String NAME = "hostile.mlmodel";
  private static final List<Model> MODELS = models();

  /** Loading into the engine takes a hundred times as long as all the rest. */
  private static final int ONE_IN = 200;

  /** What is run has to be small, too: the fuzzer would spend its time on large images. */
  private static final int MOST_INPUTS = 1 << 14;

  static List<Model> models() {
    Model backbone = TinyModel.backbone().build();
    FeatureLayers features = new FeatureLayers(backbone, "flatten", Optional.empty());
    KNearestNeighborsClassifier.Builder filled = TinyPipeline.neighbors();
    TinyPipeline.addPoint(filled, "a", 1, 2, 3, 4, 5, 6, 7, 8);
    TinyPipeline.addPoint(filled, "b", 8, 7, 6, 5, 4, 3, 2, 1);
    GLMClassifier.Builder linear =
        GLMClassifier.newBuilder()
            .addWeights(TinyPipeline.doubles(1, -1, 1, -1, 1, -1, 1, -1))
            .addOffset(-1)
            .setStringClassLabels(ValidModels.texts("no", "yes"));
    List<Model> models = new ArrayList<>(LayersTest.models());
    models.addAll(
        List.of(
            backbone,
            UpdatableClassifierTest.golden(),
            KnnPipelineTest.empty(features, 8),
            TinyPipeline.of(TinyPipeline.network(), TinyPipeline.model(filled)),
            TinyPipeline.of(TinyPipeline.network(), TinyPipeline.model(linear)),
            ValidModels.updatable().build(),
            ValidModels.updatablePlain().build(),
            ValidModels.regressor().build(),
            ValidModels.neighbors().build(),
            ValidModels.pipeline().build(),
            ValidModels.linear().build(),
            ValidModels.identity().build()));
    return models;
  }

  @FuzzTest(maxExecutions = Hostile.INPUTS, maxDuration = Hostile.LONGEST)
  void opens(FuzzedDataProvider fuzzer) {
    Hostile.read(MessageMutator.file(MODELS, fuzzer), HostileModelFuzzTest::open);
  }

  private static void open(byte[] file) {
    Model model = ModelFile.parse(file, NAME);
    Validator.findings(model);
    Inspection.of(model);
    ModelDifferences.between(model, MODELS.get(0));
    attempt(() -> CompiledNetwork.requireRunnable(NetworkGraph.of(model, NAME)));
    attempt(() -> classify(model));
    if (Arrays.hashCode(file) % ONE_IN == 0) {
      attempt(() -> run(model));
      attempt(() -> runClassifier(model));
    }
  }

  /** All that a classifier does without the engine. */
  private static void classify(Model model) {
    for (Link link : ModelChain.of(model, NAME).links()) {
      Optional<FeatureClassifier> behind = FeatureClassifier.of(link.model(), link.name());
      if (behind.isPresent()) {
        FeatureClassifier classifier = behind.get();
        if (classifier.features() < MOST_INPUTS) {
          classifier.probabilities(new float[classifier.features()]);
        }
      } else {
        CompiledNetwork.requireRunnable(
            NetworkGraph.of(link.model(), link.name()).endingIn(link.output()));
      }
    }
  }

  private static void run(Model model) {
    NetworkGraph graph = NetworkGraph.of(model, NAME);
    if (graph.input().shape().size() > MOST_INPUTS) {
      return;
    }
    try (CompiledNetwork network = CompiledNetwork.load(graph, 1)) {
      if (graph.input() instanceof ImageInput) {
        network.run(List.of(new byte[network.inputs()]));
      } else {
        network.runArrays(List.of(new float[network.inputs()]));
      }
    }
  }

  private static void runClassifier(Model model) {
    try (ImageClassifier classifier = ImageClassifier.load(model, NAME, 1)) {
      int inputs = 3 * classifier.input().width() * classifier.input().height();
      if (inputs <= MOST_INPUTS) {
        classifier.probabilities(List.of(new byte[inputs]));
      }
    }
  }

  /** Writes the inputs beside this test anew: run with -Dheadgraft.golden=write. */
  @Test
  @EnabledIfSystemProperty(named = "headgraft.golden", matches = "write")
  void writeTheInputs() throws IOException {
    Hostile.writeInputs(INPUTS, MODELS);
  }
}
