package io.headgraft.bench;

import io.headgraft.Json;
import io.headgraft.backbone.Backbone;
import io.headgraft.dataset.DatasetTable;
import io.headgraft.features.FeatureCache;
import io.headgraft.features.FeaturePipeline;
import io.headgraft.head.Examples;
import io.headgraft.head.TrainingData;
import io.headgraft.run.Settings;
import io.headgraft.run.UsableDataset;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * Writes what the heads of a work directory are trained on, for {@code peers/heads.py} and {@link
 * GridTraining}: for each split {@code <split>.f32}, row by row, and {@code <split>.labels.i32},
 * both little-endian, in the order of image id and variant; the training split with its variants.
 * {@code meta.json} says what the labels are called and how many rows and features there are.
 *
 * <p>Arguments: work directory, folder, then {@code --set key=value} as the extraction had them.
 * The backbone is the file that {@code HEADGRAFT_BACKBONE} names.
 */
public final class ExportFeatures {

  private ExportFeatures() {}

  /** Writes the files and prints how many rows each has. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[1]));
    List<String> overrides =
        Arrays.stream(args).skip(2).filter(arg -> !arg.equals("--set")).toList();
    Settings settings = Settings.load(Optional.empty(), overrides);
    Map<String, Integer> rows = new LinkedHashMap<>();
    try (SparkSession spark = LocalSpark.session();
        TrainingData data = load(spark, args[0], settings)) {
      Map<String, Examples> splits = new LinkedHashMap<>();
      splits.put("train", data.train().orElseThrow());
      splits.put("validation", data.validation());
      splits.put("test", data.test());
      for (Map.Entry<String, Examples> split : splits.entrySet()) {
        write(folder, split.getKey(), split.getValue());
        rows.put(split.getKey(), split.getValue().size());
      }
      Map<String, Object> meta = new LinkedHashMap<>();
      meta.put("labels", data.labels());
      meta.put("features", data.test().features()[0].length);
      meta.put("rows", rows);
      Files.write(folder.resolve("meta.json"), Json.pretty(meta));
    }
    System.out.println(rows);
  }

  private static TrainingData load(SparkSession spark, String workdir, Settings settings)
      throws IOException {
    Path file = Path.of(System.getenv("HEADGRAFT_BACKBONE"));
    Backbone backbone =
        Backbone.read(Files.readAllBytes(file), file.toString(), settings.featureLayer());
    String pipeline =
        new FeaturePipeline(
                backbone,
                settings.engine(),
                settings.batchSize(),
                settings.image(),
                settings.augmentations())
            .fingerprint();
    FeatureCache cache = new FeatureCache(spark, workdir);
    DatasetTable table = new DatasetTable(spark, workdir + "/dataset");
    UsableDataset usable =
        UsableDataset.of(
            table.version(),
            table.read(table.version()),
            settings.dataset(),
            List.of(),
            cache.rejected(pipeline));
    return TrainingData.load(
        spark, usable.dataset(), cache.read(pipeline, cache.version()), settings.heads());
  }

  private static void write(Path folder, String split, Examples examples) throws IOException {
    int features = examples.size() == 0 ? 0 : examples.features()[0].length;
    ByteBuffer row = ByteBuffer.allocate(features * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel file = create(folder.resolve(split + ".f32"))) {
      for (float[] values : examples.features()) {
        row.clear().asFloatBuffer().put(values);
        writeAll(file, row);
      }
    }
    ByteBuffer labels =
        ByteBuffer.allocate(examples.size() * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    labels.asIntBuffer().put(examples.labels());
    try (FileChannel file = create(folder.resolve(split + ".labels.i32"))) {
      writeAll(file, labels);
    }
  }

  private static FileChannel create(Path path) throws IOException {
    return FileChannel.open(
        path,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  private static void writeAll(FileChannel file, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }
}
