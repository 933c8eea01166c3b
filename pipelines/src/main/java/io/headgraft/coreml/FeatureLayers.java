package io.headgraft.coreml;

import io.headgraft.coreml.proto.BatchnormLayerParams;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.InnerProductLayerParams;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.NeuralNetworkPreprocessing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The layers of an emitted model in front of its head: those of a backbone as they are, then, where
 * the features are standardized in the model, a fixed batch normalization {@code standardize}, then
 * {@code flatten0}, then, where they are whitened as well, a fixed inner product {@code whiten}.
 *
 * @param backbone a neural network with one image input
 * @param featureLayer the layer whose output the head reads
 * @param standardization if the head reads standardized features
 */
public record FeatureLayers(
    Model backbone, String featureLayer, Optional<Standardization> standardization) {

  /** The layer that standardizes the features, where there is one. */
  static final String STANDARDIZE = "standardize";

  /** The layer that whitens them, where there is one. */
  static final String WHITEN = "whiten";

  private static final String FLATTEN = "flatten0";

  /** What Core ML adds to a variance by default; the variances written here allow for it. */
  private static final float EPSILON = 1e-5f;

  /**
   * A fixed standardization in front of the head, {@code factor * (feature - mean)}, and where
   * there is one, a matrix behind it.
   *
   * @param mean of each feature
   * @param factor one over each feature's standard deviation; 0 for a feature that never changes
   * @param whitening [feature that comes out][feature that goes in], as many of each
   */
  public record Standardization(float[] mean, float[] factor, Optional<float[][]> whitening) {

    /** Refuses numbers that do not fit together. */
    public Standardization {
      if (mean.length != factor.length) {
        throw new IllegalArgumentException(
            "%d means and %d factors".formatted(mean.length, factor.length));
      }
      int features = mean.length;
      if (whitening.isPresent()
          && (whitening.get().length != features
              || Arrays.stream(whitening.get()).anyMatch(row -> row.length != features))) {
        throw new IllegalArgumentException(
            "A whitening of %d rows for %d features".formatted(whitening.get().length, features));
      }
    }

    /** Without a whitening. */
    public Standardization(float[] mean, float[] factor) {
      this(mean, factor, Optional.empty());
    }

    /** What the head reads of one row, in double precision. */
    public double[] applyInDoublePrecision(float[] row) {
      double[] standardized = new double[row.length];
      for (int i = 0; i < row.length; i++) {
        standardized[i] = factor[i] * ((double) row[i] - mean[i]);
      }
      return whitening.map(matrix -> product(matrix, standardized)).orElse(standardized);
    }

    private static double[] product(float[][] matrix, double[] values) {
      double[] product = new double[matrix.length];
      for (int i = 0; i < product.length; i++) {
        for (int j = 0; j < values.length; j++) {
          product[i] += matrix[i][j] * values[j];
        }
      }
      return product;
    }

    /** What the head reads of one row. */
    public float[] apply(float[] row) {
      double[] values = applyInDoublePrecision(row);
      float[] rounded = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        rounded[i] = (float) values[i];
      }
      return rounded;
    }
  }

  /** Refuses a head of another size than the standardization. */
  void requireFeatures(int features) {
    standardization.ifPresent(
        own -> {
          if (own.mean().length != features) {
            throw new IllegalArgumentException(
                "A standardization of %d features for a head of %d"
                    .formatted(own.mean().length, features));
          }
        });
  }

  /** The image that the network takes, described for people. */
  FeatureDescription image(String description) {
    return backbone.getDescription().getInput(0).toBuilder()
        .setShortDescription(description)
        .build();
  }

  List<NeuralNetworkPreprocessing> preprocessing() {
    return ModelParts.network(backbone).orElseThrow().getPreprocessingList();
  }

  /** What the last layer's blob is called where nothing outside the network reads it. */
  String ownOutput() {
    return whitening().isPresent() ? WHITEN : FLATTEN;
  }

  private Optional<float[][]> whitening() {
    return standardization.flatMap(Standardization::whitening);
  }

  /**
   * All layers.
   *
   * @param output the name of the blob that holds the features in the end; {@link #ownOutput} where
   *     nothing outside the network reads it
   */
  List<NeuralNetworkLayer> layers(String output) {
    NetworkGraph features = NetworkGraph.of(backbone, "the backbone").cutAt(featureLayer);
    List<NeuralNetworkLayer> layers = new ArrayList<>(features.layers());
    NeuralNetworkLayer last = layers.get(layers.size() - 1);
    String blob = features.output();
    if (last.hasFlatten()) {
      layers.remove(last);
      blob = last.getInput(0);
    }
    if (standardization.isPresent()) {
      layers.add(standardize(standardization.get(), blob));
      blob = STANDARDIZE;
    }
    // A flattening of the backbone's own that was left out keeps its order of the features.
    layers.add(
        NeuralNetworkLayer.newBuilder()
            .setName(FLATTEN)
            .addInput(blob)
            .addOutput(whitening().isPresent() ? FLATTEN : output)
            .setFlatten(last.getFlatten())
            .build());
    whitening().ifPresent(matrix -> layers.add(whiten(matrix, output)));
    return layers;
  }

  private static NeuralNetworkLayer whiten(float[][] matrix, String output) {
    return NeuralNetworkLayer.newBuilder()
        .setName(WHITEN)
        .addInput(FLATTEN)
        .addOutput(output)
        .setInnerProduct(
            InnerProductLayerParams.newBuilder()
                .setInputChannels(matrix.length)
                .setOutputChannels(matrix.length)
                .setWeights(Weights.message(matrix)))
        .build();
  }

  private static NeuralNetworkLayer standardize(Standardization standardization, String input) {
    return NeuralNetworkLayer.newBuilder()
        .setName(STANDARDIZE)
        .addInput(input)
        .addOutput(STANDARDIZE)
        .setBatchnorm(fixed(standardization.mean(), standardization.factor()))
        .build();
  }

  /**
   * A fixed batch normalization, {@code factor * (value - mean)}. The whole deviation goes into
   * gamma and the variance is made to come out as one, whether or not a runtime adds its epsilon:
   * features that hardly vary keep their precision.
   */
  static BatchnormLayerParams fixed(float[] mean, float[] factor) {
    BatchnormLayerParams.Builder params =
        BatchnormLayerParams.newBuilder().setChannels(mean.length).setEpsilon(EPSILON);
    for (int i = 0; i < mean.length; i++) {
      params.getGammaBuilder().addFloatValue(factor[i]);
      params.getBetaBuilder().addFloatValue(0);
      params.getMeanBuilder().addFloatValue(mean[i]);
      params.getVarianceBuilder().addFloatValue(1 - EPSILON);
    }
    return params.build();
  }
}
