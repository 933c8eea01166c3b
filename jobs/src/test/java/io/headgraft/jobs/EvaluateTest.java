package io.headgraft.jobs;

import static io.headgraft.jobs.CommandLineFixture.headgraft;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headgraft.jobs.CommandLineFixture.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shipped model, measured by its file alone. */
class EvaluateTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEST_SHARE = "dataset.test=0.4";

  @TempDir private static Path folder;
  private static Path data;
  private static Path model;
  private static JsonNode report;

  @BeforeAll
  static void train() throws IOException {
    data = CommandLineFixture.twoLabels(folder.resolve("photos"));
    Path workdir = folder.resolve("work");
    Outcome outcome =
        headgraft(
            "nightly",
            "--data",
            data,
            "--workdir",
            workdir,
            "--backbone",
            CommandLineFixture.untrainedBackbone(folder),
            "--set",
            TEST_SHARE,
            "--set",
            "head.names=[lbfgs]",
            "--set",
            "head.learning-curve=[]",
            "--set",
            "augment.variants=0",
            "--json");
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    Path run = workdir.resolve("runs/" + JSON.readTree(outcome.out()).at("/run").asText());
    model = run.resolve("models/classifier.mlmodel");
    report = JSON.readTree(run.resolve("report.json").toFile());
  }

  private static JsonNode evaluate(Object... more) throws IOException {
    Object[] args = new Object[5 + more.length];
    System.arraycopy(new Object[] {"evaluate", "--model", model, "--data", data}, 0, args, 0, 5);
    System.arraycopy(more, 0, args, 5, more.length);
    Outcome outcome = headgraft(args);
    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out().lines()).hasSize(1);
    return JSON.readTree(outcome.out());
  }

  @Test
  void theTestSplitGivesTheFiguresOfTheReport() throws IOException {
    JsonNode result = evaluate("--split", "test", "--set", TEST_SHARE, "--master", "local[1]");

    JsonNode expected = report.at("/heads/0/test");
    JsonNode metrics = result.at("/metrics");
    assertThat(result.at("/model").asText()).isEqualTo(model.toString());
    assertThat(result.at("/split").asText()).isEqualTo("test");
    assertThat(result.at("/images")).isEqualTo(report.at("/dataset/test"));
    assertThat(result.at("/unknown-labels")).isEmpty();
    assertThat(metrics.at("/examples")).isEqualTo(expected.at("/examples"));
    assertThat(metrics.at("/accuracy")).isEqualTo(expected.at("/accuracy"));
    assertThat(metrics.at("/accuracy-interval")).isEqualTo(expected.at("/accuracy-interval"));
    assertThat(metrics.at("/macro-f1")).isEqualTo(expected.at("/macro-f1"));
    assertThat(metrics.at("/macro-auc")).isEqualTo(expected.at("/macro-auc"));
    assertThat(metrics.at("/log-loss").asDouble())
        .isCloseTo(expected.at("/log-loss").asDouble(), within(1e-4));
    // The placeholders follow the labels; nothing is taken for one.
    assertThat(metrics.at("/per-label").size()).isEqualTo(10);
    assertThat(metrics.at("/per-label/0")).isEqualTo(expected.at("/per-label/0"));
    assertThat(metrics.at("/confusion/0/1")).isEqualTo(expected.at("/confusion/0/1"));
  }

  @Test
  void theSameFiguresHoweverTheWorkIsDivided() throws IOException {
    assertThat(evaluate("--master", "local[1]")).isEqualTo(evaluate("--master", "local[2]"));
  }

  @Test
  void withoutASplitAllImagesAreMeasured() throws IOException {
    JsonNode result = evaluate("--json");

    assertThat(result.at("/images").asInt()).isEqualTo(24);
    assertThat(result.has("split")).isFalse();
  }

  @Test
  void whatIsWrongHasAMessage() throws IOException {
    Outcome split = headgraft("evaluate", "--model", model, "--data", data, "--split", "tomorrow");
    assertThat(split.exitCode()).isEqualTo(2);
    assertThat(split.err()).contains("--split", "tomorrow", "TEST, VALIDATION, TRAIN");

    Path other = folder.resolve("other");
    CommandLineFixture.photo(other.resolve("zebra/1.png"), 100, 1);
    Outcome unknown = headgraft("evaluate", "--model", model, "--data", other);
    assertThat(unknown.exitCode()).isEqualTo(3);
    assertThat(unknown.err()).contains("knows the labels [bright, dark, user0", "[zebra]");

    Outcome missing = headgraft("evaluate", "--model", "none.mlmodel", "--data", data);
    assertThat(missing.exitCode()).isEqualTo(3);
    assertThat(missing.err()).contains("There is no model none.mlmodel");

    Path text = Files.writeString(folder.resolve("text.mlmodel"), "text");
    Outcome none = headgraft("evaluate", "--model", text, "--data", data);
    assertThat(none.exitCode()).isEqualTo(3);
    assertThat(none.err()).contains(text + " is not a Core ML file");
  }
}
