package io.headgraft.coreml;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headgraft.HeadgraftException;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelPackageTest {

  private static final byte[] MODEL = {8, 1, 2, 3};

  @Test
  void theManifestNamesTheModel() throws IOException {
    Map<String, byte[]> files = ModelPackage.files(MODEL);

    assertThat(files)
        .containsOnlyKeys("Data/com.apple.CoreML/model.mlmodel", "Manifest.json")
        .containsEntry("Data/com.apple.CoreML/model.mlmodel", MODEL);
    JsonNode manifest = new ObjectMapper().readTree(files.get("Manifest.json"));
    String id = manifest.at("/rootModelIdentifier").asText();
    assertThat(id).matches("[0-9A-F]{8}-[0-9A-F]{4}-8[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}");
    assertThat(manifest)
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"fileFormatVersion": "1.0.0",
                     "itemInfoEntries": {
                       "%s": {
                         "author": "com.apple.CoreML",
                         "description": "CoreML Model Specification",
                         "name": "model.mlmodel",
                         "path": "com.apple.CoreML/model.mlmodel"}},
                     "rootModelIdentifier": "%s"}
                    """
                        .formatted(id, id)));
  }

  @Test
  void theSameModelGivesTheSameBytesAndAnotherOneOthers() {
    byte[] first = ModelPackage.files(MODEL).get("Manifest.json");

    assertThat(ModelPackage.files(MODEL.clone())).containsEntry("Manifest.json", first);
    assertThat(ModelPackage.files(new byte[] {8, 1, 2, 4}).get("Manifest.json"))
        .isNotEqualTo(first);
  }

  @Test
  void findsTheModelAgain() {
    assertThat(
            ModelPackage.rootModel(ModelPackage.files(MODEL).get("Manifest.json"), "a.mlpackage"))
        .isEqualTo("Data/com.apple.CoreML/model.mlmodel");
    assertThat(ModelPackage.rootModel(manifest("org.other/net.mlmodel"), "a.mlpackage"))
        .isEqualTo("Data/org.other/net.mlmodel");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../model.mlmodel",
        "a/../../model.mlmodel",
        "/etc/passwd",
        "a//b",
        "",
        "a/..",
        "..\\\\model.mlmodel",
        "file:model.mlmodel",
      })
  void refusesPathsThatLeadOut(String path) {
    assertThatThrownBy(() -> ModelPackage.rootModel(manifest(path), "a.mlpackage"))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(
            "a.mlpackage is not a Core ML package: its model's path '%s' leads out of it",
            path.replace("\\\\", "\\"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "null",
        "{\"rootModelIdentifier\": \"A\"}",
        "{\"rootModelIdentifier\": \"A\", \"itemInfoEntries\": {\"B\": {\"path\": \"a\"}}}",
        "{\"rootModelIdentifier\": \"A\", \"itemInfoEntries\": {\"A\": {\"path\": 3}}}",
        "{\"rootModelIdentifier\": \"A\", \"itemInfoEntries\": {\"A\": 3}}",
      })
  void refusesManifestsThatNameNoModel(String manifest) {
    assertThatThrownBy(() -> ModelPackage.rootModel(manifest.getBytes(UTF_8), "a.mlpackage"))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage("a.mlpackage is not a Core ML package: its Manifest.json names no model");
  }

  @Test
  void refusesManifestsThatAreNoJson() {
    assertThatThrownBy(() -> ModelPackage.rootModel(new byte[] {1, 2}, "a.mlpackage"))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageStartingWith("a.mlpackage/Manifest.json cannot be read: ");
  }

  private static byte[] manifest(String path) {
    return "{\"rootModelIdentifier\": \"A\", \"itemInfoEntries\": {\"A\": {\"path\": \"%s\"}}}"
        .formatted(path)
        .getBytes(UTF_8);
  }
}
