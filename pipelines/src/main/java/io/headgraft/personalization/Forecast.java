package io.headgraft.personalization;

import io.headgraft.evaluation.Interval;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What happens when users train a model, played through before it ships: {@code personalization} of
 * {@code report.json}.
 *
 * @param episodes a row a setting; none if nothing could be played through
 * @param testedOn what the accuracies are of, for people
 * @param modelRows rows of features that a played model was made of, in the mean
 * @param multiplyAddsASecond of the phone that {@link Row#seconds} is about
 * @param notes what a reader has to know, in sentences
 */
public record Forecast(
    List<Row> episodes,
    String testedOn,
    int modelRows,
    double multiplyAddsASecond,
    List<String> notes) {

  /**
   * A core of an old phone, without its vectors: phones are faster. Of training the last layers
   * alone; what comes before them runs once a photo, and takes longer.
   */
  static final double PHONE = 1e9;

  /** How much a model that ships may be asked for: what a patient user takes of a label. */
  public static final int REFERENCE_PHOTOS = 20;

  /**
   * A setting in the mean over its episodes.
   *
   * @param start trained, empty or knn
   * @param defaults shipped, or copied: raw features, and the numbers that examples of Core ML have
   * @param photos of the user a label
   * @param replay old photos a label that are learnt with them
   * @param newLabels that the user adds; 0 where the user has the known labels, see {@code shift}
   * @param shift how the user's photos differ; null where labels are added
   * @param labelSets different sets of added labels, or users
   * @param newAccuracy on photos of the added labels, or of this user
   * @param oldAccuracy on the known labels
   * @param harmonicMean of the two, mean over the episodes
   * @param interval of its 95 %, by a bootstrap over label sets (where there is but one, draws)
   * @param forgetting accuracy on the known labels before minus after
   * @param logLoss after
   * @param placeholderShare of known photos that a placeholder wins before
   * @param seconds of arithmetic of the trained layers on {@link #multiplyAddsASecond}
   * @param worst labels whose harmonic mean is the lowest; null where none are added
   * @param worstHarmonicMean theirs; likewise
   */
  public record Row(
      String start,
      String defaults,
      int photos,
      int replay,
      int newLabels,
      String shift,
      int episodes,
      int labelSets,
      double newAccuracy,
      double oldAccuracy,
      double harmonicMean,
      Interval interval,
      double forgetting,
      double logLoss,
      double placeholderShare,
      double seconds,
      List<String> worst,
      Double worstHarmonicMean) {

    /** Whether it is of the same model and the same kind of user, whatever the photos. */
    public boolean is(String someStart, String someDefaults, int someReplay, int someNewLabels) {
      return shift == null
          && start.equals(someStart)
          && defaults.equals(someDefaults)
          && replay == someReplay
          && newLabels == someNewLabels;
    }
  }

  /** One that was not made. */
  public static Forecast none(String why) {
    return new Forecast(List.of(), "nothing", 0, PHONE, List.of(why));
  }

  /** The same with one more note. */
  public Forecast noting(String note) {
    return new Forecast(
        episodes,
        testedOn,
        modelRows,
        multiplyAddsASecond,
        Stream.concat(notes.stream(), Stream.of(note)).toList());
  }

  /** One new label, by number of photos. */
  public List<Row> curve(String start, String defaults, int replay) {
    return episodes.stream().filter(row -> row.is(start, defaults, replay, 1)).toList();
  }

  /**
   * What the model that ships is held against: one new label, learnt from its photos alone, as many
   * as there are up to a number.
   */
  public Optional<Row> reference(int mostPhotos) {
    return curve("trained", "shipped", 0).stream()
        .filter(row -> row.photos() <= mostPhotos)
        .reduce((fewer, more) -> more);
  }
}
