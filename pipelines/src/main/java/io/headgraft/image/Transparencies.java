package io.headgraft.image;

import io.headgraft.image.ImageHeader.Transparency;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;

/**
 * Puts white behind what is transparent: the colour of the page that such pictures are mostly made
 * for. Without it, what shows is the colour that happens to be stored under full transparency.
 */
final class Transparencies {

  private static final double MAX_8_BIT = 255;
  private static final double MAX_16_BIT = 65535;

  private Transparencies() {}

  /**
   * To 8-bit BGR, band by band: each pixel is on its own, and what lies between the two pictures
   * would take several times their memory.
   *
   * @param stored is used up
   */
  @SuppressWarnings("try") // the scope works by being open
  static Mat overWhite(Mat stored, Transparency transparency) {
    if (stored.type() == opencv_core.CV_8UC3) {
      return stored;
    }
    int rows = ImageDecoder.rowsOfBand(stored.cols());
    Mat opaque = new Mat();
    for (int row = 0; row < stored.rows(); row += rows) {
      int end = Math.min(stored.rows(), row + rows);
      try (PointerScope scope = new PointerScope()) {
        Mat band = bandOverWhite(stored.rowRange(row, end), transparency);
        if (opaque.empty()) {
          opaque.create(stored.rows(), stored.cols(), band.type());
        }
        band.copyTo(opaque.rowRange(row, end));
      }
    }
    stored.release();
    return opaque;
  }

  private static Mat bandOverWhite(Mat stored, Transparency transparency) {
    if (transparency instanceof Transparency.GreyLevel grey) {
      return toBgr(toEightBits(whiten(stored, grey.level())));
    }
    Mat picture = toEightBits(stored);
    if (picture.channels() != 4) {
      return toBgr(picture);
    }
    return transparency instanceof Transparency.Premultiplied ? addWhite(picture) : blend(picture);
  }

  private static Mat whiten(Mat grey, int level) {
    Mat mask = opencv_core.equals(grey, level).asMat();
    double white = grey.depth() == opencv_core.CV_16U ? MAX_16_BIT : MAX_8_BIT;
    grey.setTo(new Mat(Scalar.all(white)), mask);
    return grey;
  }

  /** c' = 255 - (255 - c) a, with a from 0 to 1. */
  private static Mat blend(Mat bgra) {
    Mat darkness = inverted(toBgr(bgra));
    Mat blended = new Mat();
    opencv_core.multiply(darkness, alpha(bgra), blended, 1 / MAX_8_BIT, -1);
    return inverted(blended);
  }

  /** c' = c + 255 (1 - a), with a from 0 to 1. */
  private static Mat addWhite(Mat bgra) {
    Mat sum = new Mat();
    opencv_core.add(toBgr(bgra), inverted(alpha(bgra)), sum);
    return sum;
  }

  /** The alpha channel, three times. */
  private static Mat alpha(Mat bgra) {
    Mat alpha = new Mat();
    opencv_core.extractChannel(bgra, alpha, 3);
    return toBgr(alpha);
  }

  private static Mat inverted(Mat picture) {
    Mat inverted = new Mat();
    opencv_core.bitwise_not(picture, inverted);
    return inverted;
  }

  private static Mat toEightBits(Mat picture) {
    if (picture.depth() == opencv_core.CV_8U) {
      return picture;
    }
    Mat eightBits = new Mat();
    picture.convertTo(eightBits, opencv_core.CV_8U, MAX_8_BIT / MAX_16_BIT, 0);
    return eightBits;
  }

  private static Mat toBgr(Mat picture) {
    int conversion =
        switch (picture.channels()) {
          case 1 -> opencv_imgproc.COLOR_GRAY2BGR;
          case 4 -> opencv_imgproc.COLOR_BGRA2BGR;
          default -> -1;
        };
    if (conversion < 0) {
      return picture;
    }
    Mat bgr = new Mat();
    opencv_imgproc.cvtColor(picture, bgr, conversion);
    return bgr;
  }
}
