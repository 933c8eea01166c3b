package io.headgraft.head;

import io.headgraft.HeadgraftException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What a training row counts, by its label. */
public sealed interface ClassWeights extends Serializable {

  /** Every row counts the same. */
  record None() implements ClassWeights {}

  /** Every label counts the same: a row counts rows / (labels · rows of its label). */
  record Balanced() implements ClassWeights {}

  /**
   * As given.
   *
   * @param weights by label, positive; a label that is not named has weight 1
   */
  record Explicit(Map<String, Double> weights) implements ClassWeights {}

  /**
   * The weight of a row of each label, such that the mean over all rows is 1.
   *
   * @param labels in the order of their indices
   * @param counts training rows of each label
   * @throws HeadgraftException if a weight is given for a label that the data set does not have
   */
  default float[] of(List<String> labels, long[] counts) {
    double[] weights = new double[labels.size()];
    long rows = 0;
    double sum = 0;
    for (int k = 0; k < weights.length; k++) {
      weights[k] = weight(labels.get(k), counts[k]);
      rows += counts[k];
      sum += weights[k] * counts[k];
    }
    requireKnown(labels);
    float[] normalized = new float[weights.length];
    for (int k = 0; k < weights.length; k++) {
      normalized[k] = (float) (weights[k] * rows / sum);
    }
    return normalized;
  }

  private double weight(String label, long count) {
    if (this instanceof Explicit explicit) {
      return explicit.weights().getOrDefault(label, 1.0);
    }
    // A label without rows weighs nothing, whatever its weight.
    return this instanceof Balanced ? 1.0 / Math.max(1, count) : 1;
  }

  private void requireKnown(List<String> labels) {
    if (this instanceof Explicit explicit) {
      TreeSet<String> unknown = new TreeSet<>(explicit.weights().keySet());
      unknown.removeAll(labels);
      if (!unknown.isEmpty()) {
        throw HeadgraftException.usage(
            "head.class-weights names %s, the data set has the labels %s"
                .formatted(unknown, labels));
      }
    }
  }
}
