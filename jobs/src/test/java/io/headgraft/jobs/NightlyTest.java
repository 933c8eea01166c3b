package io.headgraft.jobs;

import static io.headgraft.jobs.CommandLineFixture.headgraft;
import static io.headgraft.jobs.CommandLineFixture.photo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headgraft.coreml.proto.Model;
import io.headgraft.jobs.CommandLineFixture.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole chain through the command line, on a folder whose path has a space and an emoji. */
class NightlyTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path root;

  @Test
  void runsTwiceAndShipsModelsThatPredict() throws IOException {
    Path folder = Files.createDirectory(root.resolve("a folder ✌️"));
    Path backbone = CommandLineFixture.untrainedBackbone(folder);
    Path data = folder.resolve("my photos");
    for (int i = 0; i < 14; i++) {
      String split = i < 10 ? "train" : "test";
      photo(data.resolve(split + "/✊/" + i + ".png"), 200, i);
      photo(data.resolve(split + "/✌️/" + i + ".png"), 40, 100 + i);
    }
    Path workdir = folder.resolve("work dir");

    Outcome first = headgraft(night(data, workdir, backbone));
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.out()).contains("lbfgs", "sgd", "adam", "knn", "UNTRAINED");
    JsonNode record = runRecord(workdir);
    assertThat(record.at("/status").asText()).isEqualTo("promoted");
    assertThat(record.at("/exit-code").asInt(-1)).isZero();
    assertThat(record.at("/dataset/images").asInt()).isEqualTo(28);
    assertThat(record.at("/dataset/labels/1").asText()).isEqualTo("✌️");
    // 20 training images in five variants, 8 test images as they are.
    assertThat(record.at("/features/extracted").asInt()).isEqualTo(108);
    assertThat(record.at("/emit/max-probability-difference").asDouble()).isLessThan(1e-4);
    assertThat(record.at("/emit/placeholder-wins").asInt(-1)).isZero();
    assertThat(record.at("/emit/placeholder-probability").asDouble()).isBetween(1e-9, 1e-3);
    assertThat(record.at("/backbone/trained").asBoolean(true)).isFalse();

    Outcome second = headgraft(night(data, workdir, backbone, "--force"));
    assertThat(second.exitCode()).as(second.err()).isZero();
    JsonNode again = runRecord(workdir);
    assertThat(again.at("/run").asText()).isNotEqualTo(record.at("/run").asText());
    assertThat(again.at("/features/extracted").asInt(-1)).isZero();
    assertThat(again.at("/features/reused").asInt()).isEqualTo(108);
    assertThat(again.at("/dataset/version")).isEqualTo(record.at("/dataset/version"));
    for (String head : List.of("lbfgs", "sgd", "adam")) {
      assertThat(head(workdir, again, head)).isEqualTo(head(workdir, record, head)).isNotEmpty();
    }
    JsonNode report = JSON.readTree(file(workdir, again, "report.json").toFile());
    assertThat(report.at("/earlier").size()).isEqualTo(1);
    assertThat(report.at("/earlier/0/run")).isEqualTo(record.at("/run"));
    assertThat(report.at("/earlier/0/today")).isEqualTo(report.at("/earlier/0/reported"));
    assertThat(report.at("/comparisons").size()).isEqualTo(6);
    assertThat(workdir.resolve("checkpoints")).doesNotExist();

    Path model = file(workdir, again, "models/classifier.mlmodel");
    Outcome predicted = headgraft("predict", "--model", model, data.resolve("test/✊/12.png"));
    assertThat(predicted.exitCode()).as(predicted.err()).isZero();
    JsonNode line = JSON.readTree(predicted.out());
    assertThat(line.at("/probabilities").size()).isEqualTo(10);
    assertThat(line.at("/label").asText()).isIn("✊", "✌️");

    assertThat(file(workdir, again, "models/empty.mlmodel")).exists();
    assertThat(file(workdir, again, "models/knn.mlmodel")).exists();

    Outcome inspected = headgraft("inspect", model);
    assertThat(inspected.out())
        .contains(
            "updatable",
            "fullyconnected0",
            "trains on the device",
            "✊ | ✌️ | user0",
            "one of 8, 16, 32, 64");
    assertThat(leftovers(workdir)).isEmpty();
  }

  @Test
  void stagesOneAfterTheOther() throws IOException {
    Path backbone = CommandLineFixture.untrainedBackbone(root);
    Path data = CommandLineFixture.twoLabels(root.resolve("photos"));
    Path workdir = root.resolve("work");
    List<Object> common = List.of("--workdir", workdir, "--backbone", backbone, "--json");

    Outcome extracted = run("extract", common, "--data", data);
    Outcome trained = run("train", common);
    Outcome emitted =
        run(
            "emit",
            common,
            "--set",
            "personalize.forecast=false",
            "--set",
            "emit.head=sgd",
            "--set",
            "emit.standardize=folded",
            "--set",
            "emit.models=[classifier, empty, knn, plain]",
            "--set",
            "emit.knn.examples=4",
            "--set",
            "emit.packages=true");

    assertThat(JSON.readTree(extracted.out()).at("/extracted").asInt()).isPositive();
    assertThat(JSON.readTree(trained.out()).at("/heads/0/train/accuracy").asDouble()).isPositive();
    assertThat(JSON.readTree(emitted.out()).at("/head").asText()).isEqualTo("sgd");
    assertThat(JSON.readTree(emitted.out()).at("/max-probability-difference").asDouble())
        .isLessThan(1e-4);
    JsonNode record = runRecord(workdir);
    assertThat(record.at("/status").asText()).isEqualTo("promoted");
    assertThat(record.at("/emit/models").size()).isEqualTo(8);
    assertThat(record.at("/emit/checks").findValuesAsText("model"))
        .containsExactly("classifier.mlmodel", "empty.mlmodel", "knn.mlmodel", "plain.mlmodel");
    assertThat(record.at("/emit/checks/0/probability").asDouble()).isPositive();
    assertThat(record.at("/emit/unsilenced-placeholder-probability").asDouble())
        .isGreaterThan(100 * record.at("/emit/placeholder-probability").asDouble());

    Path knn = file(workdir, record, "models/knn.mlpackage");
    Outcome predicted = headgraft("predict", "--model", knn, data.resolve("dark/0.png"));
    assertThat(predicted.exitCode()).as(predicted.err()).isZero();
    assertThat(JSON.readTree(predicted.out()).at("/probabilities").size()).isEqualTo(2);
  }

  @Test
  void randomWeightsDoNotReplaceATrainedModel() throws IOException {
    Path data = CommandLineFixture.twoLabels(root.resolve("photos"));
    Path workdir = root.resolve("work");
    Path untrained = CommandLineFixture.untrainedBackbone(root);
    // The same weights without the mark that they have learnt nothing pass for trained ones.
    Model.Builder model = Model.parseFrom(Files.readAllBytes(untrained)).toBuilder();
    model.getDescriptionBuilder().getMetadataBuilder().clearUserDefined();
    Path trained = Files.write(root.resolve("trained.mlmodel"), model.build().toByteArray());

    headgraft(night(data, workdir, trained));
    String champion = Files.readString(workdir.resolve("champion.json"));
    Outcome outcome = headgraft(night(data, workdir, untrained));

    assertThat(outcome.exitCode()).as(outcome.err()).isEqualTo(10);
    assertThat(outcome.out()).contains("The champion stays");
    assertThat(workdir.resolve("champion.json")).hasContent(champion);
  }

  /** What users make of the models is another test's. */
  private static Object[] night(Path data, Path workdir, Path backbone, Object... more) {
    List<Object> args = new ArrayList<>(List.of("nightly", "--data", data, "--workdir", workdir));
    args.addAll(List.of("--backbone", backbone, "--set", "personalize.forecast=false"));
    args.addAll(List.of(more));
    return args.toArray();
  }

  private static Outcome run(String command, List<Object> common, Object... more) {
    List<Object> args = new ArrayList<>(List.of(command));
    args.addAll(common);
    args.addAll(List.of(more));
    Outcome outcome = headgraft(args.toArray());
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    return outcome;
  }

  private static JsonNode runRecord(Path workdir) throws IOException {
    String champion = JSON.readTree(workdir.resolve("champion.json").toFile()).at("/run").asText();
    return JSON.readTree(workdir.resolve("runs/" + champion + "/run.json").toFile());
  }

  private static Path file(Path workdir, JsonNode record, String name) {
    return workdir.resolve("runs/" + record.at("/run").asText() + "/" + name);
  }

  private static JsonNode head(Path workdir, JsonNode record, String name) throws IOException {
    Path file = file(workdir, record, "heads/" + name + ".json");
    return JSON.readTree(file.toFile()).at("/head/weights");
  }

  private static List<Path> leftovers(Path workdir) throws IOException {
    try (Stream<Path> files = Files.walk(workdir)) {
      return files
          .filter(file -> !file.toString().contains("_delta_log"))
          .filter(file -> file.getFileName().toString().startsWith("."))
          .filter(file -> !file.getFileName().toString().endsWith(".crc"))
          .toList();
    }
  }
}
