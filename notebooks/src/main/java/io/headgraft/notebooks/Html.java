package io.headgraft.notebooks;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Pieces of HTML. */
final class Html {

  private Html() {}

  /** A picture that is part of the page. */
  static String image(BufferedImage image, int width) {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", png);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "<img alt=\"\" width=\"%d\" src=\"data:image/png;base64,%s\">"
        .formatted(width, Base64.getEncoder().encodeToString(png.toByteArray()));
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
