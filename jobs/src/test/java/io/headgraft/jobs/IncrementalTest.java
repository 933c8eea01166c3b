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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a second night costs, what a run can be repeated from, and what may be thrown away. */
class IncrementalTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Two training photos in two variants each and one of each label to test on. */
  private static final List<String> QUICK =
      List.of(
          "--set",
          "augment.variants=[horizontal-flip]",
          "--set",
          "head.names=[lbfgs, sgd]",
          "--set",
          "head.sgd.epochs=3",
          "--set",
          "head.learning-curve=[]",
          "--set",
          "personalize.forecast=false",
          "--set",
          "dataset.max-rejected=1",
          // Heads of so few photos differ more than a champion would have to put up with.
          "--set",
          "gate { margin = 1, recall-drop = 1, log-loss-rise = 1000 }");

  @TempDir private Path root;
  private Path backbone;
  private Path data;
  private Path workdir;

  @BeforeEach
  void makeADataSet() throws IOException {
    backbone = CommandLineFixture.untrainedBackbone(root);
    data = root.resolve("photos");
    workdir = root.resolve("work");
    for (int i = 0; i < 8; i++) {
      String split = i < 6 ? "train" : "test";
      photo(data.resolve(split + "/bright/" + i + ".png"), 200, i);
      photo(data.resolve(split + "/dark/" + i + ".png"), 40, 100 + i);
    }
  }

  @Test
  void onlyNewContentIsReadAndExtracted() throws IOException {
    assertThat(extract()).startsWith("16 files, 16 of them read; 28 rows of features extracted, 0");
    assertThat(extract()).startsWith("16 files, 0 of them read; 0 rows of features extracted, 28");

    // Moved, copied, relabelled: read under the new name, never extracted.
    Files.move(data.resolve("train/dark/0.png"), data.resolve("train/dark/moved.png"));
    assertThat(extract()).startsWith("16 files, 1 of them read; 0 rows of features extracted, 28");
    Files.copy(data.resolve("train/dark/1.png"), data.resolve("train/dark/copied.png"));
    assertThat(extract()).startsWith("17 files, 1 of them read; 0 rows of features extracted, 28");
    Files.delete(data.resolve("train/dark/copied.png"));
    Files.move(data.resolve("train/dark/2.png"), data.resolve("train/bright/relabelled.png"));
    assertThat(extract()).startsWith("16 files, 1 of them read; 0 rows of features extracted, 28");

    // Deleted: it leaves the data set, and is in the cache when it comes back.
    Path photo = data.resolve("train/dark/3.png");
    byte[] content = Files.readAllBytes(photo);
    Files.delete(photo);
    assertThat(extract()).startsWith("15 files, 0 of them read; 0 rows of features extracted, 26");
    Files.write(photo, content);
    assertThat(extract()).startsWith("16 files, 1 of them read; 0 rows of features extracted, 28");

    photo(data.resolve("train/dark/new.png"), 50, 900);
    assertThat(extract()).startsWith("17 files, 1 of them read; 2 rows of features extracted, 28");
  }

  @Test
  void withNothingNewNothingIsTrained() throws IOException {
    JsonNode first = record(nightly());
    Outcome again = nightlyOutcome();

    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.out())
        .contains("Nothing is new since run " + first.at("/run").asText(), "--force");
    assertThat(runs()).hasSize(2);
    JsonNode quiet = record(runs().get(1));
    assertThat(quiet.at("/status").asText()).isEqualTo("champion-kept");
    assertThat(quiet.at("/exit-code").asInt(-1)).isZero();
    assertThat(quiet.at("/unchanged-since")).isEqualTo(first.at("/run"));
    assertThat(quiet.at("/dataset")).isEqualTo(first.at("/dataset"));
    assertThat(quiet.at("/features/extracted").asInt(-1)).isZero();
    assertThat(folder(runs().get(1))).containsExactly("run.json");
    assertThat(CommandLineFixture.headgraft("runs", "--workdir", workdir).out())
        .contains("nothing is new since run " + first.at("/run").asText());
    assertThat(champion()).isEqualTo(first.at("/run").asText());

    // A night without anything new does not hide the run that it refers to.
    nightly();
    assertThat(record(runs().get(2)).at("/unchanged-since")).isEqualTo(first.at("/run"));

    // Another configuration is something new, another time to wait for the lease is not.
    nightly("--set", "lock.wait=5");
    assertThat(record(runs().get(3)).at("/unchanged-since")).isEqualTo(first.at("/run"));
    nightly("--set", "head.sgd.epochs=4");
    assertThat(record(runs().get(4)).at("/unchanged-since").isMissingNode()).isTrue();
    assertThat(champion()).isEqualTo(runs().get(4));

    nightly("--force", "--set", "head.sgd.epochs=4");
    assertThat(record(runs().get(5)).at("/unchanged-since").isMissingNode()).isTrue();

    photo(data.resolve("train/dark/new.png"), 50, 900);
    nightly("--set", "head.sgd.epochs=4");
    assertThat(record(runs().get(6)).at("/features/extracted").asInt()).isEqualTo(2);
    assertThat(record(runs().get(6)).at("/unchanged-since").isMissingNode()).isTrue();
  }

  @Test
  void aRunIsRepeatedBitByBitWhateverBecameOfTheData() throws IOException {
    Files.writeString(data.resolve("train/dark/broken.png"), "no picture");
    String run = nightly();
    Files.delete(data.resolve("train/dark/broken.png"));
    Files.move(data.resolve("train/dark/2.png"), data.resolve("train/bright/relabelled.png"));
    Files.delete(data.resolve("train/dark/3.png"));
    photo(data.resolve("train/dark/new.png"), 50, 900);
    String other = nightly();
    assertThat(weights(other, "sgd")).isNotEqualTo(weights(run, "sgd"));
    done("vacuum", "--keep", "2");

    done("train", "--run", run, "--backbone", backbone);

    String repeated = runs().get(2);
    for (String head : List.of("lbfgs", "sgd")) {
      String original = withoutSeconds(head(run, head));
      assertThat(original).contains(run);
      assertThat(withoutSeconds(head(repeated, head))).isEqualTo(original.replace(run, repeated));
    }
    assertThat(folder(repeated)).contains("report.json").doesNotContain("run.json");
    assertThat(workdir.resolve("runs/" + repeated + "/rejected.jsonl"))
        .hasSameTextualContentAs(workdir.resolve("runs/" + run + "/rejected.jsonl"));

    // The same configuration, spelt out, is the same.
    done(args(List.of("train", "--run", run, "--backbone", backbone), QUICK));
    assertRefused(
        2,
        "--config and --set give another configuration than that of run " + run,
        "--set",
        "head.sgd.epochs=9",
        "--run",
        run,
        "--backbone",
        backbone);
    Path stranger = root.resolve("stranger.mlmodel");
    Files.write(stranger, SqueezeNet.untrained(2).toByteArray());
    assertRefused(
        2,
        "Run %s was trained on features of the backbone".formatted(run),
        "--run",
        run,
        "--backbone",
        stranger);
    assertRefused(
        3, "holds no run 2020 that has trained heads", "--run", "2020", "--backbone", backbone);

    // As Delta's own vacuum would leave it.
    for (Path file : parquet("dataset")) {
      if (!file.equals(newest("dataset"))) {
        Files.delete(file);
      }
    }
    assertRefused(
        3,
        "Run %s cannot be repeated: version 0 of its data set is gone".formatted(run),
        "--run",
        run,
        "--backbone",
        backbone);
  }

  @Test
  void vacuumRemovesWhatNoKeptRunRefersTo() throws IOException {
    String first = nightly();
    Files.delete(data.resolve("train/dark/3.png"));
    // Features of settings that were tried once.
    nightly("--set", "augment.variants=[vertical-flip]");
    String third = nightly();
    done("rollback", "--to", first);
    photo(data.resolve("train/dark/new.png"), 50, 900);
    String fourth = nightly();
    long before = size(workdir);
    List<Path> files = files(workdir);

    JsonNode dry = JSON.readTree(done("vacuum", "--keep", "1", "--dry-run", "--json"));

    assertThat(files(workdir)).isEqualTo(files);
    assertThat(dry.at("/dry-run").asBoolean()).isTrue();
    assertThat(dry.at("/runs")).hasSize(2);
    // The second version is needed by neither: 11 training photos in two variants, 4 test photos.
    assertThat(dry.at("/dataset-versions").asInt(-1)).isEqualTo(1);
    assertThat(dry.at("/feature-rows").asInt(-1)).isEqualTo(26);
    assertThat(dry.at("/feature-images").asInt(-1)).isEqualTo(15);

    JsonNode done = JSON.readTree(done("vacuum", "--keep", "1", "--json"));

    assertThat(runs()).containsExactly(first, fourth).doesNotContain(third);
    assertThat(done.at("/runs")).isEqualTo(dry.at("/runs"));
    assertThat(done.at("/dataset-versions")).isEqualTo(dry.at("/dataset-versions"));
    assertThat(done.at("/feature-rows")).isEqualTo(dry.at("/feature-rows"));
    assertThat(done.at("/bytes").asLong()).isPositive();
    assertThat(size(workdir)).isLessThan(before);
    assertThat(parquet("dataset")).hasSize(2);

    // All that is kept can be repeated, and nothing has to be extracted again.
    done("train", "--run", first, "--backbone", backbone);
    done("train", "--run", fourth, "--backbone", backbone);
    assertThat(weights(runs().get(2), "sgd")).isEqualTo(weights(first, "sgd"));
    assertThat(weights(runs().get(3), "sgd")).isEqualTo(weights(fourth, "sgd"));
    assertThat(extract()).contains(" 0 of them read; 0 rows of features extracted, 28");
    assertThat(done("vacuum", "--keep", "9"))
        .startsWith("Removed: 0 runs, 0 earlier versions of the data set, 0 rows");
  }

  @Test
  void vacuumKeepsWhatWasJustExtracted() {
    extract();

    assertThat(done("vacuum", "--keep", "1"))
        .isEqualTo(
            "Removed: 0 runs, 0 earlier versions of the data set, 0 rows of features of 0 images; 0 bytes\n");
    assertThat(extract()).contains(" 0 of them read; 0 rows of features extracted, 28");
  }

  @Test
  void vacuumKeepsAtLeastARun() {
    Outcome outcome = headgraft("vacuum", "--workdir", workdir, "--keep", "0");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("--keep is 0: at least 1 run stays");
  }

  private void assertRefused(int exitCode, String message, Object... args) {
    Outcome outcome = headgraft(args(List.of("train", "--workdir", workdir), List.of(args)));
    assertThat(outcome.err()).contains(message);
    assertThat(outcome.exitCode()).isEqualTo(exitCode);
  }

  private static Object[] args(List<?> first, List<?> more) {
    List<Object> all = new ArrayList<>(first);
    all.addAll(more);
    return all.toArray();
  }

  private String extract() {
    return done(args(List.of("extract", "--data", data, "--backbone", backbone), QUICK));
  }

  private Outcome nightlyOutcome(String... more) {
    List<Object> args =
        new ArrayList<>(
            List.of("nightly", "--data", data, "--workdir", workdir, "--backbone", backbone));
    args.addAll(QUICK);
    args.addAll(List.of(more));
    return headgraft(args.toArray());
  }

  /** The id of the run. */
  private String nightly(String... more) throws IOException {
    Outcome outcome = nightlyOutcome(more);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    List<String> runs = runs();
    return runs.get(runs.size() - 1);
  }

  private String done(Object... args) {
    Outcome outcome = headgraft(args(List.of(args), List.of("--workdir", workdir)));
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    return outcome.out();
  }

  private List<String> runs() throws IOException {
    return names(workdir.resolve("runs"));
  }

  private List<String> folder(String run) throws IOException {
    return names(workdir.resolve("runs/" + run));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private JsonNode record(String run) throws IOException {
    return JSON.readTree(workdir.resolve("runs/" + run + "/run.json").toFile());
  }

  private String champion() throws IOException {
    return JSON.readTree(workdir.resolve("champion.json").toFile()).at("/run").asText();
  }

  private Path head(String run, String name) {
    return workdir.resolve("runs/" + run + "/heads/" + name + ".json");
  }

  private static String withoutSeconds(Path head) throws IOException {
    return Files.readString(head).replaceAll("\"seconds\" : [0-9.E-]+", "");
  }

  private JsonNode weights(String run, String name) throws IOException {
    return JSON.readTree(head(run, name).toFile()).at("/head/weights");
  }

  private List<Path> parquet(String table) throws IOException {
    return files(workdir.resolve(table)).stream()
        .filter(file -> file.toString().endsWith(".parquet"))
        .filter(file -> !file.toString().contains("_delta_log"))
        .toList();
  }

  private Path newest(String table) throws IOException {
    return parquet(table).stream()
        .max((a, b) -> Long.compare(a.toFile().lastModified(), b.toFile().lastModified()))
        .orElseThrow();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static long size(Path folder) throws IOException {
    long size = 0;
    for (Path file : files(folder)) {
      size += Files.size(file);
    }
    return size;
  }
}
