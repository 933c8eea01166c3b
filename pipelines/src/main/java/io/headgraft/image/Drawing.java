package io.headgraft.image;

import java.util.Random;

/**
 * Numbers by chance, of four decimals each, so that they are short as text. {@link Random} is the
 * one generator whose numbers Java's documentation fixes for good.
 */
final class Drawing {

  private static final double DECIMALS = 1e4;

  private Drawing() {}

  static double uniform(Random random, double from, double to) {
    return rounded(from + random.nextDouble() * (to - from));
  }

  /** A factor between the inverse of a number and the number. */
  static double factor(Random random, double max) {
    return rounded(StrictMath.pow(max, 2 * random.nextDouble() - 1));
  }

  private static double rounded(double value) {
    return Math.rint(value * DECIMALS) / DECIMALS;
  }

  static void require(String key, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException(
          "augment.%s is %s, must be %s to %s"
              .formatted(key, value, AugmentationText.plain(min), AugmentationText.plain(max)));
    }
  }
}
