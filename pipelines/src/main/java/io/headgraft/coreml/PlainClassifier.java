package io.headgraft.coreml;

import io.headgraft.coreml.proto.InnerProductLayerParams;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.ModelDescription;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.SoftmaxLayerParams;
import io.headgraft.coreml.proto.StringVector;
import io.headgraft.coreml.proto.WeightParams;

/**
 * Grafts a head on a backbone: its layers up to the features, then {@code fullyconnected0} and the
 * softmax {@code labelProbability}. What comes of it cannot be trained on a phone, and runs on all
 * systems that know Core ML; {@link UpdatableClassifier} makes one of it that can.
 */
public final class PlainClassifier {

  /** The first version of the format. */
  private static final int SPECIFICATION_VERSION = 1;

  /** The head's layer. */
  public static final String HEAD = "fullyconnected0";

  private static final String LABEL = "label";
  private static final String PROBABILITY = "labelProbability";

  private PlainClassifier() {}

  /**
   * Builds the model.
   *
   * @throws IllegalArgumentException if the head reads another number of features than are
   *     standardized
   */
  public static Model build(FeatureLayers features, DenseHead head, ModelMetadata metadata) {
    features.requireFeatures(head.inputs());
    NeuralNetworkClassifier.Builder network =
        NeuralNetworkClassifier.newBuilder()
            .addAllLayers(features.layers(FeatureLayers.FLATTEN))
            .addLayers(layer(HEAD, FeatureLayers.FLATTEN).setInnerProduct(innerProduct(head)))
            .addLayers(layer(PROBABILITY, HEAD).setSoftmax(SoftmaxLayerParams.getDefaultInstance()))
            .addAllPreprocessing(features.preprocessing())
            .setStringClassLabels(StringVector.newBuilder().addAllVector(head.labels()))
            .setLabelProbabilityLayerName(PROBABILITY);
    return Model.newBuilder()
        .setSpecificationVersion(SPECIFICATION_VERSION)
        .setDescription(
            ModelDescription.newBuilder()
                .addInput(features.image("Input image"))
                .addOutput(FeatureDescriptions.dictionary(PROBABILITY, "Prediction probabilities"))
                .addOutput(FeatureDescriptions.text(LABEL, "Class label of top prediction"))
                .setPredictedFeatureName(LABEL)
                .setPredictedProbabilitiesName(PROBABILITY)
                .setMetadata(metadata.message()))
        .setNeuralNetworkClassifier(network)
        .build();
  }

  private static NeuralNetworkLayer.Builder layer(String name, String input) {
    return NeuralNetworkLayer.newBuilder().setName(name).addInput(input).addOutput(name);
  }

  private static InnerProductLayerParams innerProduct(DenseHead head) {
    WeightParams.Builder weights = WeightParams.newBuilder();
    WeightParams.Builder bias = WeightParams.newBuilder();
    for (int label = 0; label < head.outputs(); label++) {
      for (float weight : head.weights()[label]) {
        weights.addFloatValue(weight);
      }
      bias.addFloatValue(head.bias()[label]);
    }
    return InnerProductLayerParams.newBuilder()
        .setInputChannels(head.inputs())
        .setOutputChannels(head.outputs())
        .setHasBias(true)
        .setWeights(weights)
        .setBias(bias)
        .build();
  }
}
