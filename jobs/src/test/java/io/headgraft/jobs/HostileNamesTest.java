package io.headgraft.jobs;

import static io.headgraft.jobs.CommandLineFixture.headgraft;
import static io.headgraft.jobs.CommandLineFixture.photo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headgraft.Json;
import io.headgraft.jobs.CommandLineFixture.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Labels and file names that are meant to lead somewhere, break something, or say something else.
 */
class HostileNamesTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What can be a file's name, too. */
  private static final List<String> NAMES =
      List.of(
          "%2e%2e%2f..%2fetc%00",
          "%2e%2e",
          "two\nlines",
          "\"quotes\" 'and' `ticks`",
          "-rf",
          " spaces ",
          "#1?x=1&y=[a]{b}*",
          "12:30",
          "c:\\photos",
          "\u202Egnp.exe",
          "\u200F\u05D0",
          "\u001B[2J\u001B]0;gone\u0007",
          "<img src=x onerror=document.title='harmed'>",
          "| a | b |",
          "${7*7} <#stop> [l](javascript:alert(1))",
          "❤\uFE0F",
          "é".repeat(125));

  private static final List<String> LABELS_ONLY =
      List.of(
          "../../../../harmed",
          "/etc/harmed",
          "</script><script>document.title='harmed'</script>",
          "x".repeat(1_000));

  private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}\\x80-\\x9f\u202e&&[^\n\t]]");

  @TempDir private static Path shared;
  private static Path backbone;

  @TempDir private Path root;

  @BeforeAll
  static void makeBackbone() throws IOException {
    backbone = CommandLineFixture.untrainedBackbone(shared);
  }

  @Test
  void aNightOfThem() throws IOException, InterruptedException {
    List<String> labels = Stream.concat(NAMES.stream(), LABELS_ONLY.stream()).sorted().toList();
    Path manifest = manifest(labels);
    Path workdir = root.resolve("work %20 #1");
    Path metrics = root.resolve("headgraft.prom");
    List<String> before = names(root);

    Outcome night =
        headgraft(
            "nightly",
            "--data",
            manifest,
            "--workdir",
            workdir,
            "--backbone",
            backbone,
            "--set",
            "augment.variants=[]",
            "--set",
            "dataset.max-rejected=0.5",
            "--set",
            "head.names=[lbfgs, knn]",
            "--set",
            "personalize.forecast=false",
            "--set",
            "observe.metrics-file=" + Json.line(metrics.toString()));

    assertThat(night.exitCode()).as(night.err()).isZero();
    assertThat(night.out() + night.err()).doesNotContainPattern(CONTROLS);
    assertThat(names(root))
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(before.stream(), Stream.of("work %20 #1", "headgraft.prom")).toList());
    Path run = onlyRun(workdir);
    assertThat(names(run))
        .containsExactlyInAnyOrder(
            "heads", "models", "rejected.jsonl", "report.html", "report.json", "run.json");
    assertThat(names(run.resolve("heads"))).containsExactly("lbfgs.json");

    JsonNode record = JSON.readTree(run.resolve("run.json").toFile());
    assertThat(record.at("/dataset/labels")).extracting(JsonNode::asText).isEqualTo(labels);
    List<String> rejected = Files.readAllLines(run.resolve("rejected.jsonl"));
    assertThat(rejected)
        .hasSize(NAMES.size())
        .extracting(line -> JSON.readTree(line).at("/reason").asText())
        .containsOnly("NOT_AN_IMAGE");
    assertThat(rejected)
        .extracting(line -> JSON.readTree(line).at("/label").asText())
        .containsExactlyInAnyOrderElementsOf(NAMES);

    assertThat(Files.readString(run.resolve("models/MODEL_CARD.md")))
        .doesNotContainPattern(CONTROLS)
        .doesNotContain("<img", "<script", "](javascript")
        .contains("../../../../harmed".replace("_", "\\_"));
    assertThat(Files.readAllLines(metrics))
        .allMatch(line -> line.matches("# (HELP|TYPE) headgraft_.*|headgraft_\\w+\\{.*} \\S+"));
    assertShownHarmlessly(run.resolve("report.html"));

    Outcome inspected = headgraft("inspect", run.resolve("models/classifier.mlmodel"));
    assertThat(inspected.out())
        .contains("two\\nlines", "\\u001b[2J")
        .doesNotContainPattern(CONTROLS);
    assertPredicts(run.resolve("models/classifier.mlmodel"), labels);
    assertEvaluates(run.resolve("models/classifier.mlmodel"), manifest);
  }

  private void assertPredicts(Path model, List<String> labels) throws IOException {
    List<String> photos = NAMES.stream().map(name -> folder(name) + "/" + name + ".png").toList();
    List<Object> arguments = new ArrayList<>(List.of("predict", "--model", model));
    arguments.addAll(photos);
    Outcome predicted = headgraft(arguments.toArray());
    assertThat(predicted.exitCode()).as(predicted.err()).isZero();
    assertThat(predicted.out()).doesNotContainPattern(CONTROLS);
    List<JsonNode> lines = new ArrayList<>();
    for (String line : predicted.out().lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    assertThat(lines).extracting(line -> line.at("/image").asText()).isEqualTo(photos);
    assertThat(lines).allMatch(line -> labels.contains(line.at("/label").asText()));

    Outcome embedded = headgraft("embed", "--backbone", backbone, photos.get(0), photos.get(7));
    assertThat(embedded.exitCode()).as(embedded.err()).isZero();
    assertThat(embedded.out().lines()).hasSize(2);
  }

  /** As a manifest, and as a folder, where each label's folder is called as the label. */
  private void assertEvaluates(Path model, Path manifest) throws IOException {
    Outcome listed = headgraft("evaluate", "--model", model, "--data", manifest);
    assertThat(listed.exitCode()).as(listed.err()).isZero();
    JsonNode all = JSON.readTree(listed.out());
    assertThat(all.at("/images").asInt()).isEqualTo(3 * (NAMES.size() + LABELS_ONLY.size()));
    assertThat(all.at("/unknown-labels").size()).isZero();

    Outcome walked = headgraft("evaluate", "--model", model, "--data", root.resolve("photos"));
    assertThat(walked.exitCode()).as(walked.err()).isZero();
    JsonNode folders = JSON.readTree(walked.out());
    assertThat(folders.at("/images").asInt()).isEqualTo(3 * NAMES.size());
    assertThat(folders.at("/rejected/NOT_AN_IMAGE").asInt()).isEqualTo(NAMES.size());
    assertThat(folders.at("/unknown-labels").size()).isZero();
    assertThat(walked.out() + walked.err()).doesNotContainPattern(CONTROLS);
  }

  /** In the real browser, after all scripts have run. */
  private static void assertShownHarmlessly(Path page) throws IOException, InterruptedException {
    String html = Files.readString(page);
    assertThat(html).doesNotContain("<img src=x", "49 <#stop>");
    Path browser = Path.of("/usr/bin/chromium");
    assumeTrue(
        System.getenv("HEADGRAFT_CI") != null || Files.exists(browser),
        "The page is not opened: install Debian's chromium");
    Path dom = page.resolveSibling("dom.html");
    Process chromium =
        new ProcessBuilder(
                browser.toString(),
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--virtual-time-budget=2000",
                "--dump-dom",
                page.toUri().toString())
            .redirectOutput(dom.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(chromium.waitFor()).isZero();
    String shown = Files.readString(dom);
    Files.delete(dom);
    // That scripts ran shows in the headers that one can sort by.
    assertThat(shown).contains("<th", "<button").doesNotContain("<title>harmed", "<img src=\"x\"");
    assertThat(shown).contains("&lt;img src=x", "../../../../harmed", "two\nlines");
  }

  @Test
  void messagesStayOnTheirLine() throws IOException {
    Path data = CommandLineFixture.twoLabels(root.resolve("photos"));
    Files.createDirectory(data.resolve("x\nheadgraft: all is well\u001B[2J"));
    Outcome extracted =
        headgraft(
            "extract", "--data", data, "--workdir", root.resolve("w"), "--backbone", backbone);
    assertThat(extracted.exitCode()).as(extracted.err()).isZero();
    assertThat(extracted.err())
        .contains("the label folder 'x\\nheadgraft: all is well\\u001b[2J' has no image")
        .doesNotContainPattern(CONTROLS);

    Outcome missing = headgraft("predict", "--model", "\u001B[2J\n", "x.png");
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.err()).isEqualTo("headgraft: There is no model \\u001b[2J\\n\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside", "..", ".", "../../etc", "", "20260101T000000.000Z/../../x"})
  void runsAreThoseOfTheWorkDirectory(String run) throws IOException {
    Path workdir = Files.createDirectories(root.resolve("work/runs")).getParent();
    Files.createDirectory(root.resolve("outside"));
    Files.writeString(root.resolve("outside/report.json"), "{}");
    Files.writeString(root.resolve("outside/run.json"), "{}");
    Files.writeString(workdir.resolve("champion.json"), "{\"run\": \"a\", \"previous\": []}");
    List<String> before = names(root);

    Outcome rolledBack = headgraft("rollback", "--workdir", workdir, "--to", run);
    Outcome trained =
        headgraft("train", "--workdir", workdir, "--backbone", backbone, "--run", run);

    assertThat(rolledBack.exitCode()).isBetween(2, 3);
    assertThat(rolledBack.err()).contains("There is no run " + run + " in");
    assertThat(trained.exitCode()).isBetween(2, 3);
    assertThat(trained.err()).contains("holds no run " + run);
    assertThat(names(root)).isEqualTo(before);
    assertThat(Files.readString(workdir.resolve("champion.json"))).contains("\"a\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a:b", "file://elsewhere/x", "nosuch://x/y", "no such:/x"})
  void dataSetsThatNoPathLeadsTo(String data) {
    Outcome outcome =
        headgraft("extract", "--data", data, "--workdir", root, "--backbone", backbone);
    assertThat(outcome.exitCode()).as(outcome.err()).isBetween(2, 3);
    assertThat(outcome.err()).doesNotContain("unexpected");
  }

  /** A folder a name, with photos and a text of that name; and a manifest of them, beside it. */
  private Path manifest(List<String> labels) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < labels.size(); i++) {
      String label = labels.get(i);
      String name = NAMES.contains(label) ? label : "plain" + i;
      Path folder = NAMES.contains(label) ? folder(name) : root.resolve("more/" + i);
      for (int k = 0; k < 3; k++) {
        Path photo = folder.resolve(name + (k == 0 ? ".png" : k + ".png"));
        photo(photo, 20 + 10 * i, 3L * i + k);
        lines.append(row(photo, label, k == 0 ? "test" : "train"));
      }
      if (NAMES.contains(label)) {
        Path text = Files.writeString(folder.resolve(name + ".jpg"), "text " + i);
        lines.append(row(text, label, "train"));
      }
    }
    return Files.writeString(
        Files.createDirectory(root.resolve("lists")).resolve("all.jsonl"), lines);
  }

  private Path folder(String name) {
    return root.resolve("photos").resolve(name);
  }

  private String row(Path file, String label, String split) {
    String path = "../" + root.relativize(file);
    return Json.line(Map.of("path", path, "label", label, "split", split)) + "\n";
  }

  private static Path onlyRun(Path workdir) throws IOException {
    assertThat(names(workdir)).contains("champion.json", "dataset", "features", "runs");
    List<String> runs = names(workdir.resolve("runs"));
    assertThat(runs).singleElement().asString().matches("\\d{8}T\\d{6}\\.\\d{3}Z");
    return workdir.resolve("runs").resolve(runs.get(0));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return List.copyOf(new TreeSet<>(files.map(file -> file.getFileName().toString()).toList()));
    }
  }
}
