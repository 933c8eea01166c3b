package io.headgraft.image;

import static io.headgraft.image.TestImages.ascii;
import static io.headgraft.image.TestImages.bytes;
import static io.headgraft.image.TestImages.chunk;
import static io.headgraft.image.TestImages.concat;
import static io.headgraft.image.TestImages.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each reason that a single file can be refused for, with what the user is told. */
class RejectionTest {

  private static final ImageTransform TRANSFORM =
      new ImageTransform(new ImageOptions(100_000_000, 50_000_000, Crop.SCALE_FILL), 8, 8);

  private static final BufferedImage PHOTO = TestImages.photo(24, 16);

  @Test
  void empty() {
    assertRejected(new byte[0], Rejection.EMPTY, "0 bytes");
  }

  @Test
  void lengthsAreCheckedBeforeReading() {
    assertThatCode(() -> TRANSFORM.checkLength(50_000_000)).doesNotThrowAnyException();
    RejectedImageException tooLong =
        catchThrowableOfType(RejectedImageException.class, () -> TRANSFORM.checkLength(50_000_001));
    assertThat(tooLong.reason()).isEqualTo(Rejection.TOO_MANY_BYTES);
    assertThat(tooLong)
        .hasMessage("TOO_MANY_BYTES: 50000001 bytes, image.max-bytes allows 50000000");
    RejectedImageException empty =
        catchThrowableOfType(RejectedImageException.class, () -> TRANSFORM.checkLength(0));
    assertThat(empty.reason()).isEqualTo(Rejection.EMPTY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"no picture", "<html><body>404</body></html>", "x", "P6 1 1 255 abc"})
  void text(String text) {
    assertRejected(
        text.getBytes(StandardCharsets.UTF_8),
        Rejection.NOT_AN_IMAGE,
        "the file begins like no known image type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"BM", "BMW builds cars, and not only cars"})
  void textThatBeginsLikeBmp(String text) {
    assertRejected(
        ascii(text), Rejection.NOT_AN_IMAGE, "the file begins with BM, but not like a BMP image");
  }

  @Test
  void otherFiles() {
    assertRejected(ascii("%PDF-1.7\n"), Rejection.NOT_AN_IMAGE, "the file is PDF");
    assertRejected(
        concat(bytes(0, 0, 0, 24), ascii("ftypmp42"), new byte[12]),
        Rejection.NOT_AN_IMAGE,
        "the file is MP4");
  }

  @ParameterizedTest
  @CsvSource({"heic, HEIF", "mif1, HEIF", "avif, AVIF"})
  void phoneFormats(String brand, String name) {
    assertRejected(
        concat(bytes(0, 0, 0, 24), ascii("ftyp" + brand), new byte[12]),
        Rejection.UNSUPPORTED_FORMAT,
        name + " is not read, only JPEG, PNG, GIF, BMP, WebP and TIFF are");
  }

  @Test
  void photoshopAndRaw() {
    assertRejected(
        ascii("8BPS\0\1"),
        Rejection.UNSUPPORTED_FORMAT,
        "PSD is not read, only JPEG, PNG, GIF, BMP, WebP and TIFF are");
    assertRejected(
        concat(ascii("II*\0\20\0\0\0CR"), new byte[32]),
        Rejection.UNSUPPORTED_FORMAT,
        "CR2 is not read, only JPEG, PNG, GIF, BMP, WebP and TIFF are");
    byte[] rgb = new byte[12];
    assertRejected(
        TestImages.tiff(2, 2, rgb, new int[] {254, 1}),
        Rejection.UNSUPPORTED_FORMAT,
        "TIFF of a camera (RAW) is not read");
    assertRejected(
        TestImages.tiff(2, 2, rgb, new int[] {50706, 0x01040000}),
        Rejection.UNSUPPORTED_FORMAT,
        "TIFF of a camera (RAW) is not read");
  }

  @Test
  void flavoursThatAreNotRead() {
    byte[] jpeg = TestImages.jpeg(PHOTO, false);
    int frame = frame(jpeg);
    byte[] lossless = jpeg.clone();
    lossless[frame + 1] = (byte) 0xc3;
    assertRejected(
        lossless,
        Rejection.UNSUPPORTED_FORMAT,
        "JPEG of type SOF3 is not read, only baseline, extended and progressive are");
    byte[] twelveBits = jpeg.clone();
    twelveBits[frame + 4] = 12;
    assertRejected(
        twelveBits,
        Rejection.UNSUPPORTED_FORMAT,
        "JPEG of 12 bits a sample is not read, only of 8");
    assertRejected(
        TestImages.tiff(
            2, 1, new byte[4], new int[] {262, 1}, new int[] {277, 2}, new int[] {338, 2}),
        Rejection.UNSUPPORTED_FORMAT,
        "TIFF with alpha is read only with RGB of 8 bits a sample");
    assertRejected(
        TestImages.tiff(1, 1, new byte[12], new int[] {258, 32}, new int[] {339, 3}),
        Rejection.UNSUPPORTED_FORMAT,
        "TIFF of other than up to 16 whole bits a sample is not read");
    assertRejected(
        TestImages.tiff(1, 1, new byte[3], new int[] {259, 7}),
        Rejection.UNSUPPORTED_FORMAT,
        "TIFF with compression 7 is not read");
    byte[] bmp = TestImages.file(PHOTO, "bmp");
    bmp[30] = 4;
    assertRejected(bmp, Rejection.UNSUPPORTED_FORMAT, "BMP with compression 4 is not read");
  }

  @Test
  void hugePicturesAreRefusedFromTheHeaderAlone() {
    String detail = "30000 x 30000 pixels, image.max-pixels allows 100000000";
    assertRejected(TestImages.pngHeader(30_000, 30_000, 8, 2), Rejection.TOO_MANY_PIXELS, detail);
    byte[] jpegHeader =
        bytes(
            0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0x75, 0x30, 0x75, 0x30, 3, 1, 0x11, 0, 2, 0x11, 0, 3,
            0x11, 0);
    assertRejected(jpegHeader, Rejection.TOO_MANY_PIXELS, detail);
    assertRejected(TestImages.tiff(30_000, 30_000, new byte[3]), Rejection.TOO_MANY_PIXELS, detail);
    byte[] gifHeader = concat(ascii("GIF89a"), bytes(0x30, 0x75, 0x30, 0x75, 0, 0, 0));
    assertRejected(gifHeader, Rejection.TOO_MANY_PIXELS, detail);
    assertRejected(
        TestImages.pngHeader(Integer.MAX_VALUE, Integer.MAX_VALUE, 8, 2),
        Rejection.TOO_MANY_PIXELS,
        "2147483647 x 2147483647 pixels, image.max-pixels allows 100000000");
  }

  @Test
  void aSideLongerThanOpenCvReads() {
    assertRejected(
        TestImages.pngHeader(2_000_000, 1, 8, 2),
        Rejection.TOO_MANY_PIXELS,
        "2000000 x 1 pixels, OpenCV allows 1048576 along a side");
  }

  @Test
  void aPictureOfJustTheAllowedSize() {
    ImageTransform transform =
        new ImageTransform(new ImageOptions(24 * 16, 1_000_000, Crop.SCALE_FILL), 8, 8);
    assertThat(transform.apply(TestImages.file(PHOTO, "png"), List.of(new Augmentation.None())))
        .hasSize(1);
  }

  @Test
  void animations() {
    assertRejected(
        TestImages.animatedGif(PHOTO, PHOTO), Rejection.ANIMATED, "GIF of more than one frame");
    byte[] control = chunk("acTL", bytes(0, 0, 0, 7, 0, 0, 0, 0));
    assertRejected(png(1, 1, 8, 0, bytes(0, 1), control), Rejection.ANIMATED, "PNG of 7 frames");
    byte[] frame = TestImages.webpChunk("ANMF", new byte[16]);
    assertRejected(
        TestImages.extendedWebp(4, 4, 0x02, frame, frame),
        Rejection.ANIMATED,
        "WebP of more than one frame");
  }

  @Test
  void noPixels() {
    assertRejected(TestImages.pngHeader(0, 5, 8, 2), Rejection.CORRUPT, "PNG: 0 x 5 pixels");
  }

  @Test
  void theNameOfTheFormatIsInTheBytes() {
    // There is no name to be looked at: a PNG called photo.jpg arrives here as these bytes.
    assertThat(TRANSFORM.apply(TestImages.file(PHOTO, "png"), List.of(new Augmentation.None())))
        .hasSize(1);
  }

  private static int frame(byte[] jpeg) {
    for (int i = 2; i < jpeg.length; i++) {
      if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) 0xc0) {
        return i;
      }
    }
    throw new AssertionError("no SOF0");
  }

  private static void assertRejected(byte[] file, Rejection reason, String detail) {
    RejectedImageException rejected =
        catchThrowableOfType(
            RejectedImageException.class,
            () -> TRANSFORM.apply(file, List.of(new Augmentation.None())));
    assertThat(rejected).isNotNull();
    assertThat(rejected.reason()).isEqualTo(reason);
    assertThat(rejected.detail()).isEqualTo(detail);
    assertThat(rejected).hasMessage(reason + ": " + detail);
  }
}
