package io.headgraft.coreml;

import io.headgraft.coreml.proto.BatchnormLayerParams;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.NeuralNetworkPreprocessing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The layers of an emitted model in front of its head: those of a backbone as they are, then, where
 * the features are standardized in the model, a fixed batch normalization {@code standardize}, then
 * {@code flatten0}.
 *
 * @param backbone a neural network with one image input
 * @param featureLayer the layer whose output the head reads
 * @param standardization if the head reads standardized features
 */
public record FeatureLayers(
    Model backbone, String featureLayer, Optional<Standardization> standardization) {

  /** The layer that standardizes the features, where there is one. */
  static final String STANDARDIZE = "standardize";

  /** The last layer, and what its blob is called where nothing outside the network reads it. */
  static final String FLATTEN = "flatten0";

  /** What Core ML adds to a variance by default; the variances written here allow for it. */
  private static final float EPSILON = 1e-5f;

  /**
   * A fixed standardization in front of the head: {@code factor * (feature - mean)}.
   *
   * @param mean of each feature
   * @param factor one over each feature's standard deviation; 0 for a feature that never changes
   */
  public record Standardization(float[] mean, float[] factor) {

    /** Refuses a factor without its mean. */
    public Standardization {
      if (mean.length != factor.length) {
        throw new IllegalArgumentException(
            "%d means and %d factors".formatted(mean.length, factor.length));
      }
    }

    /** The standardized features of one row. */
    public float[] apply(float[] row) {
      float[] standardized = new float[row.length];
      for (int i = 0; i < row.length; i++) {
        standardized[i] = (float) (factor[i] * ((double) row[i] - mean[i]));
      }
      return standardized;
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

  /**
   * All layers.
   *
   * @param output the name of the blob that holds the features in the end; {@link #FLATTEN} where
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
            .addOutput(output)
            .setFlatten(last.getFlatten())
            .build());
    return layers;
  }

  /**
   * The whole deviation goes into gamma and the variance is made to come out as one, whether or not
   * a runtime adds its epsilon: features that hardly vary keep their precision.
   */
  private static NeuralNetworkLayer standardize(Standardization standardization, String input) {
    BatchnormLayerParams.Builder params =
        BatchnormLayerParams.newBuilder()
            .setChannels(standardization.mean().length)
            .setEpsilon(EPSILON);
    for (int i = 0; i < standardization.mean().length; i++) {
      params.getGammaBuilder().addFloatValue(standardization.factor()[i]);
      params.getBetaBuilder().addFloatValue(0);
      params.getMeanBuilder().addFloatValue(standardization.mean()[i]);
      params.getVarianceBuilder().addFloatValue(1 - EPSILON);
    }
    return NeuralNetworkLayer.newBuilder()
        .setName(STANDARDIZE)
        .addInput(input)
        .addOutput(STANDARDIZE)
        .setBatchnorm(params)
        .build();
  }
}
