package io.headgraft.bench;

import io.headgraft.features.FeatureExtractor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Peak resident set of a JVM that extracts huge photos, two Spark tasks at a time, format by
 * format: does a partition full of them exhaust an executor?
 *
 * <p>Arguments: {@code make FOLDER}, which takes a heap of its own, or {@code extract BACKBONE
 * FOLDER PHOTOS}.
 */
public final class HugePhotos {

  /** 98 megapixels, where image.max-pixels allows 100. */
  private static final Size SIZE = new Size(11_400, 8_600);

  private HugePhotos() {}

  /** Makes a photo of each format, or prints a line for each: seconds, and peak resident set. */
  public static void main(String[] args) throws IOException {
    if (args[0].equals("make")) {
      make(Files.createDirectories(Path.of(args[1])));
      return;
    }
    try (SparkSession spark = LocalSpark.session()) {
      for (Path photo : photos(Path.of(args[2]))) {
        extract(spark, args[1], photo, Integer.parseInt(args[3]));
      }
    }
  }

  private static void make(Path folder) throws IOException {
    byte[] noise = new byte[57 * 43 * 3];
    new Random(1).nextBytes(noise);
    Mat colours = new Mat(43, 57, opencv_core.CV_8UC3, new BytePointer(noise));
    Mat photo = new Mat();
    opencv_imgproc.resize(colours, photo, SIZE, 0, 0, opencv_imgproc.INTER_CUBIC);
    write(folder.resolve("baseline.jpg"), photo);
    write(folder.resolve("progressive.jpg"), photo, opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1);
    write(folder.resolve("rgb.png"), new Mat(SIZE, opencv_core.CV_8UC3, Scalar.all(99)));
    write(folder.resolve("rgba.png"), new Mat(SIZE, opencv_core.CV_8UC4, Scalar.all(99)));
    write(folder.resolve("rgba16.png"), new Mat(SIZE, opencv_core.CV_16UC4, Scalar.all(9999)));
    ImageIO.write(
        new BufferedImage(SIZE.width(), SIZE.height(), BufferedImage.TYPE_BYTE_INDEXED),
        "gif",
        folder.resolve("palette.gif").toFile());
  }

  private static void write(Path file, Mat photo, int... parameters) {
    opencv_imgcodecs.imwrite(file.toString(), photo, new IntPointer(parameters));
  }

  private static List<Path> photos(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  private static void extract(SparkSession spark, String backbone, Path photo, int photos)
      throws IOException {
    List<String> paths = Collections.nCopies(photos, photo.toString());
    Dataset<Row> rows = spark.createDataset(paths, Encoders.STRING()).toDF("path").repartition(2);
    // Linux forgets the highest resident set there has been.
    Files.writeString(Path.of("/proc/self/clear_refs"), "5");
    long start = System.nanoTime();
    long features =
        new FeatureExtractor()
            .setModelUrl(backbone)
            .setInputCols("path")
            .transform(rows)
            .selectExpr("aggregate(feature, 0D, (a, b) -> a + b) AS total")
            .where("total >= 0")
            .count();
    System.out.printf(
        "%s: %d of %d photos, %.1f s, peak %d MiB%n",
        photo.getFileName(),
        features,
        photos,
        (System.nanoTime() - start) / 1e9,
        ResidentSet.mebibytes("VmHWM"));
  }
}
