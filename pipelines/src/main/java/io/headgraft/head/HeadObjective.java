package io.headgraft.head;

/**
 * Where a head stands in what all heads minimize.
 *
 * @param value the mean cross entropy of the rows + l2 / 2 · |weights|²
 * @param gradientNorm the Euclidean norm of its gradient
 */
public record HeadObjective(double value, double gradientNorm) {

  /**
   * Of a head on the rows that it was trained on.
   *
   * @param l2 the penalty
   */
  public static HeadObjective of(TrainingSet data, Head head, double l2) {
    Objective objective = Objective.of(data, l2);
    double[] gradient = objective.zeros();
    double value = objective.evaluate(Objective.parameters(head), gradient);
    return new HeadObjective(value, Lbfgs.norm(gradient));
  }
}
