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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The real network against the features that another implementation computed. */
class ReferenceFeaturesTest {

  private static final int BATCH = 4;

  private static CompiledNetwork network;
  private static final List<byte[]> IMAGES = new ArrayList<>();
  private static final List<float[]> EXPECTED = new ArrayList<>();

  @BeforeAll
  static void load() throws IOException {
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
    network =
        CompiledNetwork.load(
            NetworkGraph.of(SharedMaterial.squeezeNet(), "SqueezeNet").cutAt("flatten"), BATCH);
  }

  @AfterAll
  static void close() {
    if (network != null) {
      network.close();
    }
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
