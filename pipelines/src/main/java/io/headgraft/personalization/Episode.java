package io.headgraft.personalization;

import java.io.Serializable;
import java.util.Comparator;

/**
 * One user who trains a model.
 *
 * @param world its place among all
 * @param draw its number in that world
 * @param oldBefore accuracy on old labels before
 * @param logLoss after, of new and old test photos together, each photo counting the same
 * @param placeholderShare of old photos that a placeholder wins before
 * @param multiplyAdds of training the layers
 */
record Episode(
    Setting setting,
    int world,
    int draw,
    double newAccuracy,
    double oldAccuracy,
    double oldBefore,
    double logLoss,
    double placeholderShare,
    double multiplyAdds)
    implements Serializable {

  /**
   * What is played through.
   *
   * @param start trained, empty or knn
   * @param defaults shipped or copied
   * @param shift null where labels are added
   * @param photos of the user a label
   * @param replay old photos a label
   */
  record Setting(String shift, int newLabels, String start, String defaults, int replay, int photos)
      implements Serializable, Comparable<Setting> {

    private static final Comparator<Setting> ORDER =
        Comparator.comparing((Setting setting) -> setting.shift == null ? "" : setting.shift)
            .thenComparingInt(Setting::newLabels)
            .thenComparing(Setting::start, Comparator.reverseOrder())
            .thenComparing(Setting::defaults, Comparator.reverseOrder())
            .thenComparingInt(Setting::replay)
            .thenComparingInt(Setting::photos);

    @Override
    public int compareTo(Setting other) {
      return ORDER.compare(this, other);
    }
  }

  /** Of the accuracies on new and on old labels; 0 if one of them is. */
  double harmonicMean() {
    double sum = newAccuracy + oldAccuracy;
    return sum == 0 ? 0 : 2 * newAccuracy * oldAccuracy / sum;
  }
}
