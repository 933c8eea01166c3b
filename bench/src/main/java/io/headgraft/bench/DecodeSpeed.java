package io.headgraft.bench;

import io.headgraft.Json;
import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.CompiledNetwork;
import io.headgraft.image.Augmentation;
import io.headgraft.image.ImageTransform;
import io.headgraft.run.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Scanner;

/**
 * From a file to the network's input, on one thread, on demand: for {@code bench/decode.py}, which
 * has Pillow's in between.
 *
 * <p>Argument: backbone. Reads from standard input paths of photos, one a line, and answers each
 * with a line of JSON: seconds of the clock and features.
 */
public final class DecodeSpeed {

  private DecodeSpeed() {}

  /** Answers until standard input ends. */
  public static void main(String[] args) throws IOException {
    Backbone backbone = Backbone.read(Files.readAllBytes(Path.of(args[0])), args[0], "flatten");
    Settings settings = Settings.load(Optional.empty(), List.of());
    try (CompiledNetwork network = backbone.compile(1, settings.engine())) {
      ImageTransform transform =
          new ImageTransform(settings.image(), network.input().width(), network.input().height());
      Scanner lines = new Scanner(System.in, "UTF-8");
      while (lines.hasNextLine()) {
        byte[] file = Files.readAllBytes(Path.of(lines.nextLine()));
        long start = System.nanoTime();
        byte[] pixels = transform.apply(file, List.of(new Augmentation.None())).get(0);
        double seconds = (System.nanoTime() - start) / 1e9;
        float[] features = network.run(List.of(pixels))[0];
        System.out.println(Json.line(Map.of("seconds", seconds, "features", features)));
      }
    }
  }
}
