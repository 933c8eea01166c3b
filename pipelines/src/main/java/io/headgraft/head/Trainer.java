package io.headgraft.head;

/** Trains a head on the training rows. */
public sealed interface Trainer permits LbfgsTrainer, SgdTrainer {

  /** What the head is called. */
  String name();

  /** Trains the head; the same rows and settings give the same head. */
  Head train(TrainingData data, Standardization standardization);
}
