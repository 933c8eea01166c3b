package io.headgraft.coreml;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.SharedMaterial;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real network against the features that another implementation computed. */
@ParameterizedClass
@EnumSource(NetworkEngine.class)
class ReferenceFeaturesTest {

  private static final int BATCH = 4;

  private static CompiledNetwork network;
  private static final List<byte[]> IMAGES = new ArrayList<>();
  private static final List<float[]> EXPECTED = new ArrayList<>();

  @Parameter NetworkEngine engine;

  @BeforeAll
  static void read() throws IOException {
    Path folder = SharedMaterial.reference("features");
    List<String> lines = Files.readAllLines(folder.resolve("features.csv"));
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      IMAGES.add(pixels(folder.resolve(cells[0])));
      float[] features = new float[cells.length - 1];
      for (int i = 0; i < features.length; i++) {
        features[i] = Float.parseFloat(cells[i + 1]);
      }
      EXPECTED.add(features);
    }
  }

  @BeforeParameterizedClassInvocation
  static void load(NetworkEngine engine) throws IOException {
    network = load(engine, BATCH);
  }

  private static CompiledNetwork load(NetworkEngine engine, int batchSize) throws IOException {
    return CompiledNetwork.load(
        NetworkGraph.of(SharedMaterial.squeezeNet(), "SqueezeNet").cutAt("flatten"),
        batchSize,
        engine);
  }

  @AfterParameterizedClassInvocation
  static void close() {
    network.close();
  }

  private static byte[] pixels(Path png) throws IOException {
    BufferedImage image = ImageIO.read(png.toFile());
    byte[] pixels = new byte[image.getWidth() * image.getHeight() * 3];
    int i = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int rgb = image.getRGB(x, y);
        pixels[i++] = (byte) rgb;
        pixels[i++] = (byte) (rgb >> 8);
        pixels[i++] = (byte) (rgb >> 16);
      }
    }
    return pixels;
  }

  @Test
  void areThoseOfTheReference() {
    assertThat(IMAGES).hasSize(14);
    double largest = 0;
    for (int i = 0; i < IMAGES.size(); i++) {
      float[] features = alone(i);
      assertThat(features).hasSize(1000);
      for (int k = 0; k < features.length; k++) {
        largest = Math.max(largest, Math.abs(features[k] - EXPECTED.get(i)[k]));
      }
    }
    System.out.printf("%s: largest error %.1e%n", engine, largest);
    // 1e-3 is what is promised; a tenth of it shows a change of arithmetic early.
    assertThat(largest).isLessThan(1e-4);
  }

  @Test
  void doNotDependOnTheImagesBesideOrOnTheirOrder() {
    float[][] alone = allAlone();
    for (int shift = 0; shift < BATCH; shift++) {
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < IMAGES.size(); i++) {
        order.add(i);
      }
      Collections.rotate(order, shift);
      for (int start = 0; start < order.size(); start += BATCH) {
        List<Integer> batch = order.subList(start, Math.min(start + BATCH, order.size()));
        float[][] features = network.run(batch.stream().map(IMAGES::get).toList());
        for (int i = 0; i < features.length; i++) {
          assertThat(features[i])
              .as("image %d in batch %s", batch.get(i), batch)
              .isEqualTo(alone[batch.get(i)]);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 6, 7, 8})
  void doNotDependOnTheSizeOfBatches(int size) throws IOException {
    try (CompiledNetwork other = load(engine, size)) {
      for (int i = 0; i < size; i++) {
        float[][] features = other.run(IMAGES.subList(0, i + 1));
        for (int k = 0; k <= i; k++) {
          assertThat(features[k]).as("image %d of %d", k, i + 1).isEqualTo(alone(k));
        }
      }
    }
  }

  @Test
  void areTheSameInEveryPositionOfABatch() {
    float[] alone = alone(0);

    assertThat(network.run(Collections.nCopies(BATCH, IMAGES.get(0))))
        .isDeepEqualTo(Collections.nCopies(BATCH, alone).toArray(new float[0][]));
  }

  @Test
  void areTheSameFromTwoThreadsAtOnce() throws Exception {
    float[][] alone = allAlone();
    Callable<float[][]> all = ReferenceFeaturesTest::allAlone;
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (Future<float[][]> features : threads.invokeAll(List.of(all, all))) {
        assertThat(features.get()).isDeepEqualTo(alone);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static float[][] allAlone() {
    float[][] features = new float[IMAGES.size()][];
    for (int i = 0; i < features.length; i++) {
      features[i] = alone(i);
    }
    return features;
  }

  private static float[] alone(int image) {
    return network.run(List.of(IMAGES.get(image)))[0];
  }
}
