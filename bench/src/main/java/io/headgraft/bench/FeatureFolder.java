package io.headgraft.bench;

import io.headgraft.Json;
import io.headgraft.head.Examples;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What {@link ExportFeatures} wrote. */
record FeatureFolder(Path path) {

  List<String> labels() throws IOException {
    Map<?, ?> meta = Json.read(Files.readAllBytes(path.resolve("meta.json")), Map.class, "meta");
    return ((List<?>) meta.get("labels")).stream().map(String.class::cast).toList();
  }

  /** One split, each row an image of its own. */
  Examples examples(String split) throws IOException {
    IntBuffer labels = littleEndian(path.resolve(split + ".labels.i32")).asIntBuffer();
    FloatBuffer values = littleEndian(path.resolve(split + ".f32")).asFloatBuffer();
    int rows = labels.remaining();
    float[][] features = new float[rows][values.remaining() / rows];
    int[] indices = new int[rows];
    for (int i = 0; i < rows; i++) {
      values.get(features[i]);
      indices[i] = labels.get();
    }
    String[] ids = IntStream.range(0, rows).mapToObj(i -> split + i).toArray(String[]::new);
    return new Examples(features, indices, ids, ids, new int[rows]);
  }

  private static ByteBuffer littleEndian(Path file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
