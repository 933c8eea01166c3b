package io.headgraft.coreml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.SharedMaterial;
import io.headgraft.coreml.proto.Model;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFileTest {

  private static final UnknownFieldSet UNKNOWN =
      UnknownFieldSet.newBuilder()
          .addField(
              9_999,
              Field.newBuilder()
                  .addVarint(7)
                  .addLengthDelimited(ByteString.copyFromUtf8("from a later version"))
                  .build())
          .build();

  @Test
  void fieldsThatAreNotKnownAreKept() {
    TinyModel model = TinyModel.backbone();
    model.network.getLayersBuilder(0).setUnknownFields(UNKNOWN);
    model.network.getLayersBuilder(0).getConvolutionBuilder().setUnknownFields(UNKNOWN);
    byte[] bytes = model.build().toBuilder().setUnknownFields(UNKNOWN).build().toByteArray();

    assertThat(ModelFile.parse(bytes, "later.mlmodel").toByteArray()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\b", "a text", "{\"json\": 1}", "\u0089PNG\r\n\u001a\n", "PK\3\4"})
  void refusesWhatIsNoCoreMlFile(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> ModelFile.parse(bytes, "file.mlmodel"))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessage("file.mlmodel is not a Core ML file (.mlmodel)");
  }

  @Test
  void refusesAFileThatIsCutOffAnywhere() {
    byte[] bytes = TinyModel.backbone().build().toByteArray();

    for (int length = 0; length < bytes.length; length++) {
      assertRefusesPart(bytes, length);
    }
  }

  @Test
  void refusesTheRealBackboneCutOff() throws IOException {
    byte[] bytes = Files.readAllBytes(SharedMaterial.squeezeNetFile());

    for (int part = 0; part < 40; part++) {
      assertRefusesPart(bytes, (int) ((long) bytes.length * part / 40));
      // The last bytes hold the labels and what else is short.
      assertRefusesPart(bytes, bytes.length - 1 - part);
    }
  }

  private static void assertRefusesPart(byte[] bytes, int length) {
    assertThatThrownBy(() -> ModelFile.parse(Arrays.copyOf(bytes, length), "cut.mlmodel"))
        .as("the first %d of %d bytes", length, bytes.length)
        .isInstanceOf(HeadgraftException.class)
        .hasMessageStartingWith("cut.mlmodel is not a Core ML file");
  }

  @Test
  void refusesAModelOfNoKnownType() {
    byte[] bytes = Model.newBuilder().setSpecificationVersion(1).build().toByteArray();

    assertThatThrownBy(() -> ModelFile.parse(bytes, "empty.mlmodel"))
        .isInstanceOf(HeadgraftException.class)
        .hasMessage(
            "empty.mlmodel is not a Core ML file, or is cut off: it names no model type that is"
                + " known");
  }

  /** Each takes a few bytes of the file, and as an object in memory some hundred. */
  @ParameterizedTest
  @MethodSource("crowds")
  void refusesFilesThatWouldFillTheMemory(byte[] network) {
    byte[] head = {0x08, 0x01, (byte) 0xa2, 0x1f};
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(head);
    writeLength(file, network.length);
    file.writeBytes(network);

    assertThatThrownBy(() -> ModelFile.parse(file.toByteArray(), "crowd.mlmodel"))
        .isInstanceOf(HeadgraftException.class)
        .hasMessageStartingWith("crowd.mlmodel would take more than ")
        .hasMessageEndingWith(
            " MiB of memory although it has %d bytes: no tool writes such a file"
                .formatted(file.size()));
  }

  static Stream<byte[]> crowds() {
    return Stream.of(
        // Empty layers.
        repeated(2_000_000, 0x0a, 0x00),
        // Empty layers, one inside the other's unknown group.
        repeated(1_000_000, 0x0a, 0x04, 0x3b, 0x08, 0x01, 0x3c),
        // Fields that are not known.
        repeated(4_000_000, 0x38, 0x01));
  }

  private static byte[] repeated(int times, int... unit) {
    byte[] all = new byte[times * unit.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) unit[i % unit.length];
    }
    return all;
  }

  private static void writeLength(ByteArrayOutputStream file, int length) {
    int rest = length;
    for (; rest > 0x7f; rest >>>= 7) {
      file.write((rest & 0x7f) | 0x80);
    }
    file.write(rest);
  }

  @Test
  void takesALargeModelOfNumbers() {
    TinyModel model = TinyModel.backbone();
    model
        .network
        .getLayersBuilder(0)
        .getConvolutionBuilder()
        .setWeights(TinyModel.weights(new float[20_000_000]));
    byte[] bytes = model.build().toByteArray();

    assertThat(ModelFile.parse(bytes, "large.mlmodel").getSerializedSize()).isEqualTo(bytes.length);
  }
}
