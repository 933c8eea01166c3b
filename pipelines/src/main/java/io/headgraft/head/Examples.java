package io.headgraft.head;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Labelled features in the driver's memory, in the order of image id and variant.
 *
 * @param features [row][feature], as the backbone gives them
 * @param labels [row], an index into the labels
 * @param imageIds [row]
 * @param variants [row], 0 for the image as it is
 */
public record Examples(float[][] features, int[] labels, String[] imageIds, int[] variants) {

  /** The number of rows. */
  public int size() {
    return labels.length;
  }

  /** The rows of variant 0. */
  Examples originals() {
    int[] rows = IntStream.range(0, size()).filter(i -> variants[i] == 0).toArray();
    return new Examples(
        Arrays.stream(rows).mapToObj(i -> features[i]).toArray(float[][]::new),
        Arrays.stream(rows).map(i -> labels[i]).toArray(),
        Arrays.stream(rows).mapToObj(i -> imageIds[i]).toArray(String[]::new),
        new int[rows.length]);
  }
}
