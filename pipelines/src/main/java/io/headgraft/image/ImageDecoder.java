package io.headgraft.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/** Decodes a file whose header was read, to an upright picture of 8-bit BGR. */
final class ImageDecoder {

  private static final int PIXELS_A_BAND = 1 << 20;

  static {
    // A Spark executor decodes one picture a task slot, on all cores. OpenCV's own threads would
    // only compete with them, and each of them would keep a pool as large as the machine.
    opencv_core.setNumThreads(1);
  }

  private ImageDecoder() {}

  /** Loads OpenCV, if nobody has before. */
  static void load() {
    Loader.load(opencv_imgcodecs.class);
  }

  /**
   * Decodes a picture; a JPEG at a half, a quarter or an eighth of its size where that is enough:
   * libjpeg then leaves out the finest waves of each block of 8 × 8 pixels, and the work that they
   * make (its manual, "Decompression parameter selection", scale_denom).
   *
   * @param enough pixels of the shorter side that the result has at least, if the picture has
   * @return owned by the caller's {@link PointerScope}
   * @throws RejectedImageException {@link Rejection#CORRUPT} if a decoder gives up
   */
  static Mat decode(byte[] file, ImageHeader header, int enough) {
    Mat stored =
        switch (header.codec()) {
          case OPENCV -> withOpenCv(file, mode(header, enough));
          case JDK -> withJdk(file);
        };
    Mat opaque = Transparencies.overWhite(stored, header.transparency());
    if (opaque.type() != opencv_core.CV_8UC3) {
      // Whoever reads the pixels relies on it: native memory has no bounds.
      throw new RejectedImageException(
          Rejection.UNSUPPORTED_FORMAT,
          "a picture of %d channels in this layout is not read".formatted(opaque.channels()));
    }
    return Orientation.upright(opaque, header.orientation());
  }

  private static int mode(ImageHeader header, int enough) {
    // Alpha is handed out only with the picture as it is stored.
    if (!header.transparency().equals(ImageHeader.OPAQUE)) {
      return opencv_imgcodecs.IMREAD_UNCHANGED;
    }
    int colour =
        header.reducible() / 8 >= enough
            ? opencv_imgcodecs.IMREAD_REDUCED_COLOR_8
            : header.reducible() / 4 >= enough
                ? opencv_imgcodecs.IMREAD_REDUCED_COLOR_4
                : header.reducible() / 2 >= enough
                    ? opencv_imgcodecs.IMREAD_REDUCED_COLOR_2
                    : opencv_imgcodecs.IMREAD_COLOR;
    // The orientation is applied here, since OpenCV applies it to JPEG and PNG, not to WebP, and
    // not together with alpha.
    return colour | opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
  }

  private static Mat withOpenCv(byte[] file, int mode) {
    Mat decoded;
    try (BytePointer bytes = new BytePointer(file);
        Mat buffer = new Mat(1, file.length, opencv_core.CV_8UC1, bytes)) {
      decoded = opencv_imgcodecs.imdecode(buffer, mode);
    } catch (RuntimeException e) {
      // What JavaCPP makes of a C++ exception.
      throw corrupt(e);
    }
    if (decoded.empty()) {
      throw new RejectedImageException(Rejection.CORRUPT, "OpenCV cannot decode the picture");
    }
    return decoded;
  }

  private static Mat withJdk(byte[] file) {
    BufferedImage image;
    try {
      // Given a plain stream, ImageIO would copy it to a file in the temporary folder.
      image = ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(file)));
    } catch (IOException | RuntimeException e) {
      // The JDK's decoder answers damage with the run-time exceptions of arrays, too.
      throw corrupt(e);
    }
    if (image == null) {
      throw new RejectedImageException(Rejection.CORRUPT, "the JDK cannot decode the picture");
    }
    return bgra(image);
  }

  /**
   * How many rows of a picture are worked on at once, where all of them would take too much memory.
   */
  static int rowsOfBand(int width) {
    return Math.max(1, PIXELS_A_BAND / width);
  }

  /**
   * Band by band: in Java's own memory, a whole picture of ints would be the largest part of it.
   */
  private static Mat bgra(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    int rows = rowsOfBand(width);
    Mat bgra = new Mat(height, width, opencv_core.CV_8UC4);
    int[] argb = new int[width * Math.min(rows, height)];
    try (IntPointer pixels = new IntPointer(bgra.data())) {
      for (int row = 0; row < height; row += rows) {
        int band = Math.min(rows, height - row);
        image.getRGB(0, row, width, band, argb, 0, width);
        // ARGB in an int is B, G, R, A in memory, on all the platforms that OpenCV is packed for.
        pixels.position((long) row * width).put(argb, 0, width * band);
      }
    }
    return bgra;
  }

  private static RejectedImageException corrupt(Exception cause) {
    RejectedImageException rejected =
        new RejectedImageException(
            Rejection.CORRUPT, "the picture cannot be decoded: " + cause.getMessage());
    rejected.initCause(cause);
    return rejected;
  }
}
