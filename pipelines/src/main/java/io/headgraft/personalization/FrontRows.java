package io.headgraft.personalization;

import io.headgraft.personalization.PhoneRecipe.Front;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Rows as a model's trainable layers read them. */
final class FrontRows {

  private final Map<Integer, float[]> made = new HashMap<>();

  /**
   * Works them out, all at once: a front that multiplies by a matrix lays it out but once.
   *
   * @param features [row][feature], as the backbone gives them
   * @param rows those that will be asked for
   */
  FrontRows(Front front, float[][] features, int[] rows) {
    float[][] values =
        front.apply(Arrays.stream(rows).mapToObj(i -> features[i]).toArray(float[][]::new));
    for (int i = 0; i < rows.length; i++) {
      made.put(rows[i], values[i]);
    }
  }

  float[][] of(int[] rows) {
    return Arrays.stream(rows).mapToObj(made::get).toArray(float[][]::new);
  }
}
