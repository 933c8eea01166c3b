package io.headgraft.image;

import static io.headgraft.image.TestImages.bytes;
import static io.headgraft.image.TestImages.chunk;
import static io.headgraft.image.TestImages.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each kind of file decodes to, seen through an input of the picture's own size. */
class ImageFormatsTest {

  private static final ImageOptions OPTIONS =
      new ImageOptions(100_000_000, 100_000_000, Crop.SCALE_FILL);

  private static final int WIDTH = 24;
  private static final int HEIGHT = 16;
  private static final BufferedImage PHOTO = TestImages.photo(WIDTH, HEIGHT);

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp", "tiff"})
  void losslessFormatsPassBitByBit(String format) {
    assertThat(decode(TestImages.file(PHOTO, format), WIDTH, HEIGHT))
        .isEqualTo(TestImages.bgr(PHOTO));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void jpeg(boolean progressive) {
    assertClose(
        decode(TestImages.jpeg(PHOTO, progressive), WIDTH, HEIGHT), TestImages.bgr(PHOTO), 30);
  }

  /** Decoded at a half, a quarter and an eighth, of sides that are no multiples of eight. */
  @ParameterizedTest
  @ValueSource(ints = {4, 8, 16, 40})
  void largeJpegsAreDecodedAtAFractionOfTheirSize(int times) {
    BufferedImage large = TestImages.photo(WIDTH * times + 3, HEIGHT * times + 5);
    byte[] whole = decode(TestImages.file(large, "png"), WIDTH, HEIGHT);
    for (boolean progressive : List.of(false, true)) {
      byte[] jpeg = TestImages.jpeg(large, progressive);
      assertClose(decode(jpeg, WIDTH, HEIGHT), whole, 12);
      byte[] turned = TestImages.jpegWithExif(jpeg, TestImages.exif(3));
      assertClose(upsideDown(decode(turned, WIDTH, HEIGHT)), whole, 12);
    }
  }

  private static byte[] upsideDown(byte[] pixels) {
    byte[] turned = new byte[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      turned[pixels.length - 3 - (i - i % 3) + i % 3] = pixels[i];
    }
    return turned;
  }

  @Test
  void gif() {
    // The JDK loses rows of interlaced GIFs of two to four rows; these have more.
    BufferedImage palette = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_INDEXED);
    palette.setRGB(1, 1, 0xff3366);
    palette.setRGB(7, 6, 0x336699);
    assertThat(decode(TestImages.file(palette, "gif"), 8, 8)).isEqualTo(TestImages.bgr(palette));
  }

  @Test
  void runLengthBmp() {
    BufferedImage palette = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_INDEXED);
    palette.setRGB(1, 1, 0xff3366);
    palette.setRGB(7, 6, 0x336699);
    assertThat(decode(TestImages.runLengthBmp(palette), 8, 8)).isEqualTo(TestImages.bgr(palette));
  }

  @Test
  void webp() {
    byte[] pixels = TestImages.bgr(PHOTO);
    assertThat(decode(TestImages.webp(pixels, WIDTH, HEIGHT, 3, 101), WIDTH, HEIGHT))
        .isEqualTo(pixels);
    assertClose(decode(TestImages.webp(pixels, WIDTH, HEIGHT, 3, 95), WIDTH, HEIGHT), pixels, 30);
  }

  @Test
  void greyIsSpreadToThreeChannels() {
    byte[] png = png(2, 1, 8, 0, bytes(0, 77, 200));
    assertThat(decode(png, 2, 1)).isEqualTo(bytes(77, 77, 77, 200, 200, 200));

    BufferedImage grey = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSamples(0, 0, 8, 8, 0, IntStream.generate(() -> 90).limit(64).toArray());
    assertThat(decode(TestImages.file(grey, "jpg"), 8, 8)).containsOnly(90);
  }

  @Test
  void oneBitAPixel() {
    assertThat(decode(png(2, 1, 1, 0, bytes(0, 0x40)), 2, 1))
        .isEqualTo(bytes(0, 0, 0, 255, 255, 255));
  }

  @Test
  void palette() {
    byte[] file = png(2, 1, 8, 3, bytes(0, 1, 0), chunk("PLTE", bytes(1, 2, 3, 10, 20, 30)));
    assertThat(decode(file, 2, 1)).isEqualTo(bytes(30, 20, 10, 3, 2, 1));
  }

  @Test
  void sixteenBitsAreReducedToEight() {
    assertThat(decode(png(1, 1, 16, 2, bytes(0, 10, 10, 20, 20, 30, 30)), 1, 1))
        .isEqualTo(bytes(30, 20, 10));
    assertThat(decode(png(1, 1, 16, 0, bytes(0, 99, 99)), 1, 1)).isEqualTo(bytes(99, 99, 99));
  }

  /** Values as Photoshop stores them: 255 is no ink. */
  @ParameterizedTest
  @CsvSource({
    "255, 255, 255, 255, 255, 255, 255",
    "255, 255, 255,   0,   0,   0,   0",
    "255,   0,   0, 255,   0,   0, 255",
    "  0, 255,   0, 255,   0, 255,   0",
    "  0,   0, 255, 255, 255,   0,   0",
  })
  void cmykJpeg(int c, int m, int y, int k, int blue, int green, int red) {
    byte[] decoded = decode(TestImages.adobeJpeg(0, c, m, y, k), 16, 16);
    assertClose(Arrays.copyOf(decoded, 3), bytes(blue, green, red), 3);
  }

  @Test
  void ycckJpeg() {
    // Luminance full, no chrominance, no black.
    assertClose(
        Arrays.copyOf(decode(TestImages.adobeJpeg(2, 0, 128, 128, 255), 16, 16), 3),
        bytes(255, 255, 255),
        3);
    assertClose(
        Arrays.copyOf(decode(TestImages.adobeJpeg(2, 0, 128, 128, 0), 16, 16), 3),
        bytes(0, 0, 0),
        3);
  }

  @Test
  void alphaIsCompositedOverWhite() {
    int half = 128;
    // 255 - (255 - c) * 128 / 255
    byte[] expected = bytes(180, 205, 230, 3, 2, 1, 255, 255, 255);
    byte[] rgba = bytes(0, 205, 155, 105, half, 1, 2, 3, 255, 9, 9, 9, 0);
    assertThat(decode(png(3, 1, 8, 6, rgba), 3, 1)).isEqualTo(expected);

    byte[] bgra = bytes(105, 155, 205, half, 3, 2, 1, 255, 9, 9, 9, 0);
    assertThat(decode(TestImages.webp(bgra, 3, 1, 4, 101), 3, 1)).isEqualTo(expected);

    byte[] palette =
        png(
            3,
            1,
            8,
            3,
            bytes(0, 0, 1, 2),
            chunk("PLTE", bytes(205, 155, 105, 1, 2, 3, 9, 9, 9)),
            chunk("tRNS", bytes(half, 255, 0)));
    assertThat(decode(palette, 3, 1)).isEqualTo(expected);
  }

  @Test
  void alphaOfGreyAndOfSixteenBits() {
    assertThat(decode(png(2, 1, 8, 4, bytes(0, 155, 128, 155, 255)), 2, 1))
        .isEqualTo(bytes(205, 205, 205, 155, 155, 155));
    byte[] deep = bytes(0, 205, 205, 155, 155, 105, 105, 128, 128);
    assertThat(decode(png(1, 1, 16, 6, deep), 1, 1)).isEqualTo(bytes(180, 205, 230));
  }

  @Test
  void oneColourThatStandsForTransparent() {
    byte[] rgb =
        png(2, 1, 8, 2, bytes(0, 1, 2, 3, 4, 5, 6), chunk("tRNS", bytes(0, 1, 0, 2, 0, 3)));
    assertThat(decode(rgb, 2, 1)).isEqualTo(bytes(255, 255, 255, 6, 5, 4));
    byte[] grey = png(2, 1, 8, 0, bytes(0, 77, 99), chunk("tRNS", bytes(0, 77)));
    assertThat(decode(grey, 2, 1)).isEqualTo(bytes(255, 255, 255, 99, 99, 99));
    byte[] twoBits = png(2, 1, 2, 0, bytes(0, 0x60), chunk("tRNS", bytes(0, 1)));
    assertThat(decode(twoBits, 2, 1)).isEqualTo(bytes(255, 255, 255, 170, 170, 170));
    byte[] deep = png(2, 1, 16, 0, bytes(0, 5, 6, 99, 99), chunk("tRNS", bytes(5, 6)));
    assertThat(decode(deep, 2, 1)).isEqualTo(bytes(255, 255, 255, 99, 99, 99));
  }

  @Test
  void alphaOfTiff() {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x80cd9b69);
    image.setRGB(1, 0, 0xff010203);
    assertClose(decode(TestImages.file(image, "tiff"), 2, 1), bytes(180, 205, 230, 3, 2, 1), 1);
  }

  @Test
  void transparencyOfGif() {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0);
    image.setRGB(1, 0, 0xff0000ff);
    assertThat(decode(TestImages.file(image, "gif"), 2, 1))
        .isEqualTo(bytes(255, 255, 255, 255, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void exifOrientation(int orientation) {
    byte[] upright = upright(orientation);
    int width = orientation < 5 ? WIDTH : HEIGHT;
    int height = orientation < 5 ? HEIGHT : WIDTH;

    byte[] png = TestImages.file(PHOTO, "png");
    byte[] exif = TestImages.exif(orientation);
    int afterHeader = 33;
    assertThat(decode(TestImages.insert(png, afterHeader, chunk("eXIf", exif)), width, height))
        .as("PNG, before the picture")
        .isEqualTo(upright);
    assertThat(decode(TestImages.insert(png, png.length - 12, chunk("eXIf", exif)), width, height))
        .as("PNG, behind the picture")
        .isEqualTo(upright);

    byte[] jpeg = TestImages.jpegWithExif(TestImages.jpeg(PHOTO, false), exif);
    assertClose(decode(jpeg, width, height), upright, 30);

    byte[] webp = TestImages.webp(TestImages.bgr(PHOTO), WIDTH, HEIGHT, 3, 101);
    byte[] extended =
        TestImages.extendedWebp(
            WIDTH, HEIGHT, 0x08, TestImages.webpBody(webp), TestImages.webpChunk("EXIF", exif));
    assertThat(decode(extended, width, height)).as("WebP").isEqualTo(upright);

    byte[] tiff = TestImages.tiff(WIDTH, HEIGHT, rgb(PHOTO), new int[] {274, orientation});
    assertThat(decode(tiff, width, height)).as("TIFF").isEqualTo(upright);
  }

  @Test
  void exifOrientationOfATransparentPicture() {
    byte[] rows = bytes(0, 1, 2, 3, 255, 4, 5, 6, 255);
    byte[] file = png(2, 1, 8, 6, rows, chunk("eXIf", TestImages.exif(3)));
    assertThat(decode(file, 2, 1)).isEqualTo(bytes(6, 5, 4, 3, 2, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 255})
  void orientationsThatDoNotExistAreIgnored(int orientation) {
    byte[] file =
        TestImages.insert(
            TestImages.file(PHOTO, "png"), 33, chunk("eXIf", TestImages.exif(orientation)));
    assertThat(decode(file, WIDTH, HEIGHT)).isEqualTo(TestImages.bgr(PHOTO));
  }

  @Test
  void damagedExifIsIgnored() {
    byte[] exif = Arrays.copyOf(TestImages.exif(6), 12);
    byte[] file = TestImages.insert(TestImages.file(PHOTO, "png"), 33, chunk("eXIf", exif));
    assertThat(decode(file, WIDTH, HEIGHT)).isEqualTo(TestImages.bgr(PHOTO));
  }

  @Test
  void onePixel() {
    assertThat(decode(png(1, 1, 8, 2, bytes(0, 7, 8, 9)), 3, 2))
        .isEqualTo(bytes(9, 8, 7, 9, 8, 7, 9, 8, 7, 9, 8, 7, 9, 8, 7, 9, 8, 7));
  }

  @Test
  void veryLongAndNarrow() {
    byte[] row = new byte[1 + 1_000_000];
    Arrays.fill(row, 1, row.length, (byte) 120);
    assertThat(decode(png(1_000_000, 1, 8, 0, row), 5, 4)).hasSize(60).containsOnly(120);
    byte[] rows = new byte[2 * 1_000_000];
    assertThat(decode(png(1, 1_000_000, 8, 0, rows), 5, 4)).hasSize(60).containsOnly(0);
  }

  @Test
  void rowsOfBmpInBothDirections() {
    byte[] file = TestImages.file(PHOTO, "bmp");
    byte[] topDown = file.clone();
    System.arraycopy(TestImages.littleEndian(-HEIGHT), 0, topDown, 22, 4);
    byte[] decoded = decode(topDown, WIDTH, HEIGHT);
    byte[] upsideDown =
        transform(WIDTH, HEIGHT).apply(file, List.of(new Augmentation.VerticalFlip())).get(0);
    assertThat(decoded).isEqualTo(upsideDown);
  }

  @Test
  void animationsOfOneFrameAreStills() {
    byte[] png = TestImages.file(PHOTO, "png");
    byte[] control =
        TestImages.concat(new byte[4], new byte[] {0, 0, 0, WIDTH, 0, 0, 0, HEIGHT}, new byte[14]);
    byte[] apng =
        TestImages.insert(
            png,
            33,
            TestImages.concat(
                chunk("acTL", bytes(0, 0, 0, 1, 0, 0, 0, 0)), chunk("fcTL", control)));
    assertThat(decode(apng, WIDTH, HEIGHT)).isEqualTo(TestImages.bgr(PHOTO));

    byte[] still = TestImages.webp(TestImages.bgr(PHOTO), WIDTH, HEIGHT, 3, 101);
    byte[] place = bytes(0, 0, 0, 0, 0, 0, WIDTH - 1, 0, 0, HEIGHT - 1, 0, 0, 100, 0, 0, 0);
    byte[] webp =
        TestImages.extendedWebp(
            WIDTH,
            HEIGHT,
            0x02,
            TestImages.webpChunk("ANIM", new byte[6]),
            TestImages.webpChunk("ANMF", TestImages.concat(place, TestImages.webpBody(still))));
    assertThat(decode(webp, WIDTH, HEIGHT)).isEqualTo(TestImages.bgr(PHOTO));
  }

  @Test
  void noNativeMemoryOutlivesACall() {
    byte[] file = png(2, 1, 8, 6, bytes(0, 1, 2, 3, 128, 4, 5, 6, 255));
    decode(file, 5, 5);
    long before = Pointer.totalBytes();
    for (int i = 0; i < 100; i++) {
      decode(file, 5, 5);
    }
    assertThat(Pointer.totalBytes()).isEqualTo(before);
  }

  @Test
  void manyThreadsAtOnce() {
    ImageTransform transform = transform(11, 13);
    byte[] file = TestImages.jpeg(TestImages.photo(64, 48), false);
    byte[] alone = transform.apply(file, List.of(new Augmentation.None())).get(0);
    IntStream.range(0, 200)
        .parallel()
        .forEach(
            i ->
                assertThat(transform.apply(file, List.of(new Augmentation.None())))
                    .containsExactly(alone));
  }

  /** From the definition of the tag, pixel by pixel. */
  private static byte[] upright(int orientation) {
    boolean turned = orientation >= 5;
    int width = turned ? HEIGHT : WIDTH;
    int height = turned ? WIDTH : HEIGHT;
    BufferedImage upright = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int right = WIDTH - 1 - (turned ? y : x);
        int bottom = HEIGHT - 1 - (turned ? x : y);
        int rgb =
            switch (orientation) {
              case 2 -> PHOTO.getRGB(right, y);
              case 3 -> PHOTO.getRGB(right, bottom);
              case 4 -> PHOTO.getRGB(x, bottom);
              case 5 -> PHOTO.getRGB(y, x);
              case 6 -> PHOTO.getRGB(y, bottom);
              case 7 -> PHOTO.getRGB(right, bottom);
              case 8 -> PHOTO.getRGB(right, x);
              default -> PHOTO.getRGB(x, y);
            };
        upright.setRGB(x, y, rgb);
      }
    }
    return TestImages.bgr(upright);
  }

  private static byte[] rgb(BufferedImage image) {
    byte[] rgb = TestImages.bgr(image);
    for (int i = 0; i < rgb.length; i += 3) {
      byte blue = rgb[i];
      rgb[i] = rgb[i + 2];
      rgb[i + 2] = blue;
    }
    return rgb;
  }

  private static void assertClose(byte[] actual, byte[] expected, int tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    Offset<Integer> offset = within(tolerance);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i] & 0xff).as("byte %d", i).isCloseTo(expected[i] & 0xff, offset);
    }
  }

  private static byte[] decode(byte[] file, int width, int height) {
    return transform(width, height).apply(file, List.of(new Augmentation.None())).get(0);
  }

  private static ImageTransform transform(int width, int height) {
    return new ImageTransform(OPTIONS, width, height);
  }

  /** Pictures are made opaque band by band: these have one band a third. */
  @ParameterizedTest
  @ValueSource(strings = {"png", "gif"})
  void largePicturesAreWhatTheirPartsAre(String format) {
    BufferedImage large = translucent(1_000, 2_100);
    byte[] whole = decode(TestImages.file(large, format), 1_000, 2_100);
    for (int part = 0; part < 3; part++) {
      byte[] expected =
          decode(TestImages.file(large.getSubimage(0, 700 * part, 1_000, 700), format), 1_000, 700);
      assertThat(Arrays.copyOfRange(whole, part * expected.length, (part + 1) * expected.length))
          .isEqualTo(expected);
    }
  }

  /** Few colours, so that GIF keeps them, some of them transparent. */
  private static BufferedImage translucent(int width, int height) {
    IndexColorModel palette =
        new IndexColorModel(
            2,
            4,
            bytes(0, 200, 90, 255),
            bytes(10, 20, 230, 255),
            bytes(0, 99, 7, 255),
            bytes(255, 255, 255, 0));
    BufferedImage image =
        new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, palette);
    Random random = new Random(5);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.getRaster().setSample(x, y, 0, random.nextInt(4));
      }
    }
    return image;
  }
}
