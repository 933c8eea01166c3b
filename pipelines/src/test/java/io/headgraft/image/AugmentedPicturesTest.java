package io.headgraft.image;

import static io.headgraft.image.TestImages.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntBinaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Size;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each kind of augmentation does to a picture. */
class AugmentedPicturesTest {

  private PointerScope scope;

  @BeforeEach
  void open() {
    scope = new PointerScope();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void rotationIsCounterClockwiseByItsAngle() {
    // A dot 30 pixels to the right of the centre, in a picture of which the middle 73 are kept.
    Mat picture = grey(101, 101, (x, y) -> Math.hypot(x - 80, y - 50) < 3 ? 255 : 0);

    Mat rotated = new Augmentation.Rotation(30).apply(picture);

    assertThat(rotated.cols()).isEqualTo(rotated.rows()).isEqualTo(73);
    double[] dot = centroid(rotated);
    assertThat(dot[0] - 36).isCloseTo(30 * Math.sqrt(0.75), within(0.2));
    assertThat(36 - dot[1]).isCloseTo(30 * 0.5, within(0.2));
  }

  /** Where the camera saw nothing, the slope would end. */
  @ParameterizedTest
  @CsvSource({
    "120, 60, 15",
    "120, 60, -15",
    "60, 120, 44",
    "90, 90, 90",
    "90, 90, -135",
    "120, 60, 180"
  })
  void rotationShowsOnlyWhatTheCameraSaw(int width, int height, double degrees) {
    Mat picture = grey(width, height, (x, y) -> 10 + x + y);

    Mat rotated = new Augmentation.Rotation(degrees).apply(picture);

    double cos = Math.cos(Math.toRadians(degrees));
    double sin = Math.sin(Math.toRadians(degrees));
    try (UByteIndexer pixels = rotated.createIndexer()) {
      for (int y = 0; y < rotated.rows(); y++) {
        for (int x = 0; x < rotated.cols(); x++) {
          double right = x - (rotated.cols() - 1) / 2.0;
          double down = y - (rotated.rows() - 1) / 2.0;
          double expected =
              10
                  + (width - 1) / 2.0
                  + (height - 1) / 2.0
                  + cos * right
                  - sin * down
                  + sin * right
                  + cos * down;
          // OpenCV interpolates at 32nds of a pixel.
          assertThat((double) pixels.get(y, x, 0)).isCloseTo(expected, within(0.6));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"120, 60, 15", "60, 120, -100", "90, 90, 45", "200, 50, 90", "64, 48, 180"})
  void rotationKeepsTheLargestPartOfTheSameShape(int width, int height, double degrees) {
    Mat rotated = new Augmentation.Rotation(degrees).apply(grey(width, height, (x, y) -> 0));

    double cos = Math.abs(Math.cos(Math.toRadians(degrees)));
    double sin = Math.abs(Math.sin(Math.toRadians(degrees)));
    double turnedWidth = cos * rotated.cols() + sin * rotated.rows();
    double turnedHeight = sin * rotated.cols() + cos * rotated.rows();
    assertThat(turnedWidth).isLessThan(width + 1e-6);
    assertThat(turnedHeight).isLessThan(height + 1e-6);
    assertThat(turnedWidth > width - 2 || turnedHeight > height - 2).isTrue();
    assertThat((double) rotated.cols() / width)
        .isCloseTo((double) rotated.rows() / height, within(1.0 / Math.min(width, height)));
  }

  @Test
  void rotationByNothingChangesNothing() {
    Mat picture = grey(31, 17, (x, y) -> 7 * x + y);
    assertThat(pixels(new Augmentation.Rotation(0).apply(picture))).isEqualTo(pixels(picture));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 15, 90, -179})
  void thePictureMayBeAPixel(double degrees) {
    Mat picture = grey(1, 1, (x, y) -> 200);
    assertThat(pixels(new Augmentation.Rotation(degrees).apply(picture)))
        .isEqualTo(bytes(200, 200, 200));
    Mat line = new Augmentation.Rotation(degrees).apply(grey(50, 1, (x, y) -> 200));
    assertThat(pixels(line)).containsOnly(bytes(200)[0]);
    assertThat(pixels(new Augmentation.Crop(0.25, 1, 1).apply(picture)))
        .isEqualTo(bytes(200, 200, 200));
  }

  @Test
  void cropIsAPartOfTheAreaWhereItIsAskedFor() {
    Mat picture = grey(100, 60, (x, y) -> x + y);

    Mat corner = new Augmentation.Crop(0.25, 1, 0).apply(picture);
    Mat middle = new Augmentation.Crop(0.64, 0.5, 0.5).apply(picture);

    assertThat(List.of(corner.cols(), corner.rows())).containsExactly(50, 30);
    assertThat(List.of(at(corner, 0, 0), at(corner, 49, 29))).containsExactly(50, 99 + 29);
    assertThat(List.of(middle.cols(), middle.rows())).containsExactly(80, 48);
    assertThat(at(middle, 0, 0)).isEqualTo(10 + 6);
    assertThat(pixels(new Augmentation.Crop(1, 0.7, 0.2).apply(picture).clone()))
        .isEqualTo(pixels(picture));
  }

  @Test
  void stepsAreTakenInTheOrderOfTheKinds() {
    // Mirrored first: the left half of it is the right one of the photo.
    byte[] file = TestImages.png(4, 2, 8, 0, bytes(0, 1, 2, 3, 4, 0, 5, 6, 7, 8));
    Augmentation how =
        Augmentation.of(
            List.of(new Augmentation.Crop(0.25, 0, 0), new Augmentation.HorizontalFlip()));

    assertThat(input(file, 2, 1, how)).isEqualTo(bytes(4, 4, 4, 3, 3, 3));
  }

  /** 118 and 162 are 18 and 36 percent of the light in sRGB. */
  @Test
  void aStopDoublesTheLight() {
    assertThat(exposed(1, 118)).isEqualTo(162);
    assertThat(exposed(-1, 162)).isEqualTo(118);
    assertThat(exposed(2, 8)).isEqualTo(25);
    assertThat(List.of(exposed(1, 0), exposed(-4, 0), exposed(4, 100), exposed(0.01, 255)))
        .containsExactly(0, 0, 255, 255);
    for (int level = 0; level < 256; level++) {
      assertThat(exposed(0, level)).isEqualTo(level);
    }
  }

  private static int exposed(double stops, int level) {
    return at(new Augmentation.Exposure(stops).apply(grey(3, 2, (x, y) -> level)), 2, 1);
  }

  @Test
  void huesTurnRedTowardsGreenAndGreyStays() {
    assertThat(shifted(0, 1, 120, 100, 30)).containsExactly(120, 100, 30);
    int[] turned = shifted(120, 1, 160, 60, 60);
    assertThat(turned[1]).isGreaterThan(turned[0] + 30).isGreaterThan(turned[2] + 30);
    int[] back = shifted(-120, 1, 160, 60, 60);
    assertThat(back[2]).isGreaterThan(back[0] + 30).isGreaterThan(back[1] + 30);
    // Half a turn is the mirror image at the luma, 104.26; OpenCV counts in 1024ths.
    int[] opposite = shifted(180, 1, 120, 100, 100);
    assertThat(opposite[0]).isBetween(88, 89);
    assertThat(opposite[1]).isEqualTo(opposite[2]).isBetween(108, 109);
    for (int level = 0; level < 256; level++) {
      assertThat(shifted(77, 3, level, level, level)).containsOnly(level);
    }
  }

  @Test
  void saturationIsTheDistanceFromGrey() {
    assertThat(shifted(0, 0, 200, 0, 0)).containsExactly(43, 43, 43);
    assertThat(shifted(0, 0, 0, 200, 0)).containsExactly(143, 143, 143);
    assertThat(shifted(0, 0, 0, 0, 200)).containsExactly(14, 14, 14);
    assertThat(shifted(0, 2, 120, 100, 100)).containsExactly(136, 96, 96);
  }

  /** Red, green and blue. */
  private static int[] shifted(double hue, double saturation, int red, int green, int blue) {
    byte[] file = TestImages.file(TestImages.constant(2, 2, red << 16 | green << 8 | blue), "png");
    byte[] bgr = input(file, 2, 2, new Augmentation.ColorShift(hue, saturation));
    return new int[] {bgr[2] & 0xff, bgr[1] & 0xff, bgr[0] & 0xff};
  }

  @Test
  void blurIsAGaussianOfAShareOfTheShorterSide() {
    // An edge becomes the normal distribution: 3 pixels from it lies one standard deviation.
    Mat edge = grey(150, 100, (x, y) -> x < 75 ? 0 : 200);

    Mat blurred = new Augmentation.Blur(0.03).apply(edge);

    assertThat(at(blurred, 74, 50) + at(blurred, 75, 50)).isBetween(199, 201);
    assertThat((at(blurred, 77, 50) + at(blurred, 78, 50)) / 2.0)
        .isCloseTo(200 * 0.8413, within(1.5));
    assertThat((at(blurred, 71, 0) + at(blurred, 72, 0)) / 2.0)
        .isCloseTo(200 * 0.1587, within(1.5));
    assertThat(at(blurred, 149, 99)).isEqualTo(200);
    assertThat(pixels(new Augmentation.Blur(0).apply(edge))).isEqualTo(pixels(edge));
  }

  @Test
  void noiseHasItsStrengthAtTheInputWhateverThePhotosSize() {
    for (int side : new int[] {100, 700}) {
      byte[] file = TestImages.file(TestImages.constant(side, side, 0x808080), "png");
      byte[] noisy = input(file, 100, 100, new Augmentation.Noise(10, 5));
      double sum = 0;
      double squares = 0;
      double together = 0;
      for (int i = 0; i < noisy.length; i++) {
        double value = (noisy[i] & 0xff) - 128;
        sum += value;
        squares += value * value;
        together += i % 3 == 0 ? value * ((noisy[i + 1] & 0xff) - 128) : 0;
      }
      assertThat(sum / noisy.length).isCloseTo(0, within(0.3));
      assertThat(Math.sqrt(squares / noisy.length)).isCloseTo(10, within(0.2));
      // Of two channels, whose covariance would be 100 if they had the same noise.
      assertThat(together / (noisy.length / 3.0)).isCloseTo(0, within(4.0));
    }
  }

  @Test
  void noiseFollowsFromItsSeed() {
    byte[] file = TestImages.file(TestImages.constant(20, 20, 0x808080), "png");
    byte[] noisy = input(file, 20, 20, new Augmentation.Noise(10, 5));

    assertThat(input(file, 20, 20, new Augmentation.Noise(10, 5))).isEqualTo(noisy);
    assertThat(input(file, 20, 20, new Augmentation.Noise(10, 6))).isNotEqualTo(noisy);
    assertThat(input(file, 20, 20, new Augmentation.Noise(0, 5)))
        .isEqualTo(input(file, 20, 20, new Augmentation.None()));
  }

  @Test
  void noVariantChangesTheOthers() {
    byte[] file = TestImages.file(TestImages.photo(90, 70), "png");
    List<Augmentation> all = new ArrayList<>();
    for (String text :
        List.of(
            "none",
            "rotation(degrees=12)",
            "horizontal-flip",
            "crop(area=0.5,x=0.2,y=0.9)",
            "exposure(stops=0.5)",
            "color-shift(hue=10,saturation=1.2)",
            "blur(sigma=0.02)",
            "noise(sd=9,seed=1)",
            "horizontal-flip+rotation(degrees=-5)+exposure(stops=-1)+noise(sd=3,seed=2)",
            "none")) {
      all.add(Augmentation.parse(text));
    }
    for (Crop crop : Crop.values()) {
      ImageTransform transform =
          new ImageTransform(new ImageOptions(1_000_000, 1_000_000, crop), 16, 16);
      List<byte[]> together = transform.apply(file, all);
      for (int i = 0; i < all.size(); i++) {
        assertThat(together.get(i))
            .as(all.get(i).name())
            .isEqualTo(transform.apply(file, List.of(all.get(i))).get(0));
      }
      assertThat(together.get(0)).isEqualTo(together.get(9)).isNotEqualTo(together.get(1));
    }
  }

  /** No channel of a bright photo may be dark anywhere: neither a corner nor an edge. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rotation(degrees=13)",
        "rotation(degrees=-45)+crop(area=0.25,x=1,y=1)",
        "vertical-flip+rotation(degrees=90)+blur(sigma=0.05)",
        "crop(area=0.7,x=0,y=1)+blur(sigma=0.1)"
      })
  void noCornerIsBlack(String text) {
    for (int[] size : new int[][] {{3, 2}, {40, 40}, {300, 200}, {31, 400}}) {
      byte[] file = TestImages.file(TestImages.constant(size[0], size[1], 0xffffff), "png");
      assertThat(input(file, 24, 24, Augmentation.parse(text))).containsOnly(bytes(255)[0]);
    }
  }

  @Test
  void whatIsReducedStillFillsTheTightestCrop() {
    Frame frame = new Frame(Crop.SCALE_FILL, 10, 20);

    Mat reduced = frame.reduce(grey(100, 400, (x, y) -> 0));
    Mat small = grey(20, 40, (x, y) -> 0);

    assertThat(List.of(reduced.cols(), reduced.rows())).containsExactly(20, 80);
    assertThat(frame.reduce(small)).isSameAs(small);
  }

  /** Reducing first must not show: against the same variant of all the pixels. */
  @Test
  void largePhotosAreAugmentedAsSmallOnes() {
    Mat picture =
        grey(900, 600, (x, y) -> (int) (128 + 100 * Math.sin(x / 60.0) * Math.cos(y / 45.0)));
    Frame frame = new Frame(Crop.SCALE_FILL, 60, 60);
    Augmentation how = Augmentation.parse("rotation(degrees=10)+crop(area=0.6,x=0.3,y=0.8)");

    byte[] full = pixels(frame.show(picture, how));
    byte[] reduced = pixels(frame.show(frame.reduce(picture), how));

    double difference = 0;
    for (int i = 0; i < full.length; i++) {
      difference = Math.max(difference, Math.abs((full[i] & 0xff) - (reduced[i] & 0xff)));
    }
    // From one pixel of the input to the next it is 25 at most: nothing moves by half a pixel.
    assertThat(difference).isLessThan(12.5);
  }

  private static byte[] input(byte[] file, int width, int height, Augmentation how) {
    return new ImageTransform(
            new ImageOptions(1_000_000, 1_000_000, Crop.SCALE_FILL), width, height)
        .apply(file, List.of(how))
        .get(0);
  }

  private static Mat grey(int width, int height, IntBinaryOperator level) {
    Mat picture = new Mat(new Size(width, height), opencv_core.CV_8UC3);
    try (UByteIndexer pixels = picture.createIndexer()) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int value = level.applyAsInt(x, y);
          pixels.put((long) y, (long) x, value, value, value);
        }
      }
    }
    return picture;
  }

  private static int at(Mat picture, int x, int y) {
    try (UByteIndexer pixels = picture.createIndexer()) {
      return pixels.get(y, x, 0);
    }
  }

  private static byte[] pixels(Mat picture) {
    byte[] pixels = new byte[picture.cols() * picture.rows() * 3];
    picture.data().get(pixels);
    return pixels;
  }

  private static double[] centroid(Mat picture) {
    double sum = 0;
    double right = 0;
    double down = 0;
    for (int y = 0; y < picture.rows(); y++) {
      for (int x = 0; x < picture.cols(); x++) {
        sum += at(picture, x, y);
        right += x * at(picture, x, y);
        down += y * at(picture, x, y);
      }
    }
    return new double[] {right / sum, down / sum};
  }
}
