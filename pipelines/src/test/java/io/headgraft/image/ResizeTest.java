package io.headgraft.image;

import static io.headgraft.image.TestImages.bytes;
import static io.headgraft.image.TestImages.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cutting, flipping and resizing, through the whole transform. */
class ResizeTest {

  private static final Augmentation NONE = new Augmentation.None();

  @ParameterizedTest
  @CsvSource({"50, 40, 227, 227", "500, 400, 227, 227", "500, 40, 227, 227", "40, 500, 227, 100"})
  void aConstantPictureStaysConstant(int width, int height, int toWidth, int toHeight) {
    byte[] file = TestImages.file(TestImages.constant(width, height, 0x2a2a2a), "png");
    for (Crop crop : Crop.values()) {
      assertThat(input(file, crop, toWidth, toHeight, NONE))
          .hasSize(toWidth * toHeight * 3)
          .containsOnly(0x2a);
    }
  }

  @Test
  void anInputOfThePicturesSizeIsPassedOnBitByBit() {
    BufferedImage photo = TestImages.photo(227, 227);
    byte[] file = TestImages.file(photo, "png");
    assertThat(input(file, Crop.SCALE_FILL, 227, 227, NONE)).isEqualTo(TestImages.bgr(photo));
    assertThat(input(file, Crop.CENTER_CROP, 227, 227, NONE)).isEqualTo(TestImages.bgr(photo));
  }

  @Test
  void shrinkingAveragesAreas() {
    byte[] rows = bytes(0, 10, 20, 100, 104, 0, 30, 40, 108, 112);
    assertThat(grey(input(png(4, 2, 8, 0, rows), Crop.SCALE_FILL, 2, 1, NONE)))
        .isEqualTo(bytes(25, 106));
    // Three to two: a pixel and a half each.
    assertThat(grey(input(png(3, 1, 8, 0, bytes(0, 30, 60, 90)), Crop.SCALE_FILL, 2, 1, NONE)))
        .isEqualTo(bytes(40, 80));
  }

  @Test
  void growingInterpolatesLinearly() {
    byte[] file = png(2, 1, 8, 0, bytes(0, 0, 100));
    assertThat(grey(input(file, Crop.SCALE_FILL, 4, 1, NONE))).isEqualTo(bytes(0, 25, 75, 100));
  }

  @Test
  void eachAxisHasItsOwnFilter() {
    // Four columns of stripes shrink to their average; two rows grow to four.
    byte[] rows = bytes(0, 0, 20, 0, 20, 0, 100, 120, 100, 120);
    assertThat(grey(input(png(4, 2, 8, 0, rows), Crop.SCALE_FILL, 2, 4, NONE)))
        .isEqualTo(bytes(10, 10, 35, 35, 85, 85, 110, 110));
  }

  @Test
  void centerCropCutsTheMiddle() {
    byte[] wide = png(5, 1, 8, 0, bytes(0, 1, 2, 3, 4, 5));
    assertThat(grey(input(wide, Crop.CENTER_CROP, 1, 1, NONE))).isEqualTo(bytes(3));
    assertThat(grey(input(wide, Crop.CENTER_CROP, 3, 1, NONE))).isEqualTo(bytes(2, 3, 4));
    byte[] high = png(1, 4, 8, 0, bytes(0, 1, 0, 2, 0, 3, 0, 4));
    assertThat(grey(input(high, Crop.CENTER_CROP, 1, 2, NONE))).isEqualTo(bytes(2, 3));
    assertThat(grey(input(high, Crop.SCALE_FILL, 1, 2, NONE))).isEqualTo(bytes(2, 4));
  }

  @Test
  void centerCropOfSeveralRowsLeavesNoGaps() {
    byte[] rows = bytes(0, 1, 2, 3, 4, 0, 5, 6, 7, 8);
    assertThat(grey(input(png(4, 2, 8, 0, rows), Crop.CENTER_CROP, 2, 2, NONE)))
        .isEqualTo(bytes(2, 3, 6, 7));
  }

  @Test
  void flipsAreExactAndInTheOrderAskedFor() {
    byte[] file = png(2, 2, 8, 0, bytes(0, 1, 2, 0, 3, 4));
    List<byte[]> inputs =
        transform(Crop.SCALE_FILL, 2, 2)
            .apply(
                file,
                List.of(
                    new Augmentation.VerticalFlip(),
                    new Augmentation.None(),
                    new Augmentation.HorizontalFlip()));
    assertThat(inputs.stream().map(ResizeTest::grey))
        .containsExactly(bytes(3, 4, 1, 2), bytes(1, 2, 3, 4), bytes(2, 1, 4, 3));
  }

  @Test
  void anOddRestIsCutAfterTheFlip() {
    // The middle two of three columns are the first two: of the flipped picture, the last two.
    byte[] file = png(3, 1, 8, 0, bytes(0, 1, 2, 3));
    assertThat(grey(input(file, Crop.CENTER_CROP, 2, 1, new Augmentation.HorizontalFlip())))
        .isEqualTo(bytes(3, 2));
  }

  @Test
  void noAugmentationsNoInputs() {
    assertThat(transform(Crop.SCALE_FILL, 1, 1).apply(png(1, 1, 8, 0, bytes(0, 1)), List.of()))
        .isEmpty();
  }

  @Test
  void anInputHasPixels() {
    assertThatThrownBy(() -> transform(Crop.SCALE_FILL, 0, 227))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The network's input is 0 x 227 pixels, must be positive");
  }

  private static byte[] input(byte[] file, Crop crop, int width, int height, Augmentation how) {
    return transform(crop, width, height).apply(file, List.of(how)).get(0);
  }

  private static ImageTransform transform(Crop crop, int width, int height) {
    return new ImageTransform(new ImageOptions(1_000_000, 1_000_000, crop), width, height);
  }

  /** One of three equal channels. */
  private static byte[] grey(byte[] bgr) {
    byte[] grey = new byte[bgr.length / 3];
    for (int i = 0; i < grey.length; i++) {
      grey[i] = bgr[3 * i];
      assertThat(bytes(bgr[3 * i + 1], bgr[3 * i + 2])).containsOnly(grey[i]);
    }
    return grey;
  }
}
