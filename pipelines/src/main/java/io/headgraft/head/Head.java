package io.headgraft.head;

import io.headgraft.evaluation.Probabilities;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A trained head.
 *
 * @param name of what trained it: lbfgs, sgd, adam
 * @param labels in the order of the rows
 * @param standardization that the features go through first
 * @param weights [label][feature], for standardized features
 * @param bias [label]
 * @param hyperparameters that it was trained with, and what came of them
 * @param seconds that the training took
 */
public record Head(
    String name,
    List<String> labels,
    Standardization standardization,
    double[][] weights,
    double[] bias,
    Map<String, Object> hyperparameters,
    double seconds)
    implements Classifier {

  /** The probability of each label, for features as the backbone gives them. */
  public double[] probabilities(float[] feature) {
    return Probabilities.softmax(logits(feature));
  }

  /** The logit of each label, for features as the backbone gives them. */
  public double[] logits(float[] feature) {
    double[] standardized = standardization.apply(feature);
    double[] logits = bias.clone();
    for (int label = 0; label < logits.length; label++) {
      double[] row = weights[label];
      for (int i = 0; i < row.length; i++) {
        logits[label] += row[i] * standardized[i];
      }
    }
    return logits;
  }

  @Override
  public double[][] probabilities(float[][] features) {
    double[][] all = new double[features.length][];
    for (int i = 0; i < all.length; i++) {
      all[i] = probabilities(features[i]);
    }
    return all;
  }

  /** The same head with its logits divided by a temperature. */
  public Head cooled(double temperature) {
    return new Head(
        name,
        labels,
        standardization,
        Arrays.stream(weights).map(row -> divided(row, temperature)).toArray(double[][]::new),
        divided(bias, temperature),
        hyperparameters,
        seconds);
  }

  private static double[] divided(double[] numbers, double divisor) {
    return Arrays.stream(numbers).map(number -> number / divisor).toArray();
  }

  /**
   * The same head with rows and biases that sum to zero over the labels. The softmax does not see
   * the difference, but the mean of the logits is 0 then, and the largest is never negative.
   */
  public Head centered() {
    double[][] centeredWeights = new double[weights.length][];
    double[] mean = new double[weights[0].length];
    double meanBias = 0;
    for (int label = 0; label < weights.length; label++) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += weights[label][i] / weights.length;
      }
      meanBias += bias[label] / weights.length;
    }
    double[] centeredBias = new double[bias.length];
    for (int label = 0; label < weights.length; label++) {
      centeredWeights[label] = new double[mean.length];
      for (int i = 0; i < mean.length; i++) {
        centeredWeights[label][i] = weights[label][i] - mean[i];
      }
      centeredBias[label] = bias[label] - meanBias;
    }
    return new Head(
        name, labels, standardization, centeredWeights, centeredBias, hyperparameters, seconds);
  }
}
