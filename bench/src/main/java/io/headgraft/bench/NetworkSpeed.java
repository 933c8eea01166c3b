package io.headgraft.bench;

import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.CompiledNetwork;
import io.headgraft.coreml.NetworkEngine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
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

  /**
   * Images a second.
   *
   * @param wall of the clock
   * @param work of a processor: hardly less while other programs want it, too
   */
  private record Rate(double wall, double work) {}

  private NetworkSpeed() {}

  /** Prints a line a batch size: the medians of its runs. */
  public static void main(String[] args) throws IOException {
    Backbone backbone = Backbone.read(Files.readAllBytes(Path.of(args[0])), args[0], "flatten");
    NetworkEngine engine = NetworkEngine.of(args[1]);
    int threads = Integer.parseInt(args[2]);
    for (String size : args[3].split(",", -1)) {
      try (CompiledNetwork network = backbone.compile(Integer.parseInt(size), engine)) {
        List<byte[]> batch = batch(network);
        run(network, batch, threads);
        List<Rate> rates =
            IntStream.range(0, Integer.parseInt(args[4]))
                .mapToObj(i -> run(network, batch, threads))
                .toList();
        double[] walls = rates.stream().mapToDouble(Rate::wall).sorted().toArray();
        double[] works = rates.stream().mapToDouble(Rate::work).sorted().toArray();
        System.out.printf(
            "%s, batch %s, %d threads: median %.1f images/s (%.1f to %.1f), %.1f a second of processor time%n",
            engine,
            size,
            threads,
            walls[walls.length / 2],
            walls[0],
            walls[walls.length - 1],
            works[works.length / 2]);
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

  private static Rate run(CompiledNetwork network, List<byte[]> batch, int threads) {
    int passes = Math.max(1, IMAGES_A_RUN / batch.size() / threads);
    long start = System.nanoTime();
    List<CompletableFuture<Long>> all =
        IntStream.range(0, threads)
            .mapToObj(
                t ->
                    CompletableFuture.supplyAsync(
                        () -> work(network, batch, passes), task -> new Thread(task).start()))
            .toList();
    long work = all.stream().mapToLong(CompletableFuture::join).sum();
    double images = passes * threads * batch.size() * 1e9;
    return new Rate(images / (System.nanoTime() - start), images / work);
  }

  /** Nanoseconds of this thread's own. */
  private static long work(CompiledNetwork network, List<byte[]> batch, int passes) {
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    long start = clock.getCurrentThreadCpuTime();
    for (int i = 0; i < passes; i++) {
      network.run(batch);
    }
    return clock.getCurrentThreadCpuTime() - start;
  }
}
