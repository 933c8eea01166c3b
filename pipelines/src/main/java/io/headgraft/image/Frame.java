package io.headgraft.image;

import io.headgraft.image.Augmentation.Step;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * What a picture is brought to.
 *
 * @param width of the result, in pixels
 * @param height of the result, in pixels
 */
record Frame(Crop crop, int width, int height) {

  /**
   * How much larger a reduced picture is than the result: what is left after the tightest crop
   * (half of each side) still fills it.
   */
  private static final int RESERVE = 2;

  /** The shorter side, in pixels, of a picture that is large enough for a result of this size. */
  static int enough(int longerSide) {
    return longerSide;
  }

  /** The frame of a picture's aspect ratio whose longer side has so many pixels at most. */
  static Frame within(Mat picture, int side) {
    double scale = Math.min(1, (double) side / Math.max(picture.cols(), picture.rows()));
    return new Frame(Crop.SCALE_FILL, scaled(picture.cols(), scale), scaled(picture.rows(), scale));
  }

  /** Whether all pixels of the picture are used: resizing twice would change the last bits. */
  static boolean isExact(Augmentation augmentation) {
    return augmentation.steps().stream().allMatch(step -> step.kind().isFlip());
  }

  /** A picture of the same aspect ratio that holds all that the result can show. */
  Mat reduce(Mat picture) {
    double scale =
        RESERVE * Math.max((double) width / picture.cols(), (double) height / picture.rows());
    return scale < 1
        ? Resize.resize(picture, scaled(picture.cols(), scale), scaled(picture.rows(), scale))
        : picture;
  }

  /** The augmented picture in this frame. */
  Mat show(Mat picture, Augmentation augmentation) {
    Mat moved = picture;
    for (Step step : augmentation.steps()) {
      if (step.kind().isGeometric()) {
        moved = step.apply(moved);
      }
    }
    Mat shown = Resize.resize(Resize.cut(moved, crop, width, height), width, height);
    for (Step step : augmentation.steps()) {
      if (!step.kind().isGeometric()) {
        shown = step.apply(shown);
      }
    }
    return shown;
  }

  private static int scaled(int side, double scale) {
    return (int) Math.max(1, Math.round(side * scale));
  }
}
