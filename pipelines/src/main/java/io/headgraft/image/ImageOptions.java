package io.headgraft.image;

import java.io.Serializable;
import java.util.Objects;

/**
 * What is accepted as an image, and how its shape is treated.
 *
 * @param maxPixels width times height above which an image is refused unseen, 1 to 2^30. The tasks
 *     of a JVM together decode pictures of at most twice as many pixels at the same time. Where
 *     OpenCV's own limit is lowered (OPENCV_IO_MAX_IMAGE_PIXELS), it counts as damage.
 * @param maxBytes length above which a file is refused unread, at least 1
 * @param crop how a picture of another shape meets the network's input
 */
public record ImageOptions(long maxPixels, long maxBytes, Crop crop) implements Serializable {

  private static final long serialVersionUID = 1L;

  /** OpenCV's own limits (CV_IO_MAX_IMAGE_PIXELS, _WIDTH, _HEIGHT), fixed when it is loaded. */
  private static final long MAX_PIXELS = 1L << 30;

  private static final int MAX_SIDE = 1 << 20;

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if a limit is out of range
   */
  public ImageOptions {
    if (maxPixels < 1 || maxPixels > MAX_PIXELS) {
      throw new IllegalArgumentException(
          "image.max-pixels is %d, must be 1 to %d, which is OpenCV's own limit"
              .formatted(maxPixels, MAX_PIXELS));
    }
    if (maxBytes < 1) {
      throw new IllegalArgumentException(
          "image.max-bytes is %d, must be positive".formatted(maxBytes));
    }
    Objects.requireNonNull(crop, "crop");
  }

  /**
   * Called by each format's reader as soon as it knows the dimensions.
   *
   * @return how many pixels these are
   */
  long checkPixels(String format, long width, long height) {
    if (width < 1 || height < 1) {
      throw new RejectedImageException(
          Rejection.CORRUPT, "%s: %d x %d pixels".formatted(format, width, height));
    }
    if (width > maxPixels / height) {
      throw new RejectedImageException(
          Rejection.TOO_MANY_PIXELS,
          "%d x %d pixels, image.max-pixels allows %d".formatted(width, height, maxPixels));
    }
    if (Math.max(width, height) > MAX_SIDE) {
      throw new RejectedImageException(
          Rejection.TOO_MANY_PIXELS,
          "%d x %d pixels, OpenCV allows %d along a side".formatted(width, height, MAX_SIDE));
    }
    return width * height;
  }

  /**
   * Checks a file by what the listing says of it, before it is read at all.
   *
   * @throws RejectedImageException {@link Rejection#EMPTY} or {@link Rejection#TOO_MANY_BYTES}
   */
  public void checkLength(long bytes) {
    if (bytes == 0) {
      throw new RejectedImageException(Rejection.EMPTY, "0 bytes");
    }
    if (bytes > maxBytes) {
      throw new RejectedImageException(
          Rejection.TOO_MANY_BYTES,
          "%d bytes, image.max-bytes allows %d".formatted(bytes, maxBytes));
    }
  }
}
