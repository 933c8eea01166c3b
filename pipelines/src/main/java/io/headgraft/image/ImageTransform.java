package io.headgraft.image;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * One file's bytes to network inputs: decode, orient, augment, resize. Stateless and safe for use
 * by many threads at once; no native memory outlives a call.
 *
 * <p>The picture is decoded once to 8-bit BGR, whatever it is stored as: grey and palette are
 * spread to three channels, CMYK is converted, 16 bits are reduced to 8, transparency is composited
 * over white, and the EXIF orientation is applied. Colour profiles are not. A picture that has the
 * input's size already is passed on bit by bit; any other is resized with an antialiasing filter
 * (area average) along an axis that shrinks and linearly along one that grows.
 *
 * <p>A JPEG of at least four times the result's size is decoded at a half, a quarter or an eighth
 * of its own, so that twice the result's size is left. Of what is decoded, the picture itself and
 * its flips are made of all pixels. Any other variant is made of a picture that is reduced, in the
 * same way, to twice the result's size first, where that is smaller.
 */
public final class ImageTransform implements Serializable {

  private static final long serialVersionUID = 1L;

  private static final int CHANNELS = 3;

  /** Whether the thread that loads the native decoders, once a JVM, has been started. */
  private static final AtomicBoolean PREPARED = new AtomicBoolean();

  /** Of 100: nothing is seen of the compression, at a fifth of the bytes. */
  private static final int THUMBNAIL_QUALITY = 80;

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
   * Begins to load the native decoders, which takes the better part of a second, while the caller
   * loads something else. Whoever decodes before they are there waits for them. Does nothing from
   * the second call on.
   */
  public static void prepare() {
    if (!PREPARED.getAndSet(true)) {
      Thread loader = new Thread(ImageDecoder::load, "image decoders");
      loader.setDaemon(true);
      loader.start();
    }
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
  public List<byte[]> apply(byte[] file, List<Augmentation> augmentations) {
    return render(
        file,
        augmentations,
        Frame.enough(Math.max(width, height)),
        picture -> new Frame(options.crop(), width, height),
        ImageTransform::pixels);
  }

  /**
   * Small pictures of an image's variants, for people to look at: the whole picture in its own
   * aspect ratio, whatever the network is shown of it. Noise is of the same strength, but not the
   * network's: it lies on the thumbnail's own pixels.
   *
   * @param file the whole file; not changed
   * @param augmentations the variants that are asked for
   * @param side pixels that the longer side has at most; the pictures are not enlarged. All
   *     variants have the same size.
   * @return for each augmentation, in their order, a JPEG file
   * @throws RejectedImageException if the file is not a picture that can be used
   * @throws IllegalArgumentException if {@code side} is not positive
   */
  public List<byte[]> thumbnails(byte[] file, List<Augmentation> augmentations, int side) {
    if (side < 1) {
      throw new IllegalArgumentException(
          "A thumbnail of %d pixels, must be positive".formatted(side));
    }
    return render(
        file,
        augmentations,
        Frame.enough(side),
        picture -> Frame.within(picture, side),
        ImageTransform::jpeg);
  }

  @SuppressWarnings("try") // share and scope work by being open
  private List<byte[]> render(
      byte[] file,
      List<Augmentation> augmentations,
      int enough,
      Function<Mat, Frame> frames,
      Function<Mat, byte[]> encoder) {
    checkLength(file.length);
    ImageHeader header = ImageHeader.read(file, options);
    try (DecodingBudget.Share share = DecodingBudget.take(header.cost(), options.maxPixels());
        PointerScope scope = new PointerScope()) {
      Mat picture = ImageDecoder.decode(file, header, enough);
      Frame frame = frames.apply(picture);
      Mat reduced =
          augmentations.stream().allMatch(Frame::isExact) ? picture : frame.reduce(picture);
      List<byte[]> inputs = new ArrayList<>(augmentations.size());
      for (Augmentation augmentation : augmentations) {
        Mat source = Frame.isExact(augmentation) ? picture : reduced;
        // A scope of its own, so that not all variants of a large picture lie in memory at once.
        try (PointerScope variant = new PointerScope()) {
          inputs.add(encoder.apply(frame.show(source, augmentation)));
        }
      }
      return List.copyOf(inputs);
    }
  }

  private static byte[] pixels(Mat input) {
    byte[] pixels = new byte[input.cols() * input.rows() * CHANNELS];
    try (BytePointer data = input.data()) {
      data.get(pixels);
    }
    return pixels;
  }

  private static byte[] jpeg(Mat picture) {
    try (BytePointer file = new BytePointer();
        IntPointer quality =
            new IntPointer(opencv_imgcodecs.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY)) {
      if (!opencv_imgcodecs.imencode(".jpg", picture, file, quality)) {
        throw new IllegalStateException("OpenCV writes no JPEG");
      }
      byte[] bytes = new byte[(int) file.limit()];
      file.get(bytes);
      return bytes;
    }
  }
}
