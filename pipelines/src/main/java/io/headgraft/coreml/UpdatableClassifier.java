package io.headgraft.coreml;

import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.InnerProductLayerParams;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.ModelDescription;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.util.List;

/** Makes a classifier that a phone can go on training of one that it cannot. */
public final class UpdatableClassifier {

  /** The first version of the format that knows updatable models. */
  private static final int SPECIFICATION_VERSION = 4;

  private UpdatableClassifier() {}

  /**
   * The same classifier with layers that can be trained, and training inputs.
   *
   * @param plain as {@link PlainClassifier} builds it
   * @throws IllegalArgumentException if a layer to train is not there, has nothing to train, or
   *     cannot be reached by gradients; then with the layer in their way
   */
  public static Model of(Model plain, OnDeviceTraining training) {
    NeuralNetworkClassifier.Builder network = plain.getNeuralNetworkClassifier().toBuilder();
    network.setUpdateParams(training.message(network.getLabelProbabilityLayerName()));
    GradientPath gradients =
        GradientPath.of(
            ModelParts.network(plain.toBuilder().setNeuralNetworkClassifier(network).build())
                .orElseThrow());
    for (String name : training.layers()) {
      int index = indexOf(name, network.getLayersList());
      requireReached(name, gradients);
      network.setLayers(index, trainable(network.getLayers(index)));
    }
    return plain.toBuilder()
        .setSpecificationVersion(SPECIFICATION_VERSION)
        .setIsUpdatable(true)
        .setDescription(withTrainingInputs(plain.getDescription()))
        .setNeuralNetworkClassifier(network)
        .build();
  }

  private static ModelDescription withTrainingInputs(ModelDescription description) {
    return description.toBuilder()
        .addTrainingInput(description.getInput(0).toBuilder().setShortDescription("Example image"))
        .addTrainingInput(
            FeatureDescriptions.text(description.getPredictedFeatureName(), "True label"))
        .build();
  }

  private static int indexOf(String name, List<NeuralNetworkLayer> layers) {
    List<String> names = layers.stream().map(NeuralNetworkLayer::getName).toList();
    int index = names.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(
          "there is no layer '%s' to train; the last layers are %s"
              .formatted(name, names.subList(Math.max(0, names.size() - 6), names.size())));
    }
    return index;
  }

  private static NeuralNetworkLayer trainable(NeuralNetworkLayer layer) {
    NeuralNetworkLayer.Builder trainable = layer.toBuilder().setIsUpdatable(true);
    if (layer.hasInnerProduct()) {
      InnerProductLayerParams.Builder params = trainable.getInnerProductBuilder();
      params.getWeightsBuilder().setIsUpdatable(true);
      if (params.getHasBias()) {
        params.getBiasBuilder().setIsUpdatable(true);
      }
    } else if (layer.hasConvolution()) {
      ConvolutionLayerParams.Builder params = trainable.getConvolutionBuilder();
      params.getWeightsBuilder().setIsUpdatable(true);
      if (params.getHasBias()) {
        params.getBiasBuilder().setIsUpdatable(true);
      }
    } else {
      throw new IllegalArgumentException(
          "the layer '%s' is of type %s, convolutions and inner products alone can be trained"
              .formatted(layer.getName(), layer.getLayerCase()));
    }
    return trainable.build();
  }

  /** Every layer between this one and the loss has to pass gradients back. */
  private static void requireReached(String layer, GradientPath gradients) {
    gradients
        .obstacle(layer)
        .ifPresent(
            obstacle -> {
              throw new IllegalArgumentException(
                  "the layer '%s' cannot be trained: the layer '%s' is in the way, which passes no gradients back"
                      .formatted(layer, obstacle));
            });
  }
}
