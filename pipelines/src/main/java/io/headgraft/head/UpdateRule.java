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
    public void step(Parameters parameters, int batch, double l2, double rate, long step) {
      float[] values = parameters.values();
      float[] gradient = parameters.gradient();
      float[] velocity = parameters.states()[0];
      float mean = 1f / batch;
      float penalty = (float) l2;
      float decay = (float) momentum;
      float learningRate = (float) rate;
      for (int i = 0; i < values.length; i++) {
        velocity[i] = decay * velocity[i] + (mean * gradient[i] + penalty * values[i]);
        values[i] -= learningRate * velocity[i];
        gradient[i] = 0;
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
    public void step(Parameters parameters, int batch, double l2, double rate, long step) {
      float[] values = parameters.values();
      float[] gradients = parameters.gradient();
      float[] mean = parameters.states()[0];
      float[] square = parameters.states()[1];
      float share = 1f / batch;
      float penalty = (float) l2;
      float b1 = (float) beta1;
      float b2 = (float) beta2;
      float c1 = (float) (1 / (1 - StrictMath.pow(beta1, step + 1.0)));
      float c2 = (float) (1 / (1 - StrictMath.pow(beta2, step + 1.0)));
      float learningRate = (float) rate;
      float epsilon = (float) eps;
      for (int i = 0; i < values.length; i++) {
        float gradient = share * gradients[i] + penalty * values[i];
        mean[i] = b1 * mean[i] + (1 - b1) * gradient;
        square[i] = b2 * square[i] + (1 - b2) * gradient * gradient;
        values[i] -= learningRate * (mean[i] * c1) / ((float) Math.sqrt(square[i] * c2) + epsilon);
        gradients[i] = 0;
      }
    }
  }

  /** Its hyper-parameters, as Core ML names them. */
  Map<String, Object> toMap();

  /** How many numbers a parameter needs beside itself. */
  int states();

  /**
   * Changes parameters by the mean gradient of a batch and that of the penalty, and begins a new
   * sum of gradients.
   *
   * @param batch its number of rows
   * @param l2 what half the squared parameters count
   * @param rate the learning rate of this step
   * @param step steps before this one
   */
  void step(Parameters parameters, int batch, double l2, double rate, long step);
}
