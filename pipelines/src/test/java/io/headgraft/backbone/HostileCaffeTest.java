package io.headgraft.backbone;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import io.headgraft.HeadgraftException;
import io.headgraft.backbone.caffe.BlobShape;
import io.headgraft.backbone.caffe.LayerParameter;
import io.headgraft.backbone.caffe.NetParameter;
import io.headgraft.testing.Hostile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Caffe files that are meant to harm. */
class HostileCaffeTest {

  private static final String FILE = "hostile.caffemodel";
  private static final NetParameter NET = CaffeFile.withoutMostWeights(CaffeFile.deployed());

  @Test
  void refusesAFileThatIsCutOffAnywhere() {
    byte[] bytes = NET.toByteArray();

    for (int length = 0; length < bytes.length; length++) {
      assertRefused(Arrays.copyOf(bytes, length), "hostile.caffemodel: ");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, Integer.MAX_VALUE, 1L << 31, -1})
  void refusesALengthBeyondTheFile(long length) throws IOException {
    // The field of the layers, which is number 100.
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    CodedOutputStream coded = CodedOutputStream.newInstance(file);
    coded.writeTag(NetParameter.LAYER_FIELD_NUMBER, 2);
    coded.writeUInt64NoTag(length);
    coded.flush();

    assertRefused(
        file.toByteArray(),
        "hostile.caffemodel: not a Caffe model, or cut off (%d bytes): ",
        file.size());
  }

  @Test
  void refusesGroupsNestedDeep() {
    byte[] groups = new byte[10_000];
    Arrays.fill(groups, (byte) 0x3b);

    assertRefused(groups, "hostile.caffemodel: not a Caffe model, or cut off (10000 bytes): ");
  }

  /** Three bytes each. */
  @Test
  void refusesACrowdOfLayers() {
    byte[] crowd = new byte[12_000_000];
    for (int i = 0; i < crowd.length; i += 3) {
      crowd[i] = (byte) 0xa2;
      crowd[i + 1] = 0x06;
    }

    assertRefused(crowd, "hostile.caffemodel would take more than 278 MiB of memory although it");
  }

  @Test
  void refusesLayersThatReadEachOther() {
    assertRefused(
        changed("conv1", layer -> layer.setBottom(0, "fire2/squeeze1x1")),
        "hostile.caffemodel: layer conv1 reads blob fire2/squeeze1x1, expected one that a layer before it writes");
  }

  /** Each is the right number, were it taken for an int or multiplied in one. */
  @Test
  void refusesShapesThatOverflow() {
    assertRefused(
        changed("conv1", layer -> shape(layer, 64L, (1L << 32) + 3, 3L, 3L)),
        "hostile.caffemodel: layer conv1 has weights of shape [64, 4294967299, 3, 3], expected [64, 3, 3, 3]");
    assertRefused(
        changed("conv1", layer -> shape(layer, 1L << 62, 3L, 1L << 62, 1L << 62)),
        "hostile.caffemodel: layer conv1 has weights of shape [4611686018427387904, 3, ");
  }

  private static void shape(LayerParameter.Builder layer, Long... sides) {
    layer.getBlobsBuilder(0).setShape(BlobShape.newBuilder().addAllDim(List.of(sides)));
  }

  private static byte[] changed(String layer, Consumer<LayerParameter.Builder> change) {
    return CaffeFile.with(NET, layer, change).toByteArray();
  }

  private static void assertRefused(byte[] file, String start, Object... arguments) {
    Hostile.read(
        file,
        bytes ->
            assertThatThrownBy(() -> CaffeModel.convert(bytes, FILE))
                .isInstanceOf(HeadgraftException.class)
                .hasMessageStartingWith(start, arguments));
  }
}
