package io.headgraft.head;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * What all heads minimize: the weighted mean cross entropy of the rows + l2 / 2 · |weights|², the
 * biases going free. Its parameters are one array: a row of weights a label, then the biases.
 */
final class Objective {

  private final LossSum losses;
  private final long rows;
  private final int labels;
  private final int features;
  private final double l2;

  /** Null where it is not worth its while: with few rows the objective costs less than it. */
  private final double[] covariance;

  private Objective(
      LossSum losses, double[] covariance, long rows, int labels, int features, double l2) {
    this.losses = losses;
    this.covariance = covariance;
    this.rows = rows;
    this.labels = labels;
    this.features = features;
    this.l2 = l2;
  }

  /** To be evaluated. */
  static Objective of(TrainingSet data, double l2) {
    return of(data, null, l2);
  }

  /** To be minimized, at this penalty and others: what helps with that is found out once. */
  static Objective toMinimize(TrainingSet data, double l2) {
    return data instanceof LocalTrainingSet local && data.size() > features(data)
        ? of(data, Preconditioner.covariance(local.rows()), l2)
        : of(data, l2);
  }

  private static Objective of(TrainingSet data, double[] covariance, double l2) {
    return new Objective(
        LossSum.of(data), covariance, data.size(), data.labels().size(), features(data), l2);
  }

  private static int features(TrainingSet data) {
    return data.standardization().mean().length;
  }

  /** The same with another penalty. */
  Objective withPenalty(double penalty) {
    return new Objective(losses, covariance, rows, labels, features, penalty);
  }

  double l2() {
    return l2;
  }

  /** All parameters zero. */
  double[] zeros() {
    return new double[labels * (features + 1)];
  }

  /** The parameters of a head. */
  static double[] parameters(Head head) {
    return parameters(head.weights(), head.bias());
  }

  /** Rows of weights, [label][feature], then biases. */
  static double[] parameters(double[][] weights, double[] bias) {
    int features = weights[0].length;
    int labels = bias.length;
    double[] parameters = new double[labels * (features + 1)];
    for (int k = 0; k < labels; k++) {
      System.arraycopy(weights[k], 0, parameters, k * features, features);
    }
    System.arraycopy(bias, 0, parameters, labels * features, labels);
    return parameters;
  }

  /** The weights, [label][feature]. */
  double[][] weights(double[] parameters) {
    return IntStream.range(0, labels)
        .mapToObj(k -> Arrays.copyOfRange(parameters, k * features, (k + 1) * features))
        .toArray(double[][]::new);
  }

  /** The biases, [label]. */
  double[] bias(double[] parameters) {
    return Arrays.copyOfRange(parameters, labels * features, parameters.length);
  }

  /**
   * What resembles the Hessian where the objective has a value.
   *
   * @return null if there is none
   */
  Preconditioner preconditioner(double value, double[] parameters) {
    return covariance == null || l2 == 0
        ? null
        : new Preconditioner(covariance, features, labels, loss(value, parameters), l2);
  }

  /** The mean cross entropy, which is the objective without the penalty. */
  double loss(double objective, double[] parameters) {
    return objective - penalty(parameters);
  }

  /**
   * The value at some parameters.
   *
   * @param gradient is overwritten with the gradient there
   */
  double evaluate(double[] parameters, double[] gradient) {
    Arrays.fill(gradient, 0);
    double loss = losses.add(parameters, gradient);
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = gradient[i] / rows + (i < labels * features ? l2 * parameters[i] : 0);
    }
    return loss / rows + penalty(parameters);
  }

  private double penalty(double[] parameters) {
    double squares = 0;
    for (int i = 0; i < labels * features; i++) {
      squares += parameters[i] * parameters[i];
    }
    return l2 / 2 * squares;
  }
}
