package io.headgraft.image;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The kinds of augmentation, in the order in which those of one variant are applied: first what
 * moves pixels, then light and colour, then what lens and sensor do.
 */
public enum AugmentationKind {
  /** Left and right swapped. */
  HORIZONTAL_FLIP("horizontal-flip"),
  /** Top and bottom swapped. */
  VERTICAL_FLIP("vertical-flip"),
  /** The camera held at an angle. */
  ROTATION("rotation"),
  /** A part of the picture, in full size. */
  CROP("crop"),
  /** A longer or shorter exposure. */
  EXPOSURE("exposure"),
  /** Other hues, and more or less of them. */
  COLOR_SHIFT("color-shift"),
  /** Out of focus. */
  BLUR("blur"),
  /** The sensor's noise. */
  NOISE("noise");

  private final String text;

  AugmentationKind(String text) {
    this.text = text;
  }

  /**
   * The kind of this text.
   *
   * @param text as {@link #toString} gives it
   * @throws IllegalArgumentException naming the value and the allowed ones
   */
  public static AugmentationKind of(String text) {
    return Arrays.stream(values())
        .filter(kind -> kind.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Augmentation '%s' is unknown, allowed are %s"
                        .formatted(
                            text,
                            Arrays.stream(values())
                                .map(AugmentationKind::toString)
                                .collect(Collectors.joining(", ")))));
  }

  /** Whether nothing about it is left to chance, and each pixel is one of the picture's. */
  boolean isFlip() {
    return this == HORIZONTAL_FLIP || this == VERTICAL_FLIP;
  }

  /** Whether it moves pixels, and does not change them. */
  boolean isGeometric() {
    return compareTo(CROP) <= 0;
  }

  /** The text that stands for it in the configuration and in the feature cache. */
  @Override
  public String toString() {
    return text;
  }
}
