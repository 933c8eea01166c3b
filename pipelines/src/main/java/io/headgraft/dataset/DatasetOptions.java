package io.headgraft.dataset;

/**
 * How a data set is divided and checked.
 *
 * @param seed decides which images are held out
 * @param validation share of the images to choose by, in [0, 1)
 * @param test share of the images to measure on, in [0, 1)
 * @param maxRejected largest share of files that may be unusable, in [0, 1]
 */
public record DatasetOptions(long seed, double validation, double test, double maxRejected) {

  /** Checks the ranges. */
  public DatasetOptions {
    requireShare(validation >= 0 && validation < 1, "validation", validation);
    requireShare(test >= 0 && test < 1, "test", test);
    requireShare(validation + test < 1, "validation + test", validation + test);
    requireShare(maxRejected >= 0 && maxRejected <= 1, "max-rejected", maxRejected);
  }

  private static void requireShare(boolean condition, String name, double value) {
    if (!condition) {
      throw new IllegalArgumentException("dataset.%s is out of range: %s".formatted(name, value));
    }
  }
}
