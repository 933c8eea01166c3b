package io.headgraft.image;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * A change to a picture that leaves its label true. It is applied to the decoded, upright picture
 * in its full resolution, before it is cut and resized.
 */
public sealed interface Augmentation extends Serializable {

  /** The picture as it is: variant 0 of each image. */
  record None() implements Augmentation {
    @Override
    public String name() {
      return "none";
    }

    @Override
    public Mat apply(Mat picture) {
      return picture;
    }
  }

  /** Left and right swapped. */
  record HorizontalFlip() implements Augmentation {
    @Override
    public String name() {
      return "horizontal-flip";
    }

    @Override
    public Mat apply(Mat picture) {
      return flipped(picture, 1);
    }
  }

  /** Top and bottom swapped. */
  record VerticalFlip() implements Augmentation {
    @Override
    public String name() {
      return "vertical-flip";
    }

    @Override
    public Mat apply(Mat picture) {
      return flipped(picture, 0);
    }
  }

  /** The text that stands for it in the configuration and in the feature cache. */
  String name();

  /**
   * The changed picture.
   *
   * @param picture 8-bit BGR, upright; not changed
   * @return 8-bit BGR, of any size; {@code picture} itself where nothing is to be done. A new one
   *     belongs to the caller's {@code PointerScope}.
   */
  Mat apply(Mat picture);

  /**
   * The augmentation of this name.
   *
   * @param name as {@link #name()} gives it
   * @throws IllegalArgumentException naming the value and the allowed ones
   */
  static Augmentation parse(String name) {
    List<Augmentation> known = List.of(new None(), new HorizontalFlip(), new VerticalFlip());
    return known.stream()
        .filter(augmentation -> augmentation.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Augmentation '%s' is unknown, allowed are %s"
                        .formatted(
                            name,
                            known.stream()
                                .map(Augmentation::name)
                                .collect(Collectors.joining(", ")))));
  }

  private static Mat flipped(Mat picture, int flipCode) {
    Mat flipped = new Mat();
    opencv_core.flip(picture, flipped, flipCode);
    return flipped;
  }
}
