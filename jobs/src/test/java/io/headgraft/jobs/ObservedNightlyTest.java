package io.headgraft.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of a night: log, Spark's pages, figures. */
class ObservedNightlyTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path root;
  private Path backbone;
  private Path data;
  private Path workdir;
  private Path metrics;

  @BeforeEach
  void prepare() throws IOException {
    backbone = CommandLineFixture.untrainedBackbone(root);
    data = CommandLineFixture.twoLabels(root.resolve("photos"));
    workdir = root.resolve("work");
    metrics = Files.createDirectory(root.resolve("node-exporter")).resolve("headgraft.prom");
  }

  private HeadgraftProcess nightly(List<String> javaOptions, String... more) throws IOException {
    List<Object> args = new ArrayList<>(List.of("nightly", "--data", data, "--workdir", workdir));
    args.addAll(List.of("--backbone", backbone, "--set", "observe.metrics-file=" + metrics));
    args.addAll(List.of("--master", "local[2]", "--set", "augment.variants=[horizontal-flip]"));
    // Without a whitening, whose products take their time in a JVM of this kind.
    args.addAll(List.of("--set", "emit.standardize=layer"));
    args.addAll(List.of(more));
    return HeadgraftProcess.start(root, javaOptions, args.toArray());
  }

  @Test
  void isQuietNamesItsJobsAndLeavesFigures() throws Exception {
    Files.writeString(data.resolve("dark/no photo.png"), "no photo");
    Path events = Files.createDirectory(root.resolve("events"));
    List<String> eventLog =
        List.of("-Dspark.eventLog.enabled=true", "-Dspark.eventLog.dir=" + events.toUri());
    try (HeadgraftProcess nightly = nightly(eventLog)) {
      assertThat(nightly.exitCode()).as(nightly.stderr()).isZero();

      List<String> lines = nightly.stderr().lines().toList();
      assertThat(lines.stream().filter(line -> line.contains(" INFO ")))
          .satisfiesExactly(
              line -> assertThat(line).matches(".*: list: 25 files, 25 of them read, [0-9.]+ s"),
              line -> assertThat(line).endsWith("TaskDevice: the network runs on the processor"),
              line ->
                  assertThat(line)
                      .matches(
                          ".*: extract: \\d+ rows extracted from 24 images, 0 rows were there, [0-9.]+ s"),
              line ->
                  assertThat(line).matches(".*: train: 4 heads by 41 fits on \\d+ photos, .* s"),
              line -> assertThat(line).matches(".*: forecast: 200 episodes of 10 settings, .* s"),
              line ->
                  assertThat(line)
                      .matches(".*: emit: 3 models of head .*, checked on \\d+ photos, .* s"),
              line -> assertThat(line).matches(".*: gate: 5 of 5 conditions are met, .* s"));
      // Nothing else but how far the sweeps are.
      assertThat(lines)
          .filteredOn(line -> !line.contains(" INFO "))
          .allMatch(line -> line.matches("(extract|train [a-z]+): .* (left|in \\d+ s)"));
      assertThat(lines).anyMatch(line -> line.startsWith("extract: 25 of 25 images, "));
      assertThat(lines).anyMatch(line -> line.startsWith("train sgd: 13 of 13 fits, "));
    }
    assertJobsAreNamed(events);
    assertFigures();
  }

  private void assertJobsAreNamed(Path events) throws IOException {
    Map<String, TreeSet<String>> descriptions = new TreeMap<>();
    Map<String, Long> accumulators = new TreeMap<>();
    for (JsonNode event : events(events)) {
      if (event.at("/Event").asText().equals("SparkListenerJobStart")) {
        JsonNode properties = event.get("Properties");
        assertThat(properties.path("spark.jobGroup.id").asText("none"))
            .as(event.toString())
            .isIn("list", "extract", "train", "forecast", "emit");
        descriptions
            .computeIfAbsent(properties.get("spark.jobGroup.id").asText(), k -> new TreeSet<>())
            .add(properties.get("spark.job.description").asText());
      }
      for (JsonNode accumulable : event.at("/Stage Info/Accumulables")) {
        accumulators.merge(
            accumulable.get("Name").asText(), accumulable.get("Value").asLong(), Math::max);
      }
    }
    assertThat(descriptions.keySet())
        .containsExactly("emit", "extract", "forecast", "list", "train");
    assertThat(descriptions.get("list")).contains("list: reading 25 new files");
    assertThat(descriptions.get("list")).anyMatch(text -> text.contains("list: 25 files"));
    // Delta's own jobs are told apart, and belong to what started them.
    assertThat(descriptions.values().stream().flatMap(Set::stream))
        .anyMatch(text -> text.startsWith("Delta: "));
    assertThat(descriptions.get("extract")).contains("extract: 25 new images × 2 variants");
    assertThat(descriptions.get("train"))
        .contains("train: sgd sweep", "train: adam sweep", "train: knn sweep")
        .anyMatch(text -> text.startsWith("train: joining labels and features of 24 images"));
    assertThat(accumulators)
        .containsEntry("images decoded", 24L)
        .containsEntry("images rejected: not an image", 1L)
        .containsEntry("networks loaded", 1L);
  }

  private static List<JsonNode> events(Path folder) throws IOException {
    List<JsonNode> events = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(each -> !each.toString().endsWith(".crc")).toList()) {
        for (String line : Files.readAllLines(file)) {
          events.add(JSON.readTree(line));
        }
      }
    }
    return events;
  }

  private void assertFigures() throws IOException {
    String run = JSON.readTree(workdir.resolve("champion.json").toFile()).at("/run").asText();
    JsonNode record = JSON.readTree(workdir.resolve("runs/" + run + "/run.json").toFile());
    String labels = "{workdir=\"" + workdir + "\"";
    assertThat(Files.readAllLines(metrics))
        .contains(
            "headgraft_run_exit_code" + labels + "} 0",
            "headgraft_files_listed" + labels + "} 25",
            "headgraft_images_decoded" + labels + "} 24",
            "headgraft_networks_loaded" + labels + "} 1",
            "headgraft_files_rejected" + labels + ",reason=\"not-an-image\"} 1",
            "headgraft_rows_extracted" + labels + "} " + record.at("/features/extracted").asText());
    assertThat(record.at("/counts/decoded").asInt()).isEqualTo(24);
    assertThat(record.at("/counts/rejected/NOT_AN_IMAGE").asInt()).isEqualTo(1);
    for (String stage : List.of("list", "extract", "train", "forecast", "emit", "gate")) {
      assertThat(Files.readString(metrics))
          .contains("headgraft_run_duration_seconds" + labels + ",stage=\"" + stage + "\"} ");
    }
  }

  @Test
  void aSignalEndsItWithOneLine() throws Exception {
    try (HeadgraftProcess nightly = nightly(List.of(), "--set", "head.sgd.epochs=1000000")) {
      nightly.awaitOnStderr(": extract: ");
      nightly.awaitOnStderr("train lbfgs: 9 of 9");
      nightly.terminate();

      assertThat(nightly.exitCode()).isEqualTo(128 + 15);
      assertThat(nightly.stderr())
          .contains(
              "\nheadgraft: ended by SIGTERM before it was done; what has been committed is kept")
          .doesNotContain("\tat ", "Exception", " ERROR ", " WARN ", "unexpected");
    }
    Path run;
    try (Stream<Path> runs = Files.list(workdir.resolve("runs"))) {
      run = runs.findFirst().orElseThrow();
    }
    JsonNode record = JSON.readTree(run.resolve("run.json").toFile());
    assertThat(record.at("/status").asText()).isEqualTo("failed");
    assertThat(record.at("/exit-code").asInt()).isEqualTo(128 + 15);
    assertThat(record.at("/error").asText()).isEqualTo("ended by SIGTERM before it was done");
    assertThat(workdir.resolve("champion.json")).doesNotExist();
    assertThat(Files.readString(metrics))
        .contains(
            "headgraft_rows_extracted",
            "headgraft_run_exit_code{workdir=\"" + workdir + "\"} " + (128 + 15) + "\n")
        .doesNotContain("headgraft_last_success");
  }

  /** Where the run did not come to a record of its own, and where the champion stays. */
  @Test
  void figuresAreLeftByFailuresToo() throws IOException {
    Object[] args = {
      "nightly",
      "--data",
      data,
      "--workdir",
      workdir,
      "--set",
      "observe.metrics-file=" + metrics,
      "--backbone",
      root.resolve("missing.mlmodel")
    };
    assertThat(CommandLineFixture.headgraft(args).exitCode()).isEqualTo(3);

    assertThat(Files.readString(metrics))
        .contains("headgraft_run_exit_code{workdir=\"" + workdir + "\"} 3\n")
        .doesNotContain("headgraft_last_success");
  }

  @Test
  void aMissingFolderForTheFiguresIsToldAtOnce() {
    CommandLineFixture.Outcome outcome =
        CommandLineFixture.headgraft(
            "nightly",
            "--data",
            data,
            "--workdir",
            workdir,
            "--backbone",
            backbone,
            "--set",
            "observe.metrics-file=" + root.resolve("missing/x.prom"));

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("but " + root.resolve("missing") + " is no folder that can be written to");
    assertThat(workdir).doesNotExist();
  }
}
