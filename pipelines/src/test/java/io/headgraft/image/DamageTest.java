package io.headgraft.image;

import static io.headgraft.image.TestImages.bytes;
import static io.headgraft.image.TestImages.concat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are cut off, overwritten, or longer than their picture. */
class DamageTest {

  private static final int SIDE = 48;
  private static final int SIGNATURE_BYTES = 16;

  private static final ImageTransform TRANSFORM =
      new ImageTransform(new ImageOptions(1_000_000, 1_000_000, Crop.SCALE_FILL), SIDE, SIDE);

  private static final Map<String, byte[]> FILES = files();

  private static Map<String, byte[]> files() {
    BufferedImage photo = TestImages.photo(SIDE, SIDE);
    byte[] bgr = TestImages.bgr(photo);
    byte[] bgra = new byte[SIDE * SIDE * 4];
    new Random(3).nextBytes(bgra);
    BufferedImage palette = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_INDEXED);
    palette.createGraphics().drawImage(photo, 0, 0, null);
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("JPEG baseline", TestImages.jpeg(photo, false));
    files.put("JPEG progressive", TestImages.jpeg(photo, true));
    files.put(
        "JPEG with EXIF",
        TestImages.jpegWithExif(TestImages.jpeg(photo, false), TestImages.exif(6)));
    files.put("JPEG of CMYK", TestImages.adobeJpeg(2, 90, 100, 140, 200));
    files.put("PNG", TestImages.file(photo, "png"));
    files.put("GIF", TestImages.file(palette, "gif"));
    files.put("BMP", TestImages.file(photo, "bmp"));
    files.put("BMP of runs", TestImages.runLengthBmp(palette));
    files.put("TIFF", TestImages.file(photo, "tiff"));
    files.put("WebP lossy", TestImages.webp(bgr, SIDE, SIDE, 3, 80));
    files.put("WebP lossless", TestImages.webp(bgr, SIDE, SIDE, 3, 101));
    files.put("WebP with alpha", TestImages.webp(bgra, SIDE, SIDE, 4, 80));
    return files;
  }

  static Stream<String> names() {
    return FILES.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void cutOffAtAnyByte(String name) {
    byte[] file = FILES.get(name);
    int complete = name.equals("GIF") ? file.length - 1 : file.length;
    for (int length = SIGNATURE_BYTES; length < complete; length++) {
      assertThat(rejection(Arrays.copyOf(file, length)))
          .as("%d of %d bytes", length, file.length)
          .isEqualTo(
              name.startsWith("BMP") && length < 18 ? Rejection.NOT_AN_IMAGE : Rejection.CORRUPT);
    }
  }

  @Test
  void theMessageSaysWhereTheFileEnds() {
    assertThat(rejected(Arrays.copyOf(FILES.get("JPEG baseline"), 700)).detail())
        .isEqualTo("JPEG: cut off, the file ends at byte 700 without an end-of-image marker");
    assertThat(rejected(Arrays.copyOf(FILES.get("PNG"), 40)).detail())
        .startsWith("PNG: cut off, the file ends at byte 40 of at least ");
  }

  /** As an interrupted copy leaves it behind where the file system had reserved the length. */
  @ParameterizedTest
  @ValueSource(strings = {"JPEG baseline", "JPEG progressive", "JPEG of CMYK", "PNG", "GIF"})
  void theRestOfTheFileIsZero(String name) {
    byte[] zeroed = FILES.get(name).clone();
    Arrays.fill(zeroed, zeroed.length / 2, zeroed.length, (byte) 0);
    assertThat(rejection(zeroed)).isEqualTo(Rejection.CORRUPT);
  }

  @ParameterizedTest
  @MethodSource("names")
  void whatFollowsThePictureIsNotLookedAt(String name) {
    byte[] file = FILES.get(name);
    byte[] plain = input(file);
    byte[] garbage = new byte[5000];
    new Random(1).nextBytes(garbage);
    assertThat(input(concat(file, garbage))).isEqualTo(plain);
    assertThat(input(concat(file, new byte[3]))).isEqualTo(plain);
    // As in Apple's and Google's photos with a gain map, or in a motion photo cut short.
    byte[] second = FILES.get("JPEG baseline");
    assertThat(input(concat(file, Arrays.copyOf(second, second.length / 2)))).isEqualTo(plain);
  }

  @Test
  void aPreviewsEndIsNotThePicturesEnd() {
    byte[] preview = FILES.get("JPEG baseline");
    byte[] app2 = concat(bytes(0xff, 0xe2, (preview.length + 2) >> 8, preview.length + 2), preview);
    byte[] file = TestImages.insert(FILES.get("JPEG progressive"), 2, app2);
    assertThat(input(file)).isEqualTo(input(FILES.get("JPEG progressive")));
    assertThat(rejection(Arrays.copyOf(file, file.length - 2))).isEqualTo(Rejection.CORRUPT);
  }

  @Test
  void eachByteOfAPngIsCheckedByItsSum() {
    byte[] file = FILES.get("PNG");
    for (int i = 37; i < file.length; i += 11) {
      byte[] changed = file.clone();
      changed[i] ^= 0x10;
      assertThat(rejection(changed)).as("byte %d", i).isEqualTo(Rejection.CORRUPT);
    }
  }

  @Test
  void anExifSegmentShorterThanItsName() {
    byte[] file = FILES.get("JPEG baseline");
    byte[] app1 = bytes(0xff, 0xe1, 0, 4, 'E', 'x');
    assertThat(input(TestImages.insert(file, 2, app1))).isEqualTo(input(file));
    byte[] overlapping = bytes(0xff, 0xe1, 0, 4, 'E', 'x', 'i', 'f', 0, 0);
    assertThat(input(TestImages.insert(file, 2, overlapping))).isEqualTo(input(file));
  }

  @Test
  void aJpegOfMarkersOnly() {
    assertThat(rejected(bytes(0xff, 0xd8, 0xff, 0xd9)).detail()).isEqualTo("JPEG: no picture data");
  }

  /** Whatever the bytes: an input or a rejection, and nothing else. */
  @ParameterizedTest
  @MethodSource("names")
  void mutations(String name) {
    Random random = new Random(name.hashCode());
    for (int i = 0; i < 400; i++) {
      byte[] file = mutate(FILES.get(name), random);
      try {
        assertThat(TRANSFORM.apply(file, List.of(new Augmentation.None())).get(0))
            .hasSize(SIDE * SIDE * 3);
      } catch (RejectedImageException e) {
        assertThat(e.detail()).isNotBlank();
      }
    }
  }

  private static byte[] mutate(byte[] original, Random random) {
    byte[] file = original.clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      // Half of the changes hit the headers.
      int reach = random.nextBoolean() ? Math.min(file.length, 120) : file.length;
      file[random.nextInt(reach)] = (byte) random.nextInt(256);
    }
    return random.nextInt(4) == 0 ? Arrays.copyOf(file, 1 + random.nextInt(file.length)) : file;
  }

  private static byte[] input(byte[] file) {
    return TRANSFORM.apply(file, List.of(new Augmentation.None())).get(0);
  }

  private static Rejection rejection(byte[] file) {
    RejectedImageException rejected = rejected(file);
    return rejected == null ? null : rejected.reason();
  }

  private static RejectedImageException rejected(byte[] file) {
    return catchThrowableOfType(RejectedImageException.class, () -> input(file));
  }
}
