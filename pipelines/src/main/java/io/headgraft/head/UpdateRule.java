package io.headgraft.head;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/** How a step follows from the gradient of a mini-batch, with Core ML's names. */
public sealed interface UpdateRule extends Serializable {

  /**
   * Stochastic gradient descent with momentum: v ← momentum · v + g, w ← w − rate · v.
   *
   * @param momentum in [0, 1)
   */
  record Sgd(double momentum) implements UpdateRule {
    @Override
    public Map<String, Object> toMap() {
      return Map.of("momentum", momentum);
    }

    @Override
    public int states() {
      return 1;
    }

    @Override
    public void step(float[] values, float[] gradient, float[][] states, double rate, long step) {
      float[] velocity = states[0];
      float decay = (float) momentum;
      float learningRate = (float) rate;
      for (int i = 0; i < values.length; i++) {
        velocity[i] = decay * velocity[i] + gradient[i];
        values[i] -= learningRate * velocity[i];
      }
    }
  }

  /**
   * Adam (D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015,
   * algorithm 1).
   *
   * @param beta1 decay of the mean of the gradient, in [0, 1)
   * @param beta2 decay of the mean of its square, in [0, 1)
   * @param eps keeps the divisor from 0, positive
   */
  record Adam(double beta1, double beta2, double eps) implements UpdateRule {
    @Override
    public Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("beta1", beta1);
      map.put("beta2", beta2);
      map.put("eps", eps);
      return map;
    }

    @Override
    public int states() {
      return 2;
    }

    @Override
    public void step(float[] values, float[] gradient, float[][] states, double rate, long step) {
      float[] mean = states[0];
      float[] square = states[1];
      float b1 = (float) beta1;
      float b2 = (float) beta2;
      float c1 = (float) (1 / (1 - StrictMath.pow(beta1, step + 1.0)));
      float c2 = (float) (1 / (1 - StrictMath.pow(beta2, step + 1.0)));
      float learningRate = (float) rate;
      float epsilon = (float) eps;
      for (int i = 0; i < values.length; i++) {
        mean[i] = b1 * mean[i] + (1 - b1) * gradient[i];
        square[i] = b2 * square[i] + (1 - b2) * gradient[i] * gradient[i];
        values[i] -= learningRate * (mean[i] * c1) / ((float) Math.sqrt(square[i] * c2) + epsilon);
      }
    }
  }

  /** Its hyper-parameters, as Core ML names them. */
  Map<String, Object> toMap();

  /** How many numbers a parameter needs beside itself. */
  int states();

  /**
   * Changes parameters by one step.
   *
   * @param gradient of the mean loss, the penalty's included
   * @param states arrays as long as the parameters, zero at first
   * @param rate the learning rate of this step
   * @param step steps before this one
   */
  void step(float[] values, float[] gradient, float[][] states, double rate, long step);
}
