package io.headgraft.image;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * One file's bytes to network inputs: decode, orient, augment, cut, resize. Stateless and safe for
 * use by many threads at once; no native memory outlives a call.
 *
 * <p>The picture is decoded once to 8-bit BGR, whatever it is stored as: grey and palette are
 * spread to three channels, CMYK is converted, 16 bits are reduced to 8, transparency is composited
 * over white, and the EXIF orientation is applied. Colour profiles are not. A picture that has the
 * input's size already is passed on bit by bit; any other is resized with an antialiasing filter
 * (area average) along an axis that shrinks and linearly along one that grows.
 */
public final class ImageTransform implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final int CHANNELS = 3;

  private final ImageOptions options;
  private final int width;
  private final int height;

  /**
   * For a network with this input.
   *
   * @param width of the network's input, in pixels
   * @param height of the network's input, in pixels
   * @throws IllegalArgumentException if one of them is not positive
   */
  public ImageTransform(ImageOptions options, int width, int height) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "The network's input is %d x %d pixels, must be positive".formatted(width, height));
    }
    this.options = Objects.requireNonNull(options, "options");
    this.width = width;
    this.height = height;
  }

  /**
   * Checks a listed file before it is read at all.
   *
   * @param bytes the file's length
   * @throws RejectedImageException {@link Rejection#EMPTY} or {@link Rejection#TOO_MANY_BYTES}
   */
  public void checkLength(long bytes) {
    options.checkLength(bytes);
  }

  /**
   * The network's input for each of an image's variants.
   *
   * @param file the whole file; not changed
   * @param augmentations the variants that are asked for
   * @return for each augmentation, in their order, {@code height} rows of {@code width} pixels of
   *     three bytes: blue, green, red, each 0 to 255
   * @throws RejectedImageException if the file is not a picture that can be used
   */
  @SuppressWarnings("try") // the scope works by being open
  public List<byte[]> apply(byte[] file, List<Augmentation> augmentations) {
    checkLength(file.length);
    ImageHeader header = ImageHeader.read(file, options);
    try (PointerScope scope = new PointerScope()) {
      Mat picture = ImageDecoder.decode(file, header);
      List<byte[]> inputs = new ArrayList<>(augmentations.size());
      for (Augmentation augmentation : augmentations) {
        inputs.add(input(picture, augmentation));
      }
      return List.copyOf(inputs);
    }
  }

  @SuppressWarnings("try") // the scope works by being open
  private byte[] input(Mat picture, Augmentation augmentation) {
    // A scope of its own, so that not all variants of a large picture lie in memory at once.
    try (PointerScope scope = new PointerScope()) {
      Mat cut = Resize.cut(augmentation.apply(picture), options.crop(), width, height);
      Mat input = Resize.resize(cut, width, height);
      byte[] pixels = new byte[width * height * CHANNELS];
      try (BytePointer data = input.data()) {
        data.get(pixels);
      }
      return pixels;
    }
  }
}
