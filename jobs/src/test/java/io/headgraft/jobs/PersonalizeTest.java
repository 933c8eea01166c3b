package io.headgraft.jobs;

import static io.headgraft.jobs.CommandLineFixture.headgraft;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headgraft.backbone.SqueezeNet;
import io.headgraft.coreml.ClassLabels;
import io.headgraft.coreml.DenseHead;
import io.headgraft.coreml.DoubleHyperparameter;
import io.headgraft.coreml.FeatureLayers;
import io.headgraft.coreml.KnnPipeline;
import io.headgraft.coreml.ModelFile;
import io.headgraft.coreml.ModelMetadata;
import io.headgraft.coreml.OnDeviceTraining;
import io.headgraft.coreml.PlainClassifier;
import io.headgraft.coreml.UpdatableClassifier;
import io.headgraft.coreml.WholeHyperparameter;
import io.headgraft.coreml.WholeHyperparameter.Allowed;
import io.headgraft.coreml.proto.Model;
import io.headgraft.jobs.CommandLineFixture.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command, on an untrained backbone: bright and dark pictures differ to it as well. */
class PersonalizeTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final FeatureLayers FEATURES =
      new FeatureLayers(SqueezeNet.untrained(1), "flatten", Optional.empty());
  private static final ModelMetadata METADATA =
      new ModelMetadata("", "", "", "", Map.of(ClassLabels.REAL, "2"));

  @TempDir private static Path folder;
  private static Path photos;
  private static Path model;
  private static Path neighbors;

  @BeforeAll
  static void prepare() throws IOException {
    photos = CommandLineFixture.twoLabels(folder.resolve("photos"));
    model = Files.write(folder.resolve("classifier.mlmodel"), classifier().toByteArray());
    neighbors = Files.write(folder.resolve("knn.mlmodel"), neighbors().toByteArray());
  }

  private static Model classifier() {
    WholeHyperparameter some = new WholeHyperparameter(8, new Allowed.Values(List.of(1L, 8L)));
    DenseHead head =
        new DenseHead(
            List.of("bright", "empty", "user0"), new float[3][1000], new float[] {0, 0, -9});
    return UpdatableClassifier.of(
        PlainClassifier.build(FEATURES, head, METADATA),
        new OnDeviceTraining(
            List.of(PlainClassifier.HEAD),
            new OnDeviceTraining.OnDeviceOptimizer.Sgd(
                new DoubleHyperparameter(0.01, 0, 0.1), some, new DoubleHyperparameter(0, 0, 1)),
            some,
            true,
            Optional.empty()));
  }

  private static Model neighbors() {
    return KnnPipeline.build(
        FEATURES,
        1000,
        new KnnPipeline.Settings(
            new WholeHyperparameter(3, new Allowed.Range(1, 10)),
            KnnPipeline.VoteWeighting.INVERSE_DISTANCE,
            new KnnPipeline.Index.Linear(),
            "???"),
        List.of(),
        METADATA);
  }

  private static Outcome personalize(Path which, Path out, Object... more) {
    return headgraft(
        Stream.concat(
                Stream.of("personalize", "--model", which, "--data", photos, "--out", out),
                Stream.of(more))
            .toArray());
  }

  @Test
  void writesAModelThatKnowsTheNewLabel() throws IOException {
    Path out = folder.resolve("mine.mlmodel");
    Outcome outcome =
        personalize(model, out, "--test", photos.resolve("../photos"), "--label", "user0=dark");
    // All test photos are among those to train with, which are left out then.
    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.err()).contains("no photo to train with that is not among the test photos");
    assertThat(out).doesNotExist();

    Path others = Files.createDirectories(folder.resolve("others"));
    CommandLineFixture.photo(others.resolve("dark/1.png"), 40, 900);
    CommandLineFixture.photo(others.resolve("bright/1.png"), 200, 901);
    outcome = personalize(model, out, "--test", others, "--label", "user0=dark", "--json");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    JsonNode result = JSON.readTree(outcome.out());
    assertThat(result.at("/settings/optimizer").asText()).isEqualTo("sgd");
    assertThat(result.at("/labels/user0").asText()).isEqualTo("dark");
    assertThat(result.at("/new-labels").toString()).isEqualTo("[\"dark\"]");
    assertThat(result.at("/old-labels").toString()).isEqualTo("[\"bright\",\"empty\"]");
    assertThat(result.at("/train/dark").asInt()).isEqualTo(12);
    assertThat(result.at("/epochs")).hasSize(9);
    assertThat(result.at("/epochs/0/train/new/accuracy").asDouble()).isZero();
    assertThat(result.at("/epochs/0/mean-loss").isMissingNode()).isTrue();
    assertThat(result.at("/epochs/8/train/new/accuracy").asDouble()).isPositive();
    assertThat(result.at("/epochs/8/test/all/examples").asInt()).isEqualTo(2);
    assertThat(result.at("/epochs/8/test/old/examples").asInt()).isEqualTo(1);
    assertThat(result.at("/max-probability-difference").asDouble()).isLessThan(1e-4);

    Model written = ModelFile.parse(Files.readAllBytes(out), "mine");
    assertThat(written.getIsUpdatable()).isTrue();
    assertThat(written.getNeuralNetworkClassifier().getStringClassLabels().getVectorList())
        .containsExactly("bright", "empty", "dark");
    assertThat(ClassLabels.placeholders(written)).isEmpty();
    assertThat(headgraft("validate", out).exitCode()).isZero();
    assertThat(headgraft("predict", "--model", out, photos.resolve("dark/1.png")).out())
        .contains("\"dark\":");

    // The same again is the same file, and goes on from there without a placeholder.
    Path again = folder.resolve("again.mlmodel");
    personalize(model, again, "--test", others, "--label", "user0=dark");
    assertThat(again).hasSameBinaryContentAs(out);
    Outcome further = personalize(out, again);
    assertThat(further.exitCode()).as(further.err()).isZero();
    assertThat(further.out()).contains("old labels: bright | empty | dark", "new labels: none");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("."));
    }
  }

  @Test
  void nearestNeighboursTakeTheLabelsAsTheyAre() throws IOException {
    Path out = folder.resolve("neighbours.mlmodel");
    Outcome outcome = personalize(neighbors, out);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("number-of-neighbors 3", "new labels: bright | dark", "old labels: none")
        .containsPattern("    1 +- +- +1\\.000 24/24 ");

    assertFails(2, personalize(neighbors, out, "--label", "user0=dark"), "leave it out");
    assertFails(
        2, personalize(neighbors, out, "--set", "personalize.epochs=10"), "personalize.epochs");
  }

  @Test
  void labelsWithoutAPlace() {
    Path out = folder.resolve("none.mlmodel");
    assertFails(
        3,
        personalize(model, out),
        "holds photos of [dark], which",
        "its free placeholders are user0: name one with --label user0=dark");
    assertFails(
        3,
        personalize(model, out, "--label", "user0=else"),
        "it has no free placeholder: leave these photos out");
    assertFails(
        2, personalize(model, out, "--label", "user7=dark"), "no label 'user7'; free are user0");
    assertFails(
        2, personalize(model, out, "--label", "empty=dark"), "'empty' is no placeholder of");
    assertFails(
        2, personalize(model, out, "--label", "user0=bright"), "there is a label 'bright' already");
    assertFails(2, personalize(model, out, "--label", "dark"), "names no placeholder");
    assertFails(
        2, personalize(model, out, "--label", "user0=a", "--label", "user0=b"), "a second time");
    assertThat(out).doesNotExist();
  }

  @Test
  void settingsThatTheModelDoesNotAllow() {
    Path out = folder.resolve("none.mlmodel");
    assertFails(
        2,
        personalize(model, out, "--label", "user0=dark", "--set", "personalize.learning-rate=0.2"),
        "personalize.learning-rate is 0.2; " + model + " allows values within [0.0, 0.1]");
    assertFails(
        2,
        personalize(model, out, "--set", "personalize.epochs=many"),
        "'personalize.epochs' is \"many\"",
        "model, or a whole number");
    assertFails(2, personalize(model, out, "--set", "personalize.shuffle=1"), "model, true, false");
  }

  @Test
  void whatCannotBeReadOrWritten() throws IOException {
    Path out = folder.resolve("none.mlmodel");
    assertFails(3, personalize(folder.resolve("no.mlmodel"), out), "There is no model");
    assertFails(2, personalize(model, folder.resolve("no/mine.mlmodel")), "no folder that can be");
    assertFails(2, personalize(model, folder), "which is a folder: name a .mlmodel file");
    Path plain =
        Files.write(
            folder.resolve("plain.mlmodel"),
            PlainClassifier.build(
                    FEATURES,
                    new DenseHead(List.of("bright", "dark"), new float[2][1000], new float[2]),
                    METADATA)
                .toByteArray());
    assertFails(3, personalize(plain, out), "not marked updatable");
    Path manifest = Files.writeString(folder.resolve("photos.csv"), "path,label\n");
    assertFails(
        2,
        headgraft("personalize", "--model", model, "--data", manifest, "--out", out),
        "is a manifest: give a folder");
    Path texts = folder.resolve("texts/bright");
    Files.createDirectories(texts);
    Files.writeString(texts.resolve("a.jpg"), "no picture");
    assertFails(
        3,
        headgraft("personalize", "--model", model, "--data", texts.getParent(), "--out", out),
        "1 of 1 photos",
        "dataset.max-rejected");
  }

  private static void assertFails(int exitCode, Outcome outcome, String... texts) {
    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(exitCode);
    assertThat(outcome.err()).contains(texts).doesNotContain("unexpected");
  }
}
