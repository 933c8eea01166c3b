package io.headgraft.head;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Iterator;

/**
 * The limited-memory BFGS method (D. C. Liu and J. Nocedal, "On the limited memory BFGS method for
 * large scale optimization", Mathematical Programming 45 (1989), 503–528) with the bracketing line
 * search of A. S. Lewis and M. L. Overton, "Nonsmooth optimization via quasi-Newton methods",
 * Mathematical Programming 141 (2013), 135–163, algorithm 4.6.
 */
final class Lbfgs {

  private static final int CORRECTIONS = 10;

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

  /** A step and what the gradient changed over it. */
  private record Correction(double[] step, double[] change, double rho) {}

  private Lbfgs(Objective objective, double[] start) {
    this.objective = objective;
    this.at = start.clone();
    this.gradient = new double[start.length];
    this.value = objective.evaluate(at, gradient);
    this.preconditioner = objective.preconditioner(value, at);
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
    double curvature = dot(step, change);
    if (curvature > 0) {
      if (corrections.size() == CORRECTIONS) {
        corrections.removeFirst();
      }
      corrections.addLast(new Correction(step, change, 1 / curvature));
    }
    at = next;
    value = nextValue;
    gradient = nextGradient;
  }

  /** Minus the approximate inverse Hessian times the gradient, by the two-loop recursion. */
  private double[] direction() {
    double[] direction = new double[gradient.length];
    addScaled(direction, -1, gradient);
    double[] alphas = new double[corrections.size()];
    int i = alphas.length;
    for (Iterator<Correction> newest = corrections.descendingIterator(); newest.hasNext(); ) {
      Correction correction = newest.next();
      i--;
      alphas[i] = correction.rho * dot(correction.step, direction);
      addScaled(direction, -alphas[i], correction.change);
    }
    precondition(direction);
    for (Correction correction : corrections) {
      double beta = correction.rho * dot(correction.change, direction);
      addScaled(direction, alphas[i++] - beta, correction.step);
    }
    return direction;
  }

  /** The first guess of the inverse Hessian, scaled to what the last step has shown of it. */
  private void precondition(double[] direction) {
    double scale = 1;
    if (corrections.isEmpty()) {
      guess(direction);
    } else {
      Correction last = corrections.getLast();
      double[] change = last.change.clone();
      guess(direction, change);
      scale = 1 / (last.rho * dot(last.change, change));
    }
    for (int i = 0; i < direction.length; i++) {
      direction[i] *= scale;
    }
  }

  /** Multiplies vectors by the guess, side by side: with few rows that is half of an iteration. */
  private void guess(double[]... vectors) {
    if (preconditioner != null) {
      Arrays.stream(vectors).parallel().forEach(preconditioner::apply);
    }
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

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  static double norm(double[] numbers) {
    return Math.sqrt(dot(numbers, numbers));
  }
}
