package io.headgraft.head;

import java.io.Serializable;
import java.util.List;

/**
 * Which heads are trained, and how.
 *
 * @param names of the heads: lbfgs, sgd, adam, knn
 * @param seed decides the order of mini-batches; further seeds follow it
 * @param seeds how many seeds the chosen setting of a head that has one is tried with, at least 1
 * @param folds of the cross-validation that chooses settings where the data set has no validation
 *     split, at least 2
 * @param memory bytes of training features that are held in one process; with more, training is
 *     distributed by its rows
 * @param partitions that the rows are distributed in then, at least 1
 * @param classWeights what a row of each label counts
 * @param foldTemperature whether the temperature goes into the weights
 * @param learningCurve numbers of training photos a label that the heads are also trained with
 * @param checkpointEpochs after so many epochs a training by gradient descent is put on record, so
 *     that a killed run goes on from there; at least 1
 */
public record HeadOptions(
    List<String> names,
    long seed,
    int seeds,
    int folds,
    long memory,
    int partitions,
    ClassWeights classWeights,
    boolean foldTemperature,
    List<Integer> learningCurve,
    int checkpointEpochs,
    Lbfgs lbfgs,
    Descent sgd,
    Descent adam,
    Knn knn) {

  /**
   * Of L-BFGS.
   *
   * @param l2 the coarse grid of penalties, ascending, not negative
   * @param refinements how many penalties are tried around the best of the grid
   * @param maxIterations at least 1
   * @param tolerance relative change of the objective at which it has converged, positive
   * @param sweepTolerance the same while penalties are tried, which need not be told apart in their
   *     last digits
   */
  public record Lbfgs(
      List<Double> l2,
      int refinements,
      int maxIterations,
      double tolerance,
      double sweepTolerance) {}

  /**
   * Of mini-batch gradient descent, with Core ML's meanings.
   *
   * @param learningRates that are tried with each penalty, positive
   * @param l2 penalties that are tried with each learning rate, not negative
   * @param schedule of the learning rate
   * @param rule how a step follows from a gradient
   * @param miniBatchSize at least 1
   * @param epochs at most, at least 1
   * @param patience epochs without a better log-loss on held-out images after which it stops, and
   *     goes back to the best; 0 if it trains all epochs
   */
  public record Descent(
      List<Double> learningRates,
      List<Double> l2,
      LearningRateSchedule schedule,
      UpdateRule rule,
      int miniBatchSize,
      int epochs,
      int patience)
      implements Serializable {}

  /**
   * Of the nearest neighbours.
   *
   * @param neighbours numbers of them that are tried, ascending, at least 1
   * @param weightings that are tried with each number
   */
  public record Knn(List<Integer> neighbours, List<Weighting> weightings) {}
}
