package io.headgraft.head;

import io.headgraft.features.Progress;

/**
 * Chooses a head's hyper-parameters and trains it; the same rows and options give the same head.
 *
 * @param <S> what a sweep varies
 */
public sealed interface HeadTrainer<S extends Setting>
    permits DescentTrainer, LbfgsTrainer, NearestNeighboursTrainer {

  /** What the head is called. */
  String name();

  /** For people: how the rows are trained on. */
  String how(TrainingSet data);

  /**
   * Tries every setting on held-out examples.
   *
   * @param progress is told of the fits
   */
  Choice<S> choose(Folds folds, Progress progress);

  /** Tries every setting on held-out examples. */
  default Choice<S> choose(Folds folds) {
    return choose(folds, Progress.NONE);
  }

  /** Trains a head at one setting. */
  Classifier train(TrainingSet data, S setting);

  /** Trains a head at one setting as carefully as a sweep does. */
  default Classifier trainAsTried(TrainingSet data, S setting) {
    return train(data, setting);
  }
}
