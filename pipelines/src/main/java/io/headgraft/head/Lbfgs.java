package io.headgraft.head;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The limited-memory BFGS method (D. C. Liu and J. Nocedal, "On the limited memory BFGS method for
 * large scale optimization", Mathematical Programming 45 (1989), 503–528) with the bracketing line
 * search of A. S. Lewis and M. L. Overton, "Nonsmooth optimization via quasi-Newton methods",
 * Mathematical Programming 141 (2013), 135–163, algorithm 4.6.
 */
final class Lbfgs {

  static final int CORRECTIONS = 10;

  /** Of the line search: what a step has to gain, and how flat it may leave the slope. */
  private static final double SUFFICIENT_DECREASE = 1e-4;

  private static final double CURVATURE = 0.9;

  private static final int LONGEST_SEARCH = 50;

  /** The objective may stand still for a few steps and go on falling then. */
  private static final int STILL = 3;

  private final Objective objective;
  private final Preconditioner preconditioner;
  private final Deque<Correction> corrections = new ArrayDeque<>();
  private double[] at;
  private double[] gradient;

  /** The preconditioner, which is the first guess of the inverse Hessian, times the gradient. */
  private double[] preconditioned;

  private double value;

  /**
   * Where it ended.
   *
   * @param value of the objective
   * @param gradientNorm the Euclidean norm of the gradient
   */
  record Minimum(double[] parameters, double value, double gradientNorm, int iterations) {}

  /**
   * When to end.
   *
   * @param iterations at most so many
   * @param tolerance what an iteration gains at least, as a share of the objective
   */
  record Limits(int iterations, double tolerance) {}

  /** Is told of each iteration. */
  interface Listener {
    void iteration(int number, double value, double[] parameters);
  }

  /**
   * A step and what changed over it.
   *
   * @param change of the gradient
   * @param preconditionedChange of the preconditioner times the gradient
   * @param rho 1 / (step · change)
   * @param scale of the preconditioner, by what this step has shown of it
   */
  private record Correction(
      double[] step, double[] change, double[] preconditionedChange, double rho, double scale) {}

  private Lbfgs(Objective objective, double[] start) {
    this.objective = objective;
    this.at = start.clone();
    this.gradient = new double[start.length];
    this.value = objective.evaluate(at, gradient);
    this.preconditioner = objective.preconditioner(value, at);
    this.preconditioned = precondition(gradient);
  }

  /**
   * Goes down from some parameters until an iteration gains no more than the tolerance of the
   * objective, three times in a row, or the gradient is as small against it, or rounding leaves
   * nothing to gain.
   *
   * @param start is not changed
   */
  static Minimum minimize(Objective objective, double[] start, Limits limits, Listener listener) {
    return new Lbfgs(objective, start).run(limits, listener);
  }

  private Minimum run(Limits limits, Listener listener) {
    int iterations = 0;
    int still = 0;
    while (iterations < limits.iterations
        && still < STILL
        && norm(gradient) > limits.tolerance * Math.max(1e-8, Math.abs(value))) {
      double before = value;
      if (!step()) {
        break;
      }
      iterations++;
      listener.iteration(iterations, value, at);
      still = before - value <= limits.tolerance * Math.abs(before) ? still + 1 : 0;
    }
    return new Minimum(at, value, norm(gradient), iterations);
  }

  /** One iteration; false if there is nothing to gain in floating-point numbers. */
  private boolean step() {
    double[] direction = direction();
    if (dot(direction, gradient) >= 0) {
      corrections.clear();
      direction = direction();
    }
    double slope = dot(direction, gradient);
    double length =
        corrections.isEmpty() && preconditioner == null ? Math.min(1, 1 / norm(gradient)) : 1;
    double shortest = 0;
    double longest = Double.POSITIVE_INFINITY;
    double[] next = new double[at.length];
    double[] nextGradient = new double[at.length];
    for (int i = 0; i < LONGEST_SEARCH; i++) {
      for (int j = 0; j < next.length; j++) {
        next[j] = at[j] + length * direction[j];
      }
      double nextValue = objective.evaluate(next, nextGradient);
      // Also if it is not a number.
      if (!(nextValue <= value + SUFFICIENT_DECREASE * length * slope)) {
        longest = length;
      } else if (dot(direction, nextGradient) < CURVATURE * slope) {
        shortest = length;
      } else {
        accept(next, nextValue, nextGradient);
        return true;
      }
      length = longest < Double.POSITIVE_INFINITY ? (shortest + longest) / 2 : 2 * shortest;
    }
    return false;
  }

  private void accept(double[] next, double nextValue, double[] nextGradient) {
    double[] step = difference(next, at);
    double[] change = difference(nextGradient, gradient);
    double[] nextPreconditioned = precondition(nextGradient);
    double[] preconditionedChange =
        preconditioner == null ? change : difference(nextPreconditioned, preconditioned);
    double curvature = dot(step, change);
    double preconditionedCurvature = dot(change, preconditionedChange);
    // Both are positive unless rounding is all that is left.
    if (curvature > 0 && preconditionedCurvature > 0) {
      if (corrections.size() == CORRECTIONS) {
        corrections.removeFirst();
      }
      corrections.addLast(
          new Correction(
              step,
              change,
              preconditionedChange,
              1 / curvature,
              curvature / preconditionedCurvature));
    }
    at = next;
    value = nextValue;
    gradient = nextGradient;
    preconditioned = nextPreconditioned;
  }

  /** Minus the approximate inverse Hessian times the gradient, by the two-loop recursion. */
  private double[] direction() {
    double[] rest = negative(gradient);
    double[] alphas = new double[corrections.size()];
    int i = alphas.length;
    for (Iterator<Correction> newest = corrections.descendingIterator(); newest.hasNext(); ) {
      Correction correction = newest.next();
      i--;
      alphas[i] = correction.rho * dot(correction.step, rest);
      addScaled(rest, -alphas[i], correction.change);
    }
    double[] direction = preconditioner == null ? rest : preconditionedRest(alphas);
    double scale = corrections.isEmpty() ? 1 : corrections.getLast().scale;
    for (int j = 0; j < direction.length; j++) {
      direction[j] *= scale;
    }
    for (Correction correction : corrections) {
      double beta = correction.rho * dot(correction.change, direction);
      addScaled(direction, alphas[i++] - beta, correction.step);
    }
    return direction;
  }

  /**
   * The preconditioner times what the first loop leaves of the gradient: made of products that are
   * known, since with few rows another one costs much against the objective.
   */
  private double[] preconditionedRest(double[] alphas) {
    double[] product = negative(preconditioned);
    int i = 0;
    for (Correction correction : corrections) {
      addScaled(product, -alphas[i++], correction.preconditionedChange);
    }
    return product;
  }

  /** The preconditioner times a vector, which itself is the product where there is none. */
  private double[] precondition(double[] vector) {
    if (preconditioner == null) {
      return vector;
    }
    double[] product = vector.clone();
    preconditioner.apply(product);
    return product;
  }

  private static double[] negative(double[] values) {
    double[] negative = new double[values.length];
    addScaled(negative, -1, values);
    return negative;
  }

  private static double[] difference(double[] a, double[] b) {
    double[] difference = a.clone();
    addScaled(difference, -1, b);
    return difference;
  }

  private static void addScaled(double[] sum, double factor, double[] values) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * values[i];
    }
  }

  /** In four sums: additions to a single one would wait for each other. */
  private static double dot(double[] a, double[] b) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      sum0 += a[i] * b[i];
      sum1 += a[i + 1] * b[i + 1];
      sum2 += a[i + 2] * b[i + 2];
      sum3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      sum0 += a[i] * b[i];
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }

  static double norm(double[] numbers) {
    return Math.sqrt(dot(numbers, numbers));
  }
}
