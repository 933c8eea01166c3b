package io.headgraft.head;

import java.io.Serializable;

/** How the learning rate changes while a head is trained: a factor on the configured rate. */
public sealed interface LearningRateSchedule extends Serializable {

  /** The same rate throughout. */
  record Constant() implements LearningRateSchedule {
    @Override
    public String text() {
      return "constant";
    }

    @Override
    public double factor(long step, long steps) {
      return 1;
    }
  }

  /**
   * The rate drops several times, after equal parts of the training.
   *
   * @param drops how often, at least 1
   * @param factor what is left of the rate each time, in (0, 1)
   */
  record Step(int drops, double factor) implements LearningRateSchedule {
    @Override
    public String text() {
      return "step";
    }

    @Override
    public double factor(long step, long steps) {
      long passed = step * (drops + 1) / steps;
      return StrictMath.pow(factor, (double) passed);
    }
  }

  /**
   * Half a cosine from the full rate to 0, without restarts (I. Loshchilov and F. Hutter, "SGDR:
   * Stochastic Gradient Descent with Warm Restarts", ICLR 2017, equation 5).
   */
  record Cosine() implements LearningRateSchedule {
    @Override
    public String text() {
      return "cosine";
    }

    @Override
    public double factor(long step, long steps) {
      // A partition of fewer rows than others makes fewer steps than are counted.
      return 0.5 * (1 + StrictMath.cos(Math.PI * (double) Math.min(step, steps) / (double) steps));
    }
  }

  /**
   * The rate shrinks with every step.
   *
   * @param factor a step, in (0, 1)
   */
  record Annealing(double factor) implements LearningRateSchedule {
    @Override
    public String text() {
      return "annealing";
    }

    @Override
    public double factor(long step, long steps) {
      return StrictMath.pow(factor, (double) step);
    }
  }

  /** As the configuration names it. */
  String text();

  /**
   * The factor at a step.
   *
   * @param step mini-batches before this one
   * @param steps mini-batches in all epochs that may be trained, at least 1
   */
  double factor(long step, long steps);
}
