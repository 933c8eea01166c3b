package io.headgraft.personalization;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The training rows that models are made of: all of them where the time allows it; else the photos
 * with fewer variants, or without; else some photos of each label, the first by their ids.
 *
 * @param most rows of a model
 */
record MakerRows(ForecastPhotos photos, int most) {

  /** With fewer photos of a label than this, a model is another one than that which ships. */
  private static final int LEAST_PHOTOS = 10;

  /** Those of some rows. */
  int[] some(IntPredicate wanted) {
    int[] rows = photos.training(wanted);
    int variants = IntStream.of(rows).map(row -> photos.pool().variants()[row]).max().orElse(0);
    for (int last = variants; rows.length > most && last > 0; last--) {
      int[] fewer = upTo(last - 1, rows);
      // A user's photos may be variants alone.
      rows = fewer.length == 0 ? rows : fewer;
    }
    if (rows.length <= most) {
      return rows;
    }
    int labels =
        (int) IntStream.of(rows).map(row -> photos.pool().labels()[row]).distinct().count();
    int each = Math.max(LEAST_PHOTOS, most / labels);
    Map<Integer, Integer> taken = new HashMap<>();
    return IntStream.of(rows)
        .filter(row -> taken.merge(photos.pool().labels()[row], 1, Integer::sum) <= each)
        .toArray();
  }

  private int[] upTo(int variant, int[] rows) {
    return IntStream.of(rows).filter(row -> photos.pool().variants()[row] <= variant).toArray();
  }
}
