package io.headgraft.run;

import io.headgraft.coreml.DenseHead;
import io.headgraft.coreml.FeatureLayers.Standardization;
import io.headgraft.evaluation.Probabilities;
import io.headgraft.head.Head;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A head as it is shipped: in single precision, and widened by placeholders for labels that the
 * phone's user adds.
 *
 * @param dense its labels are the real ones, then the placeholders
 * @param standardization if it is a layer of its own
 */
record GraftedHead(DenseHead dense, Optional<Standardization> standardization) {

  /**
   * A trained head. The rows of its placeholders are zero, and their bias, unless it is given, is
   * such that together they cannot have more than the allowed probability p on any photo: the
   * logits of the K real labels are centered, their mean is 0, so the sum of their exponentials is
   * at least K (Jensen's inequality), and N placeholders of bias ln(p K / N) add at most p K to it.
   */
  static GraftedHead trained(Head trained, EmitOptions options) {
    Head head = trained.centered();
    List<String> labels = options.placeholders().widened(head.labels());
    int real = head.labels().size();
    float silent = (float) silentBias(options.placeholders(), real, labels.size() - real);
    float[][] weights = new float[labels.size()][head.standardization().mean().length];
    float[] bias = new float[labels.size()];
    for (int label = 0; label < labels.size(); label++) {
      bias[label] = label < real ? (float) head.bias()[label] : silent;
      for (int i = 0; label < real && i < weights[label].length; i++) {
        weights[label][i] = (float) head.weights()[label][i];
      }
    }
    return options.standardizeAsLayer()
        ? new GraftedHead(
            new DenseHead(labels, weights, bias), Optional.of(layer(head.standardization())))
        : folded(labels, head, weights, bias);
  }

  private static double silentBias(PlaceholderOptions options, int real, int placeholders) {
    return options
        .bias()
        .orElseGet(() -> Math.log(options.probability() * real / Math.max(1, placeholders)));
  }

  private static GraftedHead folded(
      List<String> labels, Head head, float[][] weights, float[] bias) {
    for (int label = 0; label < head.labels().size(); label++) {
      double shift = head.bias()[label];
      for (int i = 0; i < weights[label].length; i++) {
        double weight = head.weights()[label][i] * head.standardization().factor()[i];
        shift -= weight * head.standardization().mean()[i];
        weights[label][i] = (float) weight;
      }
      bias[label] = (float) shift;
    }
    return new GraftedHead(new DenseHead(labels, weights, bias), Optional.empty());
  }

  /**
   * The head of the empty model: uniform weights within ±√(6 / fan-in) (K. He et al., "Delving Deep
   * into Rectifiers", 2015) and biases within ±1 / √fan-in.
   */
  static GraftedHead empty(Head like, EmitOptions options) {
    List<String> labels = options.placeholders().widened(like.labels());
    int features = like.standardization().mean().length;
    SplittableRandom random = new SplittableRandom(options.seed());
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
    return new GraftedHead(
        new DenseHead(labels, weights, bias),
        options.standardizeAsLayer()
            ? Optional.of(layer(like.standardization()))
            : Optional.empty());
  }

  /** The probability of each label, in double precision: what the emitted model has to give. */
  double[] probabilities(float[] feature) {
    double[] logits = new double[dense.outputs()];
    for (int label = 0; label < logits.length; label++) {
      logits[label] = dense.bias()[label];
      for (int i = 0; i < feature.length; i++) {
        logits[label] += dense.weights()[label][i] * standardized(feature[i], i);
      }
    }
    return Probabilities.softmax(logits);
  }

  private double standardized(double value, int i) {
    return standardization
        .map(layer -> layer.factor()[i] * (value - layer.mean()[i]))
        .orElse(value);
  }

  /** A standardization in single precision. */
  static Standardization layer(io.headgraft.head.Standardization standardization) {
    return new Standardization(floats(standardization.mean()), floats(standardization.factor()));
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
