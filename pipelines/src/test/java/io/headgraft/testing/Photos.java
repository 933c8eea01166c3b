package io.headgraft.testing;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;

/** Small pictures, drawn by number. */
public final class Photos {

  private Photos() {}

  /** A PNG of 24 by 20 pixels; each number has a picture of its own. */
  public static byte[] png(long number) {
    SplittableRandom random = new SplittableRandom(number);
    BufferedImage image = new BufferedImage(24, 20, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = image.createGraphics();
    for (int i = 0; i < 8; i++) {
      canvas.setColor(new Color(random.nextInt(1 << 24)));
      canvas.fillRect(random.nextInt(20), random.nextInt(16), 12, 9);
    }
    canvas.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Writes a picture, and the folders above it. */
  public static Path write(Path file, long number) throws IOException {
    return write(file, png(number));
  }

  /** Writes a file, and the folders above it. */
  public static Path write(Path file, byte[] bytes) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }
}
