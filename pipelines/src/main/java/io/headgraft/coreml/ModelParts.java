package io.headgraft.coreml;

import io.headgraft.coreml.proto.Int64Vector;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkRegressor;
import io.headgraft.coreml.proto.Pipeline;
import io.headgraft.coreml.proto.StringVector;
import java.util.List;
import java.util.Optional;

/** What models of several types have in common, wherever the format keeps it. */
final class ModelParts {

  private ModelParts() {}

  /** The layers, preprocessing and on-device training of a neural network of whatever kind. */
  static Optional<NeuralNetwork> network(Model model) {
    return switch (model.getTypeCase()) {
      case NEURALNETWORK -> Optional.of(model.getNeuralNetwork());
      case NEURALNETWORKCLASSIFIER -> Optional.of(network(model.getNeuralNetworkClassifier()));
      case NEURALNETWORKREGRESSOR -> Optional.of(network(model.getNeuralNetworkRegressor()));
      case PIPELINECLASSIFIER,
          PIPELINEREGRESSOR,
          PIPELINE,
          GLMCLASSIFIER,
          KNEARESTNEIGHBORSCLASSIFIER,
          IDENTITY,
          TYPE_NOT_SET ->
          Optional.empty();
    };
  }

  private static NeuralNetwork network(NeuralNetworkClassifier classifier) {
    NeuralNetwork.Builder network =
        NeuralNetwork.newBuilder()
            .addAllLayers(classifier.getLayersList())
            .addAllPreprocessing(classifier.getPreprocessingList())
            .setArrayInputShapeMappingValue(classifier.getArrayInputShapeMappingValue())
            .setImageInputShapeMappingValue(classifier.getImageInputShapeMappingValue());
    if (classifier.hasUpdateParams()) {
      network.setUpdateParams(classifier.getUpdateParams());
    }
    return network.build();
  }

  private static NeuralNetwork network(NeuralNetworkRegressor regressor) {
    NeuralNetwork.Builder network =
        NeuralNetwork.newBuilder()
            .addAllLayers(regressor.getLayersList())
            .addAllPreprocessing(regressor.getPreprocessingList())
            .setArrayInputShapeMappingValue(regressor.getArrayInputShapeMappingValue())
            .setImageInputShapeMappingValue(regressor.getImageInputShapeMappingValue());
    if (regressor.hasUpdateParams()) {
      network.setUpdateParams(regressor.getUpdateParams());
    }
    return network.build();
  }

  /** The models of a pipeline of whatever kind, in order, and their names. */
  static Optional<Pipeline> pipeline(Model model) {
    return switch (model.getTypeCase()) {
      case PIPELINECLASSIFIER -> Optional.of(model.getPipelineClassifier().getPipeline());
      case PIPELINEREGRESSOR -> Optional.of(model.getPipelineRegressor().getPipeline());
      case PIPELINE -> Optional.of(model.getPipeline());
      case NEURALNETWORK,
          NEURALNETWORKCLASSIFIER,
          NEURALNETWORKREGRESSOR,
          GLMCLASSIFIER,
          KNEARESTNEIGHBORSCLASSIFIER,
          IDENTITY,
          TYPE_NOT_SET ->
          Optional.empty();
    };
  }

  /**
   * The class labels of a classifier as text, in the order of its outputs (of a nearest-neighbours
   * classifier, one an example); none where a model has none.
   */
  static List<String> labels(Model model) {
    return switch (model.getTypeCase()) {
      case NEURALNETWORKCLASSIFIER -> {
        NeuralNetworkClassifier network = model.getNeuralNetworkClassifier();
        yield labels(network.getStringClassLabels(), network.getInt64ClassLabels());
      }
      case GLMCLASSIFIER ->
          labels(
              model.getGlmClassifier().getStringClassLabels(),
              model.getGlmClassifier().getInt64ClassLabels());
      case KNEARESTNEIGHBORSCLASSIFIER ->
          labels(
              model.getKNearestNeighborsClassifier().getStringClassLabels(),
              model.getKNearestNeighborsClassifier().getInt64ClassLabels());
      case NEURALNETWORK,
          NEURALNETWORKREGRESSOR,
          PIPELINECLASSIFIER,
          PIPELINEREGRESSOR,
          PIPELINE,
          IDENTITY,
          TYPE_NOT_SET ->
          List.of();
    };
  }

  /** The format holds one of the two; the other is empty then. */
  private static List<String> labels(StringVector texts, Int64Vector numbers) {
    return numbers.getVectorCount() == 0
        ? List.copyOf(texts.getVectorList())
        : numbers.getVectorList().stream().map(String::valueOf).toList();
  }
}
