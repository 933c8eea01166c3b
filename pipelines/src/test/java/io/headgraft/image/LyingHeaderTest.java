package io.headgraft.image;

import static io.headgraft.image.TestImages.bytes;
import static io.headgraft.image.TestImages.chunk;
import static io.headgraft.image.TestImages.concat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files that say here that they are small, and there that they are large. */
class LyingHeaderTest {

  private static final ImageTransform TRANSFORM =
      new ImageTransform(new ImageOptions(100, 1_000_000, Crop.SCALE_FILL), 8, 8);

  /** 384 pixels. */
  private static final byte[] JPEG = TestImages.jpeg(TestImages.photo(24, 16), false);

  private static final byte[] SMALL_JPEG = TestImages.jpeg(TestImages.photo(8, 8), false);

  @Test
  void aSecondFrameOfAJpeg() {
    byte[] frame = segment(JPEG, 0xc0);
    int scan = find(SMALL_JPEG, 0xda);
    assertRejected(TestImages.insert(SMALL_JPEG, scan, frame), Rejection.TOO_MANY_PIXELS);
    int end = SMALL_JPEG.length - 2;
    assertRejected(TestImages.insert(SMALL_JPEG, end, frame), Rejection.TOO_MANY_PIXELS);
  }

  @Test
  void aJpegOfScansWithoutEnd() {
    byte[] scan = concat(segment(SMALL_JPEG, 0xda), bytes(0));
    byte[] file = SMALL_JPEG;
    for (int i = 0; i < 500; i++) {
      file = TestImages.insert(file, file.length - 2, scan);
    }
    assertRejected(file, Rejection.UNSUPPORTED_FORMAT, "JPEG of more than 500 scans is not read");
  }

  @Test
  void aSecondHeaderOfAPng() {
    byte[] small = TestImages.file(TestImages.photo(8, 8), "png");
    byte[] header = chunk("IHDR", bytes(0, 0, 0, 24, 0, 0, 0, 16, 8, 2, 0, 0, 0));
    assertRejected(TestImages.insert(small, 33, header), Rejection.CORRUPT);
  }

  @Test
  void aFrameOfAGifBeyondItsScreen() {
    byte[] gif = TestImages.file(TestImages.photo(24, 16), "gif");
    gif[6] = 8;
    gif[8] = 8;
    assertRejected(gif, Rejection.TOO_MANY_PIXELS);
  }

  @Test
  void aPictureOfAWebpBeyondItsCanvas() {
    byte[] pixels = TestImages.bgr(TestImages.photo(24, 16));
    for (int quality : List.of(80, 101)) {
      byte[] body = TestImages.webpBody(TestImages.webp(pixels, 24, 16, 3, quality));
      assertRejected(TestImages.extendedWebp(2, 2, 0, body), Rejection.CORRUPT);
    }
  }

  @Test
  void tilesOfATiffBeyondItsSize() {
    byte[] tiff =
        TestImages.tiff(
            2,
            2,
            new byte[12],
            new int[] {322, 65_536},
            new int[] {323, 65_536},
            new int[] {324, 512},
            new int[] {325, 12});
    assertRejected(
        tiff, Rejection.TOO_MANY_PIXELS, "65536 x 65536 pixels, image.max-pixels allows 100");
  }

  @Test
  void moreSamplesThanATiffHolds() {
    assertRejected(TestImages.tiff(2, 2, new byte[12], new int[] {277, 60_000}), null);
    assertRejected(TestImages.tiff(8, 8, new byte[12], new int[] {278, 1 << 30}), null);
  }

  private static byte[] segment(byte[] jpeg, int marker) {
    int start = find(jpeg, marker);
    int length = ((jpeg[start + 2] & 0xff) << 8) | (jpeg[start + 3] & 0xff);
    return Arrays.copyOfRange(jpeg, start, start + 2 + length);
  }

  private static int find(byte[] jpeg, int marker) {
    for (int i = 2; i < jpeg.length; i++) {
      if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) marker) {
        return i;
      }
    }
    throw new AssertionError("no such marker");
  }

  private static void assertRejected(byte[] file, Rejection reason) {
    RejectedImageException rejected =
        catchThrowableOfType(
            RejectedImageException.class,
            () -> TRANSFORM.apply(file, List.of(new Augmentation.None())));
    assertThat(rejected).isNotNull();
    if (reason != null) {
      assertThat(rejected.reason()).as(rejected.detail()).isEqualTo(reason);
    }
  }

  private static void assertRejected(byte[] file, Rejection reason, String detail) {
    assertRejected(file, reason);
    assertThat(
            catchThrowableOfType(
                RejectedImageException.class,
                () -> TRANSFORM.apply(file, List.of(new Augmentation.None()))))
        .hasMessage(reason + ": " + detail);
  }
}
