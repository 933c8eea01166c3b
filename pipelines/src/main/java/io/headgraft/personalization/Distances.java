package io.headgraft.personalization;

import io.headgraft.head.SoftmaxLayer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The squared Euclidean distances of examples from some photos, worked out once. */
final class Distances {

  private final Map<Integer, double[]> made = new HashMap<>();

  /**
   * Works them out.
   *
   * @param photos [photo][feature]
   * @param rows of the examples that will be asked for
   * @param examples [row][feature], theirs
   */
  Distances(float[][] photos, int[] rows, float[][] examples) {
    // |a − b|² = |a|² − 2 (ab − |b|² / 2): the products are those of a layer whose rows are the
    // photos.
    float[] halves = new float[photos.length];
    for (int i = 0; i < photos.length; i++) {
      halves[i] = (float) (-square(photos[i]) / 2);
    }
    double[][] nearness =
        photos.length == 0
            ? new double[examples.length][0]
            : SoftmaxLayer.logits(photos, halves, examples);
    for (int i = 0; i < rows.length; i++) {
      double square = square(examples[i]);
      made.put(
          rows[i],
          Arrays.stream(nearness[i]).map(near -> Math.max(0, square - 2 * near)).toArray());
    }
  }

  /** [example][photo]. */
  double[][] of(int[] rows) {
    return Arrays.stream(rows).mapToObj(made::get).toArray(double[][]::new);
  }

  private static double square(float[] row) {
    double sum = 0;
    for (float value : row) {
      sum += (double) value * value;
    }
    return sum;
  }
}
