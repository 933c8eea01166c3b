package io.headgraft.bench;

import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.CompiledNetwork;
import io.headgraft.coreml.NetworkEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Images a second of the network alone, random images from memory, for some batch sizes: the
 * counterpart of {@code peers/network.py}.
 *
 * <p>Arguments: backbone, engine, threads, batch sizes with commas between them, runs of each.
 */
public final class NetworkSpeed {

  private static final int IMAGES_A_RUN = 320;

  private NetworkSpeed() {}

  /** Prints a line a batch size: the median of its runs. */
  public static void main(String[] args) throws IOException {
    Backbone backbone = Backbone.read(Files.readAllBytes(Path.of(args[0])), args[0], "flatten");
    NetworkEngine engine = NetworkEngine.of(args[1]);
    int threads = Integer.parseInt(args[2]);
    for (String size : args[3].split(",", -1)) {
      try (CompiledNetwork network = backbone.compile(Integer.parseInt(size), engine)) {
        List<byte[]> batch = batch(network);
        run(network, batch, threads);
        double[] rates =
            IntStream.range(0, Integer.parseInt(args[4]))
                .mapToDouble(i -> run(network, batch, threads))
                .sorted()
                .toArray();
        System.out.printf(
            "%s, batch %s, %d threads: median %.0f images/s (%.0f to %.0f)%n",
            engine, size, threads, rates[rates.length / 2], rates[0], rates[rates.length - 1]);
      }
    }
  }

  private static List<byte[]> batch(CompiledNetwork network) {
    List<byte[]> batch = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < network.batchSize(); i++) {
      byte[] pixels = new byte[network.input().width() * network.input().height() * 3];
      random.nextBytes(pixels);
      batch.add(pixels);
    }
    return batch;
  }

  private static double run(CompiledNetwork network, List<byte[]> batch, int threads) {
    int passes = Math.max(1, IMAGES_A_RUN / batch.size() / threads);
    long start = System.nanoTime();
    CompletableFuture<?>[] all =
        IntStream.range(0, threads)
            .mapToObj(
                t ->
                    CompletableFuture.runAsync(
                        () -> IntStream.range(0, passes).forEach(i -> network.run(batch)),
                        task -> new Thread(task).start()))
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(all).join();
    return passes * threads * batch.size() / ((System.nanoTime() - start) / 1e9);
  }
}
