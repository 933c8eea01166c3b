package io.headgraft.bench;

import io.headgraft.backbone.Backbone;
import io.headgraft.features.FeatureExtractor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Resident set of a JVM that extracts features, after each thousand images: does native memory
 * grow? Extracts the photos of a folder again and again, with two Spark tasks at a time.
 *
 * <p>Arguments: backbone, folder of photos, number of images.
 */
public final class ResidentSet {

  private static final int ROUND = 1000;

  private ResidentSet() {}

  /** Prints a line a thousand images: images, seconds, resident set in MiB. */
  public static void main(String[] args) throws IOException {
    List<String> photos = photos(Path.of(args[1]));
    int images = Integer.parseInt(args[2]);
    String backbone = Path.of(args[0]).toString();
    Backbone.read(Files.readAllBytes(Path.of(args[0])), backbone, "flatten");
    try (SparkSession spark = LocalSpark.session()) {
      long start = System.nanoTime();
      for (int done = 0; done < images; done += ROUND) {
        extract(spark, backbone, round(photos, done));
        System.out.printf(
            "%d images, %.1f s, %d MiB%n",
            done + ROUND, (System.nanoTime() - start) / 1e9, mebibytes("VmRSS"));
      }
    }
  }

  private static List<String> photos(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).map(Path::toString).sorted().toList();
    }
  }

  private static List<String> round(List<String> photos, int from) {
    return Stream.iterate(from, i -> i + 1)
        .limit(ROUND)
        .map(i -> photos.get(i % photos.size()))
        .toList();
  }

  private static void extract(SparkSession spark, String backbone, List<String> photos) {
    Dataset<Row> paths = spark.createDataset(photos, Encoders.STRING()).toDF("path").repartition(8);
    long features =
        new FeatureExtractor()
            .setModelUrl(backbone)
            .setInputCols("path")
            .transform(paths)
            .selectExpr("aggregate(feature, 0D, (a, b) -> a + b) AS total")
            .where("total >= 0")
            .count();
    if (features != photos.size()) {
      throw new IllegalStateException(features + " features of " + photos.size() + " images");
    }
  }

  /**
   * What Linux says of this process's memory.
   *
   * @param what VmRSS, or for the highest there has been VmHWM
   */
  static long mebibytes(String what) {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(what + ":"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
