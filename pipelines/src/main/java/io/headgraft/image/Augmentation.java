package io.headgraft.image;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * A change to a picture that leaves its label true, with all its parameters: no steps at all
 * ({@link None}), one ({@link Step}) or several ({@link Composition}).
 *
 * <p>Steps that move pixels work on the decoded, upright picture, before it is cut and resized, the
 * others on what comes of that: the network's input.
 */
public sealed interface Augmentation extends Serializable {

  /** The picture as it is: variant 0 of each image. */
  record None() implements Augmentation {
    @Override
    public String name() {
      return "none";
    }

    @Override
    public List<Step> steps() {
      return List.of();
    }
  }

  /** One change. */
  sealed interface Step extends Augmentation {

    /** What kind of a change it is. */
    AugmentationKind kind();

    /**
     * The changed picture.
     *
     * @param picture 8-bit BGR, upright; not changed
     * @return 8-bit BGR; {@code picture} itself, or a view of it, where nothing is to be computed.
     *     A new one belongs to the caller's {@code PointerScope}.
     */
    Mat apply(Mat picture);

    @Override
    default List<Step> steps() {
      return List.of(this);
    }
  }

  /** Left and right swapped. */
  record HorizontalFlip() implements Step {
    @Override
    public AugmentationKind kind() {
      return AugmentationKind.HORIZONTAL_FLIP;
    }

    @Override
    public String name() {
      return kind().toString();
    }

    @Override
    public Mat apply(Mat picture) {
      return Geometry.flip(picture, 1);
    }
  }

  /** Top and bottom swapped. */
  record VerticalFlip() implements Step {
    @Override
    public AugmentationKind kind() {
      return AugmentationKind.VERTICAL_FLIP;
    }

    @Override
    public String name() {
      return kind().toString();
    }

    @Override
    public Mat apply(Mat picture) {
      return Geometry.flip(picture, 0);
    }
  }

  /**
   * The picture turned about its centre. Of what comes of that, the largest part without empty
   * corners is kept that is centred and has the picture's aspect ratio: every pixel is one that the
   * camera saw. (Mirrored edges would show things that were not there, such as a sixth finger.) A
   * panorama keeps little of its length.
   *
   * @param degrees counter-clockwise, -180 to 180
   */
  record Rotation(double degrees) implements Step {
    /** Checks the angle. */
    public Rotation {
      degrees = AugmentationText.checked("degrees", degrees, -180, 180);
    }

    @Override
    public AugmentationKind kind() {
      return AugmentationKind.ROTATION;
    }

    @Override
    public String name() {
      return "%s(degrees=%s)".formatted(kind(), AugmentationText.plain(degrees));
    }

    @Override
    public Mat apply(Mat picture) {
      return Geometry.rotate(picture, degrees);
    }
  }

  /**
   * A part of the picture, of the picture's aspect ratio.
   *
   * @param area the part's share of the picture's area, 0.25 to 1
   * @param x where the part lies: 0 at the left edge, 1 at the right
   * @param y where the part lies: 0 at the upper edge, 1 at the lower
   */
  record Crop(double area, double x, double y) implements Step {
    /** Checks the part. */
    public Crop {
      area = AugmentationText.checked("area", area, 0.25, 1);
      x = AugmentationText.checked("x", x, 0, 1);
      y = AugmentationText.checked("y", y, 0, 1);
    }

    @Override
    public AugmentationKind kind() {
      return AugmentationKind.CROP;
    }

    @Override
    public String name() {
      return "%s(area=%s,x=%s,y=%s)"
          .formatted(
              kind(),
              AugmentationText.plain(area),
              AugmentationText.plain(x),
              AugmentationText.plain(y));
    }

    @Override
    public Mat apply(Mat picture) {
      return Geometry.part(picture, area, x, y);
    }
  }

  /**
   * Another exposure: each stop doubles the light. Computed on linear light, that is, between
   * decoding and encoding sRGB's curve (IEC 61966-2-1); what gets brighter than white is white.
   *
   * @param stops -4 to 4
   */
  record Exposure(double stops) implements Step {
    /** Checks the stops. */
    public Exposure {
      stops = AugmentationText.checked("stops", stops, -4, 4);
    }

    @Override
    public AugmentationKind kind() {
      return AugmentationKind.EXPOSURE;
    }

    @Override
    public String name() {
      return "%s(stops=%s)".formatted(kind(), AugmentationText.plain(stops));
    }

    @Override
    public Mat apply(Mat picture) {
      return Appearance.expose(picture, stops);
    }
  }

  /**
   * Other colours of the same luma: the functions {@code saturate} and {@code hueRotate} of W3C's
   * Filter Effects Module (feColorMatrix), on the stored values. Grey stays grey.
   *
   * @param hue degrees, -180 to 180; positive turns red towards green
   * @param saturation factor, 0 (grey) to 4
   */
  record ColorShift(double hue, double saturation) implements Step {
    /** Checks the colours. */
    public ColorShift {
      hue = AugmentationText.checked("hue", hue, -180, 180);
      saturation = AugmentationText.checked("saturation", saturation, 0, 4);
    }

    @Override
    public AugmentationKind kind() {
      return AugmentationKind.COLOR_SHIFT;
    }

    @Override
    public String name() {
      return "%s(hue=%s,saturation=%s)"
          .formatted(kind(), AugmentationText.plain(hue), AugmentationText.plain(saturation));
    }

    @Override
    public Mat apply(Mat picture) {
      return Appearance.shiftColors(picture, hue, saturation);
    }
  }

  /**
   * A Gaussian blur.
   *
   * @param sigma standard deviation as a share of the shorter side of what is seen, 0 to 0.1: the
   *     same look for every size of photo and of input
   */
  record Blur(double sigma) implements Step {
    /** Checks the width. */
    public Blur {
      sigma = AugmentationText.checked("sigma", sigma, 0, 0.1);
    }

    @Override
    public AugmentationKind kind() {
      return AugmentationKind.BLUR;
    }

    @Override
    public String name() {
      return "%s(sigma=%s)".formatted(kind(), AugmentationText.plain(sigma));
    }

    @Override
    public Mat apply(Mat picture) {
      return Appearance.blur(picture, sigma * Math.min(picture.cols(), picture.rows()));
    }
  }

  /**
   * Gaussian noise, independent for each pixel and channel of the network's input. Noise on the
   * photo would mean nothing: resizing averages it away, the more the larger the photo.
   *
   * @param sd standard deviation, 0 to 128, where the brightest value is 255
   * @param seed decides the noise
   */
  record Noise(double sd, long seed) implements Step {
    /** Checks the strength. */
    public Noise {
      sd = AugmentationText.checked("sd", sd, 0, 128);
    }

    @Override
    public AugmentationKind kind() {
      return AugmentationKind.NOISE;
    }

    @Override
    public String name() {
      return "%s(sd=%s,seed=%d)".formatted(kind(), AugmentationText.plain(sd), seed);
    }

    @Override
    public Mat apply(Mat picture) {
      return Appearance.addNoise(picture, sd, seed);
    }
  }

  /**
   * Several changes, one after the other.
   *
   * @param steps two or more of different kinds, in the order of {@link AugmentationKind}
   */
  record Composition(List<Step> steps) implements Augmentation {
    /** Checks number and order. */
    public Composition {
      steps = List.copyOf(steps);
      if (steps.size() < 2) {
        throw new IllegalArgumentException("A composition of %s: two are needed".formatted(steps));
      }
      for (int i = 1; i < steps.size(); i++) {
        if (steps.get(i - 1).kind().compareTo(steps.get(i).kind()) >= 0) {
          throw new IllegalArgumentException(
              "Augmentation '%s' has %s before %s: each kind stands there once, in the order of the kinds"
                  .formatted(text(steps), steps.get(i - 1).kind(), steps.get(i).kind()));
        }
      }
    }

    @Override
    public String name() {
      return text(steps);
    }

    private static String text(List<Step> steps) {
      return steps.stream().map(Step::name).collect(Collectors.joining("+"));
    }
  }

  /**
   * The text that stands for it in the feature cache, such as {@code
   * rotation(degrees=-7.31)+exposure(stops=0.42)}: {@link #parse} reads the same augmentation back.
   */
  String name();

  /** What is done to the picture, in this order. */
  List<Step> steps();

  /**
   * The augmentation of some steps, in whatever order they are given.
   *
   * @throws IllegalArgumentException if a kind is there twice
   */
  static Augmentation of(List<Step> steps) {
    return switch (steps.size()) {
      case 0 -> new None();
      case 1 -> steps.get(0);
      default -> new Composition(steps.stream().sorted(Comparator.comparing(Step::kind)).toList());
    };
  }

  /**
   * The augmentation of this name.
   *
   * @param name as {@link #name()} gives it
   * @throws IllegalArgumentException naming the value and what is allowed
   */
  static Augmentation parse(String name) {
    return AugmentationText.parse(name);
  }
}
