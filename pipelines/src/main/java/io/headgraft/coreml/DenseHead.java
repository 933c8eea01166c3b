package io.headgraft.coreml;

import java.util.List;

/**
 * The last layer of a classifier.
 *
 * @param labels of the outputs
 * @param weights [label][feature]
 * @param bias [label]
 */
public record DenseHead(List<String> labels, float[][] weights, float[] bias) {

  /** Refuses sizes that do not match. */
  public DenseHead {
    labels = List.copyOf(labels);
    if (labels.isEmpty() || labels.size() != bias.length || weights.length != bias.length) {
      throw new IllegalArgumentException(
          "%d labels for %d rows of weights and %d biases"
              .formatted(labels.size(), weights.length, bias.length));
    }
  }

  /** The number of features that it reads. */
  public int inputs() {
    return weights[0].length;
  }

  /** The number of classes that it tells apart. */
  public int outputs() {
    return bias.length;
  }
}
