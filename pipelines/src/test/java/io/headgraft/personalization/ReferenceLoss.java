package io.headgraft.personalization;

import io.headgraft.coreml.PooledConvolution;
import io.headgraft.coreml.TrainableLayers;

/** The mean cross entropy of some examples, written down in double precision, number by number. */
final class ReferenceLoss {

  private final TrainableLayers layers;
  private final float[][] examples;
  private final int[] labels;
  private final double[][] headWeights;
  private final double[][] headBias;
  private final double[][] weights;
  private final double[][] bias;

  ReferenceLoss(TrainableLayers layers, float[][] examples, int[] labels) {
    this.layers = layers;
    this.examples = examples;
    this.labels = labels;
    this.headWeights = doubles(layers.head().weights());
    this.headBias = doubles(layers.head().bias());
    this.weights = layers.convolution().map(own -> doubles(own.weights())).orElse(null);
    this.bias = layers.convolution().map(own -> doubles(own.bias())).orElse(null);
  }

  private static double[][] doubles(float[]... rows) {
    double[][] doubles = new double[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      doubles[i] = new double[rows[i].length];
      for (int j = 0; j < rows[i].length; j++) {
        doubles[i][j] = rows[i][j];
      }
    }
    return doubles;
  }

  boolean headTrains() {
    return layers.headTrains();
  }

  double[][] headWeights() {
    return headWeights;
  }

  double[][] headBias() {
    return headBias;
  }

  double[][] weights() {
    return weights;
  }

  double[][] bias() {
    return bias;
  }

  double value() {
    double sum = 0;
    for (int i = 0; i < examples.length; i++) {
      double[] features = features(examples[i]);
      double total = 0;
      double own = 0;
      for (int k = 0; k < headWeights.length; k++) {
        double logit = headBias[0][k];
        for (int f = 0; f < features.length; f++) {
          logit += headWeights[k][f] * features[f];
        }
        logit = logit * layers.head().scales()[k] + layers.head().shifts()[k];
        total += Math.exp(logit);
        own = k == labels[i] ? logit : own;
      }
      sum += Math.log(total) - own;
    }
    return sum / examples.length;
  }

  private double[] features(float[] example) {
    if (weights == null) {
      return doubles(example)[0];
    }
    PooledConvolution own = layers.convolution().orElseThrow();
    int pixels = example.length / own.inputs();
    double[] features = new double[own.outputs()];
    for (int f = 0; f < features.length; f++) {
      double mean = 0;
      for (int pixel = 0; pixel < pixels; pixel++) {
        double value = bias[0][f];
        for (int channel = 0; channel < own.inputs(); channel++) {
          value += weights[f][channel] * example[channel * pixels + pixel];
        }
        mean += (own.relu() ? Math.max(0, value) : value) / pixels;
      }
      features[f] = own.factor()[f] * mean + own.shift()[f];
    }
    return features;
  }
}
