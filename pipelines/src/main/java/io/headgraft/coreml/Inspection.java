package io.headgraft.coreml;

import com.google.protobuf.Descriptors.Descriptor;
import io.headgraft.coreml.proto.ArrayFeatureType;
import io.headgraft.coreml.proto.DoubleParameter;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.ImageFeatureType;
import io.headgraft.coreml.proto.Int64Parameter;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.Metadata;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NetworkUpdateParameters;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.Optimizer;
import io.headgraft.coreml.proto.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is in a Core ML model.
 *
 * @param type the kind of model, by the name of its field in the format; layers have theirs too
 * @param models of a pipeline, in order
 */
public record Inspection(
    String type,
    int specificationVersion,
    boolean updatable,
    List<Feature> inputs,
    List<Feature> outputs,
    List<Feature> trainingInputs,
    List<Layer> layers,
    List<Hyperparameter> hyperparameters,
    List<String> labels,
    Map<String, String> metadata,
    List<Inspection> models) {

  /** An input or output, its type in words. */
  public record Feature(String name, String type) {}

  /**
   * A layer of a neural network.
   *
   * @param parameters the number of its weights and biases
   */
  public record Layer(
      String name,
      String type,
      List<String> inputs,
      List<String> outputs,
      long parameters,
      boolean updatable) {}

  /** A setting of on-device training, its default, and the values that an app may choose. */
  public record Hyperparameter(String name, String defaultValue, String allowed) {}

  /** Describes a model; a field that the model lacks is an empty list. */
  public static Inspection of(Model model) {
    return new Inspection(
        field(Model.getDescriptor(), model.getTypeCase().getNumber()),
        model.getSpecificationVersion(),
        model.getIsUpdatable(),
        features(model.getDescription().getInputList()),
        features(model.getDescription().getOutputList()),
        features(model.getDescription().getTrainingInputList()),
        ModelParts.network(model).map(Inspection::layers).orElse(List.of()),
        hyperparameters(model),
        ModelParts.labels(model),
        metadata(model.getDescription().getMetadata()),
        ModelParts.pipeline(model).map(Inspection::models).orElse(List.of()));
  }

  /** The number of weights and biases in all layers. */
  public long parameters() {
    return layers.stream().mapToLong(Layer::parameters).sum();
  }

  private static String field(Descriptor message, int number) {
    return number == 0 ? "unknown" : message.findFieldByNumber(number).getName();
  }

  private static List<Feature> features(List<FeatureDescription> descriptions) {
    return descriptions.stream()
        .map(description -> new Feature(description.getName(), type(description.getType())))
        .toList();
  }

  static String type(FeatureType type) {
    return switch (type.getTypeCase()) {
      case INT64TYPE -> "integer";
      case DOUBLETYPE -> "number";
      case STRINGTYPE -> "text";
      case IMAGETYPE -> image(type.getImageType());
      case MULTIARRAYTYPE -> array(type.getMultiArrayType());
      case DICTIONARYTYPE ->
          type.getDictionaryType().hasStringKeyType()
              ? "dictionary from text to number"
              : "dictionary from integer to number";
      case SEQUENCETYPE -> "sequence";
      case STATETYPE -> "state";
      case TYPE_NOT_SET -> "of a type that is not known here";
    };
  }

  private static String image(ImageFeatureType image) {
    return "image, %d × %d, %s"
        .formatted(image.getWidth(), image.getHeight(), image.getColorSpace());
  }

  private static String array(ArrayFeatureType array) {
    return "array %s of %s".formatted(array.getShapeList(), array.getDataType());
  }

  private static List<Inspection> models(Pipeline pipeline) {
    return pipeline.getModelsList().stream().map(Inspection::of).toList();
  }

  private static List<Layer> layers(NeuralNetwork network) {
    return network.getLayersList().stream().map(Inspection::layer).toList();
  }

  private static Layer layer(NeuralNetworkLayer layer) {
    return new Layer(
        layer.getName(),
        field(NeuralNetworkLayer.getDescriptor(), layer.getLayerCase().getNumber()),
        List.copyOf(layer.getInputList()),
        List.copyOf(layer.getOutputList()),
        parameters(layer),
        layer.getIsUpdatable());
  }

  private static long parameters(NeuralNetworkLayer layer) {
    return switch (layer.getLayerCase()) {
      case CONVOLUTION ->
          Weights.count(layer.getConvolution().getWeights())
              + Weights.count(layer.getConvolution().getBias());
      case INNERPRODUCT ->
          Weights.count(layer.getInnerProduct().getWeights())
              + Weights.count(layer.getInnerProduct().getBias());
      case BATCHNORM ->
          Weights.count(layer.getBatchnorm().getGamma())
              + Weights.count(layer.getBatchnorm().getBeta())
              + Weights.count(layer.getBatchnorm().getMean())
              + Weights.count(layer.getBatchnorm().getVariance());
      default -> 0;
    };
  }

  private static List<Hyperparameter> hyperparameters(Model model) {
    if (model.hasKNearestNeighborsClassifier()) {
      KNearestNeighborsClassifier knn = model.getKNearestNeighborsClassifier();
      return List.of(hyperparameter("number-of-neighbors", knn.getNumberOfNeighbors()));
    }
    NetworkUpdateParameters update =
        ModelParts.network(model).orElse(NeuralNetwork.getDefaultInstance()).getUpdateParams();
    List<Hyperparameter> all = new ArrayList<>(optimizer(update.getOptimizer()));
    if (update.hasEpochs()) {
      all.add(hyperparameter("epochs", update.getEpochs()));
    }
    if (update.hasShuffle()) {
      all.add(
          new Hyperparameter(
              "shuffle", String.valueOf(update.getShuffle().getDefaultValue()), "true or false"));
    }
    if (update.hasSeed()) {
      all.add(hyperparameter("seed", update.getSeed()));
    }
    return all;
  }

  private static List<Hyperparameter> optimizer(Optimizer optimizer) {
    return switch (optimizer.getOptimizerTypeCase()) {
      case SGDOPTIMIZER ->
          List.of(
              new Hyperparameter("optimizer", "sgd", "sgd"),
              hyperparameter("learning-rate", optimizer.getSgdOptimizer().getLearningRate()),
              hyperparameter("mini-batch-size", optimizer.getSgdOptimizer().getMiniBatchSize()),
              hyperparameter("momentum", optimizer.getSgdOptimizer().getMomentum()));
      case ADAMOPTIMIZER ->
          List.of(
              new Hyperparameter("optimizer", "adam", "adam"),
              hyperparameter("learning-rate", optimizer.getAdamOptimizer().getLearningRate()),
              hyperparameter("mini-batch-size", optimizer.getAdamOptimizer().getMiniBatchSize()),
              hyperparameter("beta1", optimizer.getAdamOptimizer().getBeta1()),
              hyperparameter("beta2", optimizer.getAdamOptimizer().getBeta2()),
              hyperparameter("eps", optimizer.getAdamOptimizer().getEps()));
      case OPTIMIZERTYPE_NOT_SET -> List.of();
    };
  }

  private static Hyperparameter hyperparameter(String name, Int64Parameter parameter) {
    String allowed =
        switch (parameter.getAllowedValuesCase()) {
          case RANGE ->
              "from %d to %d"
                  .formatted(
                      parameter.getRange().getMinValue(), parameter.getRange().getMaxValue());
          case SET -> "one of " + parameter.getSet().getValuesList();
          case ALLOWEDVALUES_NOT_SET -> "any";
        };
    return new Hyperparameter(name, String.valueOf(parameter.getDefaultValue()), allowed);
  }

  private static Hyperparameter hyperparameter(String name, DoubleParameter parameter) {
    String allowed =
        switch (parameter.getAllowedValuesCase()) {
          case RANGE ->
              "from %s to %s"
                  .formatted(
                      parameter.getRange().getMinValue(), parameter.getRange().getMaxValue());
          case ALLOWEDVALUES_NOT_SET -> "any";
        };
    return new Hyperparameter(name, String.valueOf(parameter.getDefaultValue()), allowed);
  }

  private static Map<String, String> metadata(Metadata metadata) {
    Map<String, String> all = new TreeMap<>(metadata.getUserDefinedMap());
    putIfSet(all, "description", metadata.getShortDescription());
    putIfSet(all, "version", metadata.getVersionString());
    putIfSet(all, "author", metadata.getAuthor());
    putIfSet(all, "license", metadata.getLicense());
    return all;
  }

  private static void putIfSet(Map<String, String> all, String key, String value) {
    if (!value.isEmpty()) {
      all.put(key, value);
    }
  }
}
