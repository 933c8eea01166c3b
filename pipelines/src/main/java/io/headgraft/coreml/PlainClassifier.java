package io.headgraft.coreml;

import io.headgraft.coreml.proto.InnerProductLayerParams;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.ModelDescription;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.SoftmaxLayerParams;
import io.headgraft.coreml.proto.StringVector;

/**
 * Grafts a head on a backbone: its layers up to the features, then {@code fullyconnected0}, where
 * it has scales the fixed batch normalization {@code gamma}, and the softmax {@code
 * labelProbability}. What comes of it cannot be trained on a phone, and runs on all systems that
 * know Core ML; {@link UpdatableClassifier} makes one of it that can.
 */
public final class PlainClassifier {

  /** The first version of the format. */
  private static final int SPECIFICATION_VERSION = 1;

  /** The head's layer. */
  public static final String HEAD = "fullyconnected0";

  /** The layer that multiplies logits by the head's scales, where it has any. */
  static final String SCALES = "gamma";

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
            .addAllLayers(features.layers(features.ownOutput()))
            .addLayers(layer(HEAD, features.ownOutput()).setInnerProduct(innerProduct(head)));
    if (head.scaled()) {
      network.addLayers(
          layer(SCALES, HEAD)
              .setBatchnorm(FeatureLayers.fixed(new float[head.outputs()], head.scales())));
    }
    network
        .addLayers(
            layer(PROBABILITY, head.scaled() ? SCALES : HEAD)
                .setSoftmax(SoftmaxLayerParams.getDefaultInstance()))
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
    return InnerProductLayerParams.newBuilder()
        .setInputChannels(head.inputs())
        .setOutputChannels(head.outputs())
        .setHasBias(true)
        .setWeights(Weights.message(head.weights()))
        .setBias(Weights.message(head.bias()))
        .build();
  }
}
