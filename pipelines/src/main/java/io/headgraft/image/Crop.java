package io.headgraft.image;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * How a picture of another shape meets the network's input. A phone should do the same: the names
 * are those of Vision's {@code imageCropAndScaleOption}.
 */
public enum Crop {
  /** The whole picture, stretched to the input. */
  SCALE_FILL("scale-fill"),
  /** The largest part of the input's aspect ratio around the centre; the rest is cut off. */
  CENTER_CROP("center-crop");

  private final String text;

  Crop(String text) {
    this.text = text;
  }

  /**
   * The crop of this text.
   *
   * @param text {@code scale-fill} or {@code center-crop}
   * @throws IllegalArgumentException naming the value and the allowed ones
   */
  public static Crop of(String text) {
    return Arrays.stream(values())
        .filter(crop -> crop.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "image.crop is '%s', allowed are %s"
                        .formatted(
                            text,
                            Arrays.stream(values())
                                .map(Crop::toString)
                                .collect(Collectors.joining(", ")))));
  }

  /** The text that {@link #of} understands. */
  @Override
  public String toString() {
    return text;
  }
}
