package io.headgraft.head;

import java.io.Serializable;

/** Tells labels apart by the features of a backbone. */
public sealed interface Classifier extends Serializable permits Head, NearestNeighbours {

  /**
   * The probability of each label.
   *
   * @param features [example][feature], as the backbone gives them
   * @return [example][label]
   */
  double[][] probabilities(float[][] features);
}
