package io.headgraft.jobs;

import io.headgraft.backbone.SqueezeNet;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/** Runs the command line in this JVM, and makes what it works on. */
final class CommandLineFixture {

  /** How a command ended, and what it printed. */
  record Outcome(int exitCode, String out, String err) {}

  private CommandLineFixture() {}

  /** Runs a command. */
  static Outcome headgraft(Object... args) {
    List<String> texts = new ArrayList<>();
    for (Object arg : args) {
      texts.add(arg.toString());
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode =
        Main.run(
            new PrintWriter(out, true), new PrintWriter(err, true), texts.toArray(String[]::new));
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  /** A backbone with random weights, which is enough wherever accuracy does not matter. */
  static Path untrainedBackbone(Path folder) throws IOException {
    return Files.write(folder.resolve("untrained.mlmodel"), SqueezeNet.untrained(1).toByteArray());
  }

  /** Some small photos of two labels, twelve each: bright and dark ones. */
  static Path twoLabels(Path folder) {
    for (int i = 0; i < 12; i++) {
      photo(folder.resolve("bright/" + i + ".png"), 200, i);
      photo(folder.resolve("dark/" + i + ".png"), 40, 100 + i);
    }
    return folder;
  }

  /** A small picture of noise around a brightness. */
  static Path photo(Path file, int brightness, long seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(48, 40, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    for (int i = 0; i < 60; i++) {
      int level = Math.max(0, Math.min(255, brightness + random.nextInt(81) - 40));
      graphics.setColor(new Color(level, level, (level + 3 * i) % 256));
      graphics.fillRect(random.nextInt(48), random.nextInt(40), 8, 8);
    }
    graphics.dispose();
    try {
      Files.createDirectories(file.getParent());
      String name = file.toString();
      ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile());
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
