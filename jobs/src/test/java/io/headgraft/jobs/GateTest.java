package io.headgraft.jobs;

import static io.headgraft.jobs.CommandLineFixture.headgraft;
import static io.headgraft.jobs.CommandLineFixture.photo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headgraft.backbone.SqueezeNet;
import io.headgraft.jobs.CommandLineFixture.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes live, what does not, and the way back, through the command line. */
class GateTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path root;
  private Path workdir;
  private Path backbone;
  private Path data;

  @BeforeEach
  void prepare() throws IOException {
    workdir = root.resolve("work");
    backbone = CommandLineFixture.untrainedBackbone(root);
    data = photos("photos", 200, 40);
  }

  /** Test photos that are always the same; training photos as bright as is said. */
  private Path photos(String name, int bright, int dark) {
    Path folder = root.resolve(name);
    for (int i = 0; i < 8; i++) {
      photo(folder.resolve("train/bright/" + i + ".png"), bright, i);
      photo(folder.resolve("train/dark/" + i + ".png"), dark, 100 + i);
      photo(folder.resolve("test/bright/" + i + ".png"), 200, 200 + i);
      photo(folder.resolve("test/dark/" + i + ".png"), 40, 300 + i);
    }
    return folder;
  }

  @Test
  void aWorseChallengerStaysBehindAndTheWayBackLeadsToAnEarlierChampion() throws IOException {
    Outcome first = nightly(data, "image.crop=center-crop");
    assertThat(first.exitCode()).as(first.err()).isZero();
    String one = champion();
    assertThat(condition(record(one), "champion-comparable").at("/detail").asText())
        .isEqualTo("there is no champion yet to be worse than");

    // Trained on photos under the wrong label, and tested on the same ones as before.
    Outcome worse = nightly(photos("swapped", 40, 200), "image.crop=center-crop");

    assertThat(worse.exitCode()).as(worse.err()).isEqualTo(10);
    assertThat(champion()).isEqualTo(one);
    String two = newestRun();
    assertThat(record(two).at("/status").asText()).isEqualTo("champion-kept");
    assertThat(record(two).at("/exit-code").asInt()).isEqualTo(10);
    assertThat(record(two).at("/gate/champion").asText()).isEqualTo(one);
    JsonNode recall = condition(record(two), "recall-drop");
    assertThat(recall.at("/passed").asBoolean(true)).isFalse();
    assertThat(recall.at("/value").asDouble()).isEqualTo(1);
    assertThat(recall.at("/limit").asDouble()).isEqualTo(0.1);
    assertThat(condition(record(two), "accuracy-difference-low").at("/value").asDouble())
        .isEqualTo(-1);
    assertThat(condition(record(two), "log-loss-rise").at("/passed").asBoolean(true)).isFalse();
    assertThat(condition(record(two), "max-probability-difference").at("/passed").asBoolean())
        .isTrue();
    String found = recall.at("/detail").asText();
    assertThat(found).startsWith("label 'bright': 0 of 8 test photos right, 8 with the champion");
    assertThat(worse.out()).contains("The champion stays, run " + one + ":", found);
    assertThat(Files.readString(run(two).resolve("report.html")))
        .contains("Do the models go live?", "No: the models of run " + one + " stay live");
    assertThat(JSON.readTree(run(two).resolve("report.json").toFile()).at("/gate"))
        .isEqualTo(record(two).at("/gate"));

    // Another backbone makes other features: the champion is measured through its model.
    backbone = Files.write(root.resolve("other.mlmodel"), SqueezeNet.untrained(2).toByteArray());
    Outcome other = nightly(data, "gate.log-loss-rise=10");
    assertThat(other.exitCode()).as(other.err() + other.out()).isZero();
    String three = champion();
    assertThat(three).isNotIn(one, two);
    assertThat(condition(record(three), "champion-comparable").at("/detail").asText())
        .isEqualTo(
            "champion %s: its features are not today's, so its model runs/%s/models/classifier.mlmodel ran on the photos, image.crop = center-crop"
                .formatted(one, one));
    assertThat(condition(record(three), "accuracy-difference-low").at("/detail").asText())
        .startsWith("accuracy 1.000 against the champion's 1.000 on 16 test photos");

    Outcome refused = headgraft("rollback", "--workdir", workdir, "--to", two);
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.err()).contains("Run " + two + " was never promoted: champion-kept");
    Outcome back = headgraft("rollback", "--workdir", workdir);
    assertThat(back.exitCode()).as(back.err()).isZero();
    assertThat(back.out()).contains("The models of run " + one + " (lbfgs) are live again");
    assertThat(champion()).isEqualTo(one);

    JsonNode runs = JSON.readTree(headgraft("runs", "--workdir", workdir, "--json").out());
    assertThat(runs.findValuesAsText("run")).containsExactly(one, two, three);
    assertThat(runs.findValuesAsText("live")).containsExactly("true", "false", "false");
    assertThat(runs.findValuesAsText("test-accuracy")).containsExactly("1.0", "0.0", "1.0");
    assertThat(runs.at("/1/why").asText()).contains(found);
    assertThat(headgraft("runs", "--workdir", workdir).out().lines())
        .hasSize(4)
        .anyMatch(line -> line.startsWith("* " + one) && line.contains("promoted"));
  }

  @Test
  void nothingThatHappensToALiveRunLaterTakesItsModelsAway() throws IOException {
    Outcome refused = nightly(data, "emit.placeholder-bias=50");
    assertThat(refused.exitCode()).isEqualTo(3);
    assertThat(refused.err())
        .contains(
            "classifier.mlmodel takes 16 of 16 photos for a placeholder", "no model is shipped");
    String one = newestRun();
    assertThat(record(one).at("/status").asText()).isEqualTo("failed");
    assertThat(record(one).at("/gate/conditions").size()).isEqualTo(5);
    assertThat(workdir.resolve("champion.json")).doesNotExist();

    assertThat(emit().exitCode()).isZero();
    assertThat(champion()).isEqualTo(one);
    String record = Files.readString(run(one).resolve("run.json"));
    String report = Files.readString(run(one).resolve("report.json"));
    byte[] model = Files.readAllBytes(run(one).resolve("models/classifier.mlmodel"));

    Outcome worse = emit("emit.placeholder-bias=50");
    assertThat(worse.exitCode()).isEqualTo(10);
    assertThat(worse.out()).contains("The champion stays, run " + one, "placeholder-wins: ");
    Outcome failed = emit("emit.training.layers=[nothing]");
    assertThat(failed.exitCode()).as(failed.err()).isEqualTo(2);

    assertThat(champion()).isEqualTo(one);
    assertThat(run(one).resolve("run.json")).hasContent(record);
    assertThat(run(one).resolve("report.json")).hasContent(report);
    assertThat(run(one).resolve("models/classifier.mlmodel")).hasBinaryContent(model);
  }

  private Outcome nightly(Path photos, String... settings) {
    return command(List.of("nightly", "--data", photos), settings);
  }

  private Outcome emit(String... settings) {
    return command(List.of("emit"), settings);
  }

  private Outcome command(List<Object> command, String... settings) {
    List<Object> args = new ArrayList<>(command);
    args.addAll(List.of("--workdir", workdir, "--backbone", backbone));
    List<String> all =
        new ArrayList<>(
            List.of(
                "augment.variants=0",
                "head.names=[lbfgs]",
                "head.learning-curve=[]",
                "emit.models=[classifier]"));
    all.addAll(List.of(settings));
    all.forEach(setting -> args.addAll(List.of("--set", setting)));
    return headgraft(args.toArray());
  }

  private String champion() throws IOException {
    return JSON.readTree(workdir.resolve("champion.json").toFile()).at("/run").asText();
  }

  private String newestRun() {
    List<String> names = List.of(workdir.resolve("runs").toFile().list());
    return names.stream().max(String::compareTo).orElseThrow();
  }

  private Path run(String run) {
    return workdir.resolve("runs").resolve(run);
  }

  private JsonNode record(String run) throws IOException {
    return JSON.readTree(run(run).resolve("run.json").toFile());
  }

  private static JsonNode condition(JsonNode record, String name) {
    for (JsonNode condition : record.at("/gate/conditions")) {
      if (condition.at("/name").asText().equals(name)) {
        return condition;
      }
    }
    throw new AssertionError("no condition " + name + " in " + record.at("/gate"));
  }
}
