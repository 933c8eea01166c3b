package io.headgraft.image;

import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/** Augmentations that move pixels. */
final class Geometry {

  private Geometry() {}

  /**
   * @param flipCode OpenCV's: 0 top and bottom, 1 left and right
   */
  static Mat flip(Mat picture, int flipCode) {
    Mat flipped = new Mat();
    opencv_core.flip(picture, flipped, flipCode);
    return flipped;
  }

  /** A view, not a copy. */
  static Mat part(Mat picture, double area, double x, double y) {
    double share = Math.sqrt(area);
    int width = side(picture.cols() * share);
    int height = side(picture.rows() * share);
    int left = (int) Math.round((picture.cols() - width) * x);
    int top = (int) Math.round((picture.rows() - height) * y);
    return new Mat(picture, new Rect(left, top, width, height));
  }

  /** Turned counter-clockwise, and cut to what has no empty corners. */
  static Mat rotate(Mat picture, double degrees) {
    double sin = StrictMath.sin(StrictMath.toRadians(degrees));
    double cos = StrictMath.cos(StrictMath.toRadians(degrees));
    int width = picture.cols();
    int height = picture.rows();
    // The kept part, turned back, is a rectangle at an angle: its bounding box must fit in.
    double share =
        Math.min(
            width / (Math.abs(cos) * width + Math.abs(sin) * height),
            height / (Math.abs(sin) * width + Math.abs(cos) * height));
    Size size = new Size(whole(width * share), whole(height * share));
    Mat rotated = new Mat();
    opencv_imgproc.warpAffine(
        picture,
        rotated,
        turn(picture, size, sin, cos),
        size,
        opencv_imgproc.INTER_LINEAR | opencv_imgproc.WARP_INVERSE_MAP,
        // Met by rounding errors, and by pictures of a pixel's height.
        opencv_core.BORDER_REPLICATE,
        Scalar.all(0));
    return rotated;
  }

  /** From the positions in the result to those in the picture, both about their centres. */
  private static Mat turn(Mat picture, Size size, double sin, double cos) {
    double x = (size.width() - 1) / 2.0;
    double y = (size.height() - 1) / 2.0;
    Mat matrix = new Mat(2, 3, opencv_core.CV_64F);
    try (DoubleIndexer values = matrix.createIndexer()) {
      values.put(0, 0, cos, -sin, (picture.cols() - 1) / 2.0 - cos * x + sin * y);
      values.put(1, 0, sin, cos, (picture.rows() - 1) / 2.0 - sin * x - cos * y);
    }
    return matrix;
  }

  private static int whole(double length) {
    // Half a turn keeps all of the picture, whatever the sine of 180 degrees is rounded to.
    return side(Math.floor(length + 1e-9));
  }

  private static int side(double length) {
    return (int) Math.max(1, Math.round(length));
  }
}
