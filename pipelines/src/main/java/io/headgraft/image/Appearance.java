package io.headgraft.image;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.RNG;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/** Augmentations that change pixels where they are. */
final class Appearance {

  private static final int LEVELS = 256;

  /** The luma of red, green and blue, as feColorMatrix rounds it. */
  private static final double[] LUMA = {0.213, 0.715, 0.072};

  /** The part of feColorMatrix's hueRotate that goes with the sine, row by row. */
  private static final double[][] HUE_SINE = {
    {-0.213, -0.715, 0.928}, {0.143, 0.140, -0.283}, {-0.787, 0.715, 0.072}
  };

  private Appearance() {}

  static Mat expose(Mat picture, double stops) {
    double factor = StrictMath.pow(2, stops);
    byte[] levels = new byte[LEVELS];
    for (int i = 0; i < LEVELS; i++) {
      double light = Math.min(1, factor * linear(i / 255.0));
      levels[i] = (byte) Math.round(255 * encoded(light));
    }
    Mat exposed = new Mat();
    try (BytePointer values = new BytePointer(levels);
        Mat table = new Mat(1, LEVELS, opencv_core.CV_8UC1, values)) {
      opencv_core.LUT(picture, table, exposed);
    }
    return exposed;
  }

  /** IEC 61966-2-1. */
  private static double linear(double value) {
    return value <= 0.04045 ? value / 12.92 : StrictMath.pow((value + 0.055) / 1.055, 2.4);
  }

  private static double encoded(double light) {
    return light <= 0.0031308 ? 12.92 * light : 1.055 * StrictMath.pow(light, 1 / 2.4) - 0.055;
  }

  static Mat shiftColors(Mat picture, double hue, double saturation) {
    Mat shifted = new Mat();
    opencv_core.transform(picture, shifted, colorMatrix(hue, saturation));
    return shifted;
  }

  /** On blue, green and red: {@code saturate}, then {@code hueRotate}. */
  private static Mat colorMatrix(double hue, double saturation) {
    double sin = StrictMath.sin(StrictMath.toRadians(hue));
    double cos = StrictMath.cos(StrictMath.toRadians(hue));
    Mat matrix = new Mat(3, 3, opencv_core.CV_32F);
    try (FloatIndexer values = matrix.createIndexer()) {
      for (int row = 0; row < 3; row++) {
        for (int column = 0; column < 3; column++) {
          double sum = 0;
          for (int k = 0; k < 3; k++) {
            double rotate = mix(row, k, cos) + sin * HUE_SINE[row][k];
            sum += rotate * mix(k, column, saturation);
          }
          values.put(2 - row, 2 - column, (float) sum);
        }
      }
    }
    return matrix;
  }

  /** An entry of the matrix that keeps the luma and takes a share of the distance from it. */
  private static double mix(int row, int column, double share) {
    double luma = LUMA[column];
    return luma + share * ((row == column ? 1 : 0) - luma);
  }

  /**
   * @param sigma in pixels
   */
  static Mat blur(Mat picture, double sigma) {
    if (sigma == 0) {
      return picture;
    }
    Mat blurred = new Mat();
    opencv_imgproc.GaussianBlur(picture, blurred, new Size(0, 0), sigma);
    return blurred;
  }

  static Mat addNoise(Mat picture, double sd, long seed) {
    Mat noise = new Mat(picture.rows(), picture.cols(), opencv_core.CV_16SC3);
    try (RNG random = new RNG(seed)) {
      random._fill(noise, RNG.NORMAL, number(0), number(sd));
    }
    Mat noisy = new Mat();
    opencv_core.add(picture, noise, noisy, opencv_core.noArray(), opencv_core.CV_8U);
    return noisy;
  }

  /** As OpenCV takes a number that could be one for each channel. */
  private static Mat number(double value) {
    return new Mat(1, 1, opencv_core.CV_64F, Scalar.all(value));
  }
}
