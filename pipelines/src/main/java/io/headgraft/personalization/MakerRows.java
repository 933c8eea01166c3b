package io.headgraft.personalization;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The training rows that models are made of: all of them where the time allows it; else the photos
 * without their variants; else some photos of each label, the first by their ids.
 *
 * @param most rows of a model
 */
record MakerRows(ForecastPhotos photos, int most) {

  /** With fewer photos of a label than this, a model is another one than that which ships. */
  private static final int LEAST_PHOTOS = 10;

  /** Those of some rows. */
  int[] some(IntPredicate wanted) {
    int[] all = photos.training(wanted);
    if (all.length <= most) {
      return all;
    }
    int[] originals = IntStream.of(all).filter(row -> photos.pool().variants()[row] == 0).toArray();
    int[] plain = originals.length == 0 ? all : originals;
    if (plain.length <= most) {
      return plain;
    }
    int labels =
        (int) IntStream.of(plain).map(row -> photos.pool().labels()[row]).distinct().count();
    int each = Math.max(LEAST_PHOTOS, most / labels);
    Map<Integer, Integer> taken = new HashMap<>();
    return IntStream.of(plain)
        .filter(row -> taken.merge(photos.pool().labels()[row], 1, Integer::sum) <= each)
        .toArray();
  }
}
