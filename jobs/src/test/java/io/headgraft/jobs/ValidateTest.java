package io.headgraft.jobs;

import static io.headgraft.jobs.CommandLineFixture.headgraft;
import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.backbone.SqueezeNet;
import io.headgraft.coreml.proto.Model;
import io.headgraft.jobs.CommandLineFixture.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code validate}. */
class ValidateTest {

  @TempDir private Path folder;
  private Path valid;
  private Path suspicious;
  private Path broken;
  private Path text;
  private Path missing;

  @BeforeEach
  void writeModels() throws IOException {
    Model model = SqueezeNet.untrained(1);
    valid = Files.write(folder.resolve("valid.mlmodel"), model.toByteArray());

    Model.Builder other = model.toBuilder();
    other.getNeuralNetworkClassifierBuilder().getPreprocessingBuilder(0).setFeatureName("photo");
    suspicious = Files.write(folder.resolve("suspicious.mlmodel"), other.build().toByteArray());

    other.getDescriptionBuilder().getInputBuilder(0).setName("photo");
    broken = Files.write(folder.resolve("broken.mlmodel"), other.build().toByteArray());

    text = Files.writeString(folder.resolve("text.mlmodel"), "hello");
    missing = folder.resolve("none.mlmodel");
  }

  @Test
  void validModel() {
    Outcome outcome = headgraft("validate", valid);

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out().lines()).containsExactly(valid + ": VALID");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void oneLineAFileAndTheOthersAreCheckedStill() {
    Outcome outcome = headgraft("validate", broken, text, missing, valid);

    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.out().lines())
        .containsExactly(
            broken
                + ": INVALID: blobs-made-before-use: layer 'conv1': it reads 'image', which is no"
                + " input of the model and which no layer before it makes",
            text + ": INVALID: unreadable: " + text + " is not a Core ML file (.mlmodel)",
            missing + ": INVALID: unreadable: There is no model " + missing,
            valid + ": VALID");
  }

  @Test
  void warningsFailOnlyIfTheyAreToBe() {
    String warning =
        "preprocessing-input: preprocessing of 'photo': there is no such image input; there are"
            + " 'image'";

    Outcome outcome = headgraft("validate", suspicious);
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out().lines())
        .containsExactly(suspicious + ": VALID", suspicious + ": warning: " + warning);

    Outcome strict = headgraft("validate", "--strict", suspicious, valid);
    assertThat(strict.exitCode()).isEqualTo(3);
    assertThat(strict.out().lines())
        .containsExactly(suspicious + ": INVALID: " + warning, valid + ": VALID");
  }

  @Test
  void json() {
    Outcome outcome = headgraft("validate", "--json", suspicious, text, valid);

    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.out().lines())
        .containsExactly(
            "{\"file\":\"%s\",\"valid\":true,\"findings\":[{\"rule\":\"preprocessing-input\",\"severity\":\"warning\",\"where\":\"preprocessing of 'photo'\",\"message\":\"there is no such image input; there are 'image'\"}]}"
                .formatted(suspicious),
            "{\"file\":\"%s\",\"valid\":false,\"findings\":[{\"rule\":\"unreadable\",\"severity\":\"error\",\"where\":\"\",\"message\":\"%s is not a Core ML file (.mlmodel)\"}]}"
                .formatted(text, text),
            "{\"file\":\"%s\",\"valid\":true,\"findings\":[]}".formatted(valid));
  }

  @Test
  void noFile() {
    Outcome outcome = headgraft("validate");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("MODEL");
  }
}
