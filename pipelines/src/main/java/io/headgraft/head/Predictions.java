package io.headgraft.head;

import java.io.Serializable;

/**
 * What a classifier says of examples.
 *
 * @param labels [example], the true ones
 * @param probabilities [example][label]
 */
public record Predictions(int[] labels, double[][] probabilities) implements Serializable {

  /** What it says of these. */
  public static Predictions of(Classifier classifier, Examples examples) {
    return new Predictions(examples.labels(), classifier.probabilities(examples.features()));
  }
}
