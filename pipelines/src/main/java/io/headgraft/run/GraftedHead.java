package io.headgraft.run;

import io.headgraft.coreml.DenseHead;
import io.headgraft.coreml.FeatureLayers.Standardization;
import io.headgraft.evaluation.Probabilities;
import io.headgraft.head.Head;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A head as it is shipped: in single precision, and widened by placeholders for labels that the
 * phone's user adds.
 *
 * @param dense its labels are the real ones, then the placeholders
 * @param front the layers that it reads the features through, if there are any
 */
record GraftedHead(DenseHead dense, Optional<Standardization> front) {

  /**
   * A trained head, which says what it said, whatever stands around it. Behind a real label's row
   * and bias stands a scale of √r, by which they are divided: so they learn at r times the learning
   * rate. The rows of placeholders are zero.
   *
   * @param labels the head's, then those of the placeholders
   * @param silent the bias of each placeholder
   * @param oldLabelRate r, in (0, 1]
   */
  static GraftedHead trained(
      Head trained, List<String> labels, GraftFront front, double silent, double oldLabelRate) {
    Head head = trained.centered();
    float scale = (float) Math.sqrt(oldLabelRate);
    float[][] weights = new float[labels.size()][head.standardization().mean().length];
    float[] bias = new float[labels.size()];
    float[] scales = new float[labels.size()];
    Arrays.fill(bias, (float) silent);
    Arrays.fill(scales, 1);
    for (int label = 0; label < head.labels().size(); label++) {
      double[] row = front.moved(head.weights()[label]);
      for (int i = 0; i < row.length; i++) {
        weights[label][i] = (float) (row[i] / scale);
      }
      bias[label] = (float) (front.moved(head.bias()[label], head.weights()[label]) / scale);
      scales[label] = scale;
    }
    return new GraftedHead(
        new DenseHead(labels, weights, bias, scales, new float[labels.size()]), front.layer());
  }

  /**
   * The head of the empty model: uniform weights within ±√(6 / fan-in) (K. He et al., "Delving Deep
   * into Rectifiers", 2015) and biases within ±1 / √fan-in. No label is old, all learn alike.
   */
  static GraftedHead empty(int features, List<String> labels, GraftFront front, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double weightBound = Math.sqrt(6.0 / features);
    double biasBound = 1 / Math.sqrt(features);
    float[][] weights = new float[labels.size()][features];
    float[] bias = new float[labels.size()];
    for (int label = 0; label < labels.size(); label++) {
      for (int i = 0; i < features; i++) {
        weights[label][i] = (float) random.nextDouble(-weightBound, weightBound);
      }
      bias[label] = (float) random.nextDouble(-biasBound, biasBound);
    }
    return new GraftedHead(new DenseHead(labels, weights, bias), front.layer());
  }

  /** The probability of each label, in double precision: what the emitted model has to give. */
  double[] probabilities(float[] feature) {
    double[] values =
        front.map(layer -> layer.applyInDoublePrecision(feature)).orElseGet(() -> doubles(feature));
    double[] logits = new double[dense.outputs()];
    for (int label = 0; label < logits.length; label++) {
      double sum = dense.bias()[label];
      for (int i = 0; i < values.length; i++) {
        sum += dense.weights()[label][i] * values[i];
      }
      logits[label] = sum * dense.scales()[label] + dense.shifts()[label];
    }
    return Probabilities.softmax(logits);
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
