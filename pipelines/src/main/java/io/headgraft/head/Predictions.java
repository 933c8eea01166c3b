package io.headgraft.head;

import io.headgraft.evaluation.Comparisons;
import io.headgraft.evaluation.Metrics;
import io.headgraft.evaluation.Probabilities;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;

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

  /**
   * How good they are.
   *
   * @param names of the labels
   */
  public Metrics metrics(List<String> names) {
    return Metrics.of(names, labels, probabilities);
  }

  /**
   * As they are compared with others.
   *
   * @param name of the classifier
   */
  public Comparisons.Predictions named(String name) {
    return new Comparisons.Predictions(
        name, Arrays.stream(probabilities).mapToInt(Probabilities::argmax).toArray());
  }
}
