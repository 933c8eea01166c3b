package io.headgraft.personalization;

import io.headgraft.personalization.PhoneRecipe.Front;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Rows as a model's trainable layers read them, each worked out once. Not for many threads. */
final class FrontRows {

  private final Front front;
  private final float[][] features;
  private final Map<Integer, float[]> known = new HashMap<>();

  FrontRows(Front front, float[][] features) {
    this.front = front;
    this.features = features;
  }

  float[][] of(int[] rows) {
    int[] missing = Arrays.stream(rows).filter(row -> !known.containsKey(row)).distinct().toArray();
    if (missing.length > 0) {
      float[][] made =
          front.apply(Arrays.stream(missing).mapToObj(i -> features[i]).toArray(float[][]::new));
      for (int i = 0; i < missing.length; i++) {
        known.put(missing[i], made[i]);
      }
    }
    return Arrays.stream(rows).mapToObj(known::get).toArray(float[][]::new);
  }
}
