package io.headgraft.coreml;

import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.InnerProductLayerParams;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.ModelDescription;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

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
    for (String name : training.layers()) {
      int index = indexOf(name, network.getLayersList());
      requireReached(index, network);
      network.setLayers(index, trainable(network.getLayers(index)));
    }
    network.setUpdateParams(training.message(network.getLabelProbabilityLayerName()));
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

  /** Follows what the layer makes to the end: every layer on the way has to pass gradients back. */
  private static void requireReached(int index, NeuralNetworkClassifier.Builder network) {
    NeuralNetworkLayer trained = network.getLayers(index);
    Set<String> blobs = new HashSet<>(trained.getOutputList());
    for (NeuralNetworkLayer layer :
        network.getLayersList().subList(index + 1, network.getLayersCount())) {
      if (layer.getInputList().stream().anyMatch(blobs::contains)) {
        if (!passesGradients(layer, network.getLabelProbabilityLayerName())) {
          throw new IllegalArgumentException(
              "the layer '%s' cannot be trained: the layer '%s' of type %s is in the way, which passes no gradients back"
                  .formatted(trained.getName(), layer.getName(), layer.getLayerCase()));
        }
        blobs.addAll(layer.getOutputList());
      }
    }
  }

  private static boolean passesGradients(NeuralNetworkLayer layer, String probabilities) {
    return layer.hasConvolution()
        || layer.hasInnerProduct()
        || layer.hasFlatten()
        || layer.hasPooling()
        || layer.hasBatchnorm()
        || layer.getActivation().hasReLU()
        || layer.getActivation().hasSigmoid()
        || layer.getActivation().hasTanh()
        || (layer.hasSoftmax() && layer.getOutputList().contains(probabilities));
  }
}
