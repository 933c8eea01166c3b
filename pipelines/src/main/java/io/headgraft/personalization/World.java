package io.headgraft.personalization;

import java.io.Serializable;
import java.util.List;
import java.util.Objects;

/**
 * A model's makers and one user of it. Rows are those of {@link ForecastPhotos#pool}.
 *
 * @param name of what its worst label is called; the labels that the user adds
 * @param shift how the user's photos differ, if they do; null where labels are added
 * @param known labels of the model
 * @param classes [label of the data set], its place in the model; -1 if the user does not have it
 * @param makers rows that the model is made of
 * @param user [label], rows to draw the user's photos from
 * @param old [known label], rows to draw old photos from
 * @param newTest rows that say how good the model is at what the user has
 * @param oldTest rows that say how good it is at what it was made for
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them, or changes them.
record World(
    List<String> name,
    String shift,
    List<String> known,
    int[] classes,
    int[] makers,
    int[][] user,
    int[][] old,
    int[] newTest,
    int[] oldTest)
    implements Serializable {

  /** The number of labels that the user adds. */
  int newLabels() {
    return shift == null ? user.length : 0;
  }

  /** Whether its episodes are those of the same settings. */
  boolean isLike(World other) {
    return newLabels() == other.newLabels() && Objects.equals(shift, other.shift);
  }

  /** Photos that there are of each of the user's labels. */
  int photos() {
    int least = Integer.MAX_VALUE;
    for (int[] rows : user) {
      least = Math.min(least, rows.length);
    }
    return least;
  }
}
