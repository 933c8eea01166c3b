package io.headgraft.head;

/**
 * Labelled features in the driver's memory, in the order of image id and variant.
 *
 * @param features [row][feature], as the backbone gives them
 * @param labels [row], an index into the labels
 * @param imageIds [row]
 */
public record Examples(float[][] features, int[] labels, String[] imageIds) {

  /** The number of rows. */
  public int size() {
    return labels.length;
  }
}
