package io.headgraft.head;

import java.util.List;

/** Rows to train a head on, standardized by what they themselves have for means and deviations. */
public sealed interface TrainingSet extends AutoCloseable
    permits LocalTrainingSet, DistributedTrainingSet {

  /**
   * Rows in this process.
   *
   * @param labels in the order of their indices
   */
  static TrainingSet of(List<String> labels, Examples examples, ClassWeights classWeights) {
    return LocalTrainingSet.of(labels, examples, classWeights);
  }

  /** The labels, in the order of their indices. */
  List<String> labels();

  /** What the rows were standardized by. */
  Standardization standardization();

  /** How many rows there are. */
  long size();

  /** For people: where the rows are. */
  String where();

  @Override
  void close();
}
