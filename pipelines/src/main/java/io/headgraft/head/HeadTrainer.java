package io.headgraft.head;

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

  /** Tries every setting on held-out examples. */
  Choice<S> choose(Folds folds);

  /** Trains a head at one setting. */
  Classifier train(TrainingSet data, S setting);

  /** Trains a head at one setting as carefully as a sweep does. */
  default Classifier trainAsTried(TrainingSet data, S setting) {
    return train(data, setting);
  }
}
