package io.headgraft.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class ThumbnailTest {

  private static final Augmentation NONE = new Augmentation.None();
  private static final ImageTransform TRANSFORM =
      new ImageTransform(new ImageOptions(1_000_000, 1_000_000, Crop.CENTER_CROP), 8, 8);

  @Test
  void keepsTheShapeOfTheWholePicture() throws IOException {
    BufferedImage wide = thumbnail(TestImages.file(TestImages.photo(300, 120), "png"), NONE, 100);

    assertThat(List.of(wide.getWidth(), wide.getHeight())).containsExactly(100, 40);
    // Red grows to the right, green downwards.
    assertThat(colour(wide, 2, 20).getRed()).isBetween(40, 55);
    assertThat(colour(wide, 97, 20).getRed()).isBetween(205, 220);
    assertThat(colour(wide, 50, 37).getGreen()).isGreaterThan(colour(wide, 50, 2).getGreen() + 130);
  }

  @Test
  void isNotEnlargedAndNeverEmpty() throws IOException {
    BufferedImage small = thumbnail(TestImages.file(TestImages.photo(30, 20), "png"), NONE, 100);
    BufferedImage line = thumbnail(TestImages.file(TestImages.photo(500, 2), "png"), NONE, 100);

    assertThat(List.of(small.getWidth(), small.getHeight())).containsExactly(30, 20);
    assertThat(List.of(line.getWidth(), line.getHeight())).containsExactly(100, 1);
  }

  @Test
  void standsUpright() throws IOException {
    byte[] jpeg = TestImages.jpeg(TestImages.photo(60, 30), false);

    BufferedImage turned = thumbnail(TestImages.jpegWithExif(jpeg, TestImages.exif(6)), NONE, 40);

    assertThat(List.of(turned.getWidth(), turned.getHeight())).containsExactly(20, 40);
    // A quarter to the right: what grew to the right grows downwards.
    assertThat(colour(turned, 10, 37).getRed()).isGreaterThan(colour(turned, 10, 2).getRed() + 130);
  }

  @Test
  void showsTheVariantsInOneSize() throws IOException {
    byte[] file = TestImages.file(TestImages.photo(200, 100), "png");
    List<Augmentation> variants =
        List.of(
            NONE,
            new Augmentation.HorizontalFlip(),
            Augmentation.parse("rotation(degrees=20)+exposure(stops=-2)"));

    List<byte[]> thumbnails = TRANSFORM.thumbnails(file, variants, 50);

    assertThat(thumbnails).hasSize(3);
    for (byte[] thumbnail : thumbnails) {
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(thumbnail));
      assertThat(List.of(image.getWidth(), image.getHeight())).containsExactly(50, 25);
      assertThat(thumbnail).startsWith(TestImages.bytes(0xff, 0xd8, 0xff)).hasSizeLessThan(2500);
    }
    BufferedImage flipped = ImageIO.read(new ByteArrayInputStream(thumbnails.get(1)));
    assertThat(colour(flipped, 2, 12).getRed()).isGreaterThan(200);
    BufferedImage dark = ImageIO.read(new ByteArrayInputStream(thumbnails.get(2)));
    assertThat(colour(dark, 25, 12).getRed()).isBetween(50, 80);
  }

  @Test
  void refusesWhatIsNoPicture() {
    byte[] cut = Arrays.copyOf(TestImages.jpeg(TestImages.photo(60, 30), false), 700);
    assertThatThrownBy(() -> TRANSFORM.thumbnails(cut, List.of(NONE), 100))
        .isInstanceOfSatisfying(
            RejectedImageException.class, e -> assertThat(e.reason()).isEqualTo(Rejection.CORRUPT));
    assertThatThrownBy(() -> TRANSFORM.thumbnails(new byte[0], List.of(NONE), 100))
        .isInstanceOfSatisfying(
            RejectedImageException.class, e -> assertThat(e.reason()).isEqualTo(Rejection.EMPTY));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TRANSFORM.thumbnails(cut, List.of(NONE), 0))
        .withMessage("A thumbnail of 0 pixels, must be positive");
  }

  private static BufferedImage thumbnail(byte[] file, Augmentation how, int side)
      throws IOException {
    return ImageIO.read(
        new ByteArrayInputStream(TRANSFORM.thumbnails(file, List.of(how), side).get(0)));
  }

  private static Color colour(BufferedImage image, int x, int y) {
    return new Color(image.getRGB(x, y));
  }
}
