package io.headgraft.image;

import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/** The eight ways of holding a camera (EXIF, tag 274). */
final class Orientation {

  private Orientation() {}

  /**
   * @param picture is used up
   * @param orientation 1 (upright) to 8
   */
  static Mat upright(Mat picture, int orientation) {
    return switch (orientation) {
      case 2 -> flip(picture, 1);
      case 3 -> flip(picture, -1);
      case 4 -> flip(picture, 0);
      case 5 -> transpose(picture);
      case 6 -> flip(transpose(picture), 1);
      case 7 -> flip(transpose(picture), -1);
      case 8 -> flip(transpose(picture), 0);
      default -> picture;
    };
  }

  /**
   * @param flipCode OpenCV's: 0 top and bottom, 1 left and right, -1 both
   */
  private static Mat flip(Mat picture, int flipCode) {
    // In its place, as OpenCV's own rotate has it: a copy would take as much memory again.
    opencv_core.flip(picture, picture, flipCode);
    return picture;
  }

  private static Mat transpose(Mat picture) {
    Mat transposed = new Mat();
    opencv_core.transpose(picture, transposed);
    picture.release();
    return transposed;
  }
}
