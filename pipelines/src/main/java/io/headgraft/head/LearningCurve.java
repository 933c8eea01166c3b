package io.headgraft.head;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How good a head is with fewer photos to train on, at its chosen setting. */
public final class LearningCurve {

  /**
   * With one number of photos.
   *
   * @param photosPerLabel at most
   * @param photos in all, in the mean over the folds
   * @param predictions for the held-out examples of all folds
   */
  public record Point(int photosPerLabel, int photos, Predictions predictions) {}

  private LearningCurve() {}

  /**
   * Trains with each number of photos, up to the first that is all of them.
   *
   * @param photosPerLabel ascending
   * @return no point where the training rows are on Spark
   */
  public static <S extends Setting> List<Point> of(
      HeadTrainer<S> trainer, S setting, Folds folds, List<Integer> photosPerLabel) {
    List<Point> points = new ArrayList<>();
    for (int photos : photosPerLabel) {
      Optional<Folds> smaller = folds.atMost(photos);
      if (smaller.isEmpty()) {
        return List.of();
      }
      points.add(point(trainer, setting, smaller.get(), photos));
      if (photos >= folds.mostPhotosOfALabel()) {
        return points;
      }
    }
    return points;
  }

  private static <S extends Setting> Point point(
      HeadTrainer<S> trainer, S setting, Folds folds, int photosPerLabel) {
    List<double[]> probabilities = new ArrayList<>();
    int photos = 0;
    for (int i = 0; i < folds.size(); i++) {
      try (Fold fold = folds.get(i)) {
        Classifier classifier = trainer.trainAsTried(fold.train(), setting);
        probabilities.addAll(List.of(classifier.probabilities(fold.heldOut().features())));
        photos += fold.trainPhotos();
      }
    }
    return new Point(
        photosPerLabel,
        photos / folds.size(),
        new Predictions(folds.labels(), probabilities.toArray(double[][]::new)));
  }
}
