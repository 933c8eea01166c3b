package io.headgraft.head;

import java.util.List;

/**
 * Which heads are trained, and how.
 *
 * @param names of the heads: lbfgs, sgd
 * @param l2 penalty a row, not negative
 * @param seed decides the order of mini-batches
 * @param memory bytes of features that the driver may hold
 * @param partitions of the training rows on Spark, at least 1; with more than one, the last bits of
 *     what L-BFGS gives depend on which is done first
 */
public record HeadOptions(
    List<String> names, double l2, long seed, long memory, int partitions, Lbfgs lbfgs, Sgd sgd) {

  /**
   * Of L-BFGS.
   *
   * @param maxIterations at least 1
   * @param tolerance relative change of the objective at which it has converged, positive
   */
  public record Lbfgs(int maxIterations, double tolerance) {}

  /**
   * Of mini-batch stochastic gradient descent, with Core ML's meanings.
   *
   * @param learningRate positive
   * @param momentum in [0, 1)
   * @param miniBatchSize at least 1
   * @param epochs at least 1
   */
  public record Sgd(double learningRate, double momentum, int miniBatchSize, int epochs) {}
}
