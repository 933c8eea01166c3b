package io.headgraft.image;

import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/** From a picture of any size to the network's input. */
final class Resize {

  private Resize() {}

  /** The part of the picture that is used: a view, not a copy. */
  static Mat cut(Mat picture, Crop crop, int width, int height) {
    return switch (crop) {
      case SCALE_FILL -> picture;
      case CENTER_CROP -> centerCrop(picture, width, height);
    };
  }

  /** In at most two steps, since OpenCV takes one filter for both axes. */
  static Mat resize(Mat picture, int width, int height) {
    Mat shrunk =
        scale(
            picture,
            Math.min(width, picture.cols()),
            Math.min(height, picture.rows()),
            opencv_imgproc.INTER_AREA);
    Mat resized = scale(shrunk, width, height, opencv_imgproc.INTER_LINEAR);
    // A view on a part of a picture has gaps between its rows.
    return resized.isContinuous() ? resized : resized.clone();
  }

  private static Mat centerCrop(Mat picture, int width, int height) {
    long byHeight = Math.round((double) picture.rows() * width / height);
    long byWidth = Math.round((double) picture.cols() * height / width);
    int cutWidth = (int) Math.max(1, Math.min(picture.cols(), byHeight));
    int cutHeight = (int) Math.max(1, Math.min(picture.rows(), byWidth));
    int left = (picture.cols() - cutWidth) / 2;
    int top = (picture.rows() - cutHeight) / 2;
    return new Mat(picture, new Rect(left, top, cutWidth, cutHeight));
  }

  private static Mat scale(Mat picture, int width, int height, int filter) {
    if (picture.cols() == width && picture.rows() == height) {
      return picture;
    }
    Mat scaled = new Mat();
    opencv_imgproc.resize(picture, scaled, new Size(width, height), 0, 0, filter);
    return scaled;
  }
}
