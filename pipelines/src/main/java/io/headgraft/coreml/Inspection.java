package io.headgraft.coreml;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import io.headgraft.coreml.proto.ArrayFeatureType;
import io.headgraft.coreml.proto.DoubleParameter;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.ImageFeatureType;
import io.headgraft.coreml.proto.Int64Parameter;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.Metadata;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NearestNeighborsIndex;
import io.headgraft.coreml.proto.NetworkUpdateParameters;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkImageScaler;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.NeuralNetworkPreprocessing;
import io.headgraft.coreml.proto.Optimizer;
import io.headgraft.coreml.proto.Pipeline;
import io.headgraft.coreml.proto.SizeRange;
import io.headgraft.coreml.proto.WeightParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is in a Core ML model.
 *
 * @param type the kind of model, by the name of its field in the format; layers have theirs too
 * @param predictedFeature the output that is a classifier's label; empty if there is none
 * @param predictedProbabilities the output that is its labels' probabilities; likewise
 * @param preprocessing of a network's image inputs, in words
 * @param gradientsStopAt the layer through which no gradient of on-device training comes back, so
 *     that nothing that it reads from can train; empty if there is no training or no such layer
 * @param examples that a nearest-neighbours classifier holds; null for all other models
 * @param labels of a classifier, in the order of its outputs; of nearest neighbours, each once
 * @param models of a pipeline, in order
 */
public record Inspection(
    String type,
    int specificationVersion,
    boolean updatable,
    List<Feature> inputs,
    List<Feature> outputs,
    String predictedFeature,
    String predictedProbabilities,
    List<Feature> trainingInputs,
    List<String> preprocessing,
    List<Layer> layers,
    String gradientsStopAt,
    Examples examples,
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
   * @param precision what its weights are stored in; empty if it has none
   * @param updatable whether it trains on the device
   * @param gradients whether gradients of on-device training come back to it
   */
  public record Layer(
      String name,
      String type,
      List<String> inputs,
      List<String> outputs,
      long parameters,
      String precision,
      boolean updatable,
      boolean gradients) {}

  /**
   * What a nearest-neighbours classifier holds and how it compares.
   *
   * @param count of the examples; 0 until a phone adds some
   * @param dimensions of an example
   * @param index linear or kd-tree
   * @param weighting uniform or inverse-distance
   * @param distance squared-euclidean
   * @param defaultLabel what it says without examples; empty if it has no such label
   */
  public record Examples(
      int count,
      int dimensions,
      String index,
      String weighting,
      String distance,
      String defaultLabel) {}

  /**
   * A setting of on-device training.
   *
   * @param defaultValue a number, a truth value, or a text where it is fixed
   * @param range the lowest and the highest number that an app may choose; null if there is none
   * @param set the numbers that an app may choose; null if there is none
   */
  public record Hyperparameter(
      String name, Object defaultValue, List<? extends Number> range, List<Long> set) {

    /** The values that an app may choose, in words. */
    public String allowed() {
      if (range != null) {
        return "from %s to %s".formatted(range.get(0), range.get(1));
      }
      if (set != null) {
        return "one of " + set.stream().map(String::valueOf).collect(Collectors.joining(", "));
      }
      if (defaultValue instanceof Boolean) {
        return "true or false";
      }
      return defaultValue instanceof Number ? "any" : "nothing else";
    }
  }

  /** Describes a model; a field that the model lacks is an empty list. */
  public static Inspection of(Model model) {
    NeuralNetwork network = network(model);
    GradientPath gradients = GradientPath.of(network);
    return new Inspection(
        field(Model.getDescriptor(), model.getTypeCase().getNumber()),
        model.getSpecificationVersion(),
        model.getIsUpdatable(),
        features(model.getDescription().getInputList()),
        features(model.getDescription().getOutputList()),
        model.getDescription().getPredictedFeatureName(),
        model.getDescription().getPredictedProbabilitiesName(),
        features(model.getDescription().getTrainingInputList()),
        network.getPreprocessingList().stream().map(Inspection::preprocessing).toList(),
        network.getLayersList().stream().map(layer -> layer(layer, gradients)).toList(),
        network.getLayersList().stream()
            .flatMap(layer -> gradients.obstacle(layer.getName()).stream())
            .findFirst()
            .orElse(""),
        model.hasKNearestNeighborsClassifier()
            ? examples(model.getKNearestNeighborsClassifier())
            : null,
        hyperparameters(model),
        ModelParts.labels(model).stream().distinct().toList(),
        metadata(model.getDescription().getMetadata()),
        ModelParts.pipeline(model).map(Inspection::models).orElse(List.of()));
  }

  /** The number of weights and biases in all layers, of a pipeline in all of its models. */
  public long parameters() {
    return layers.stream().mapToLong(Layer::parameters).sum()
        + models.stream().mapToLong(Inspection::parameters).sum();
  }

  private static String field(Descriptor message, int number) {
    return number == 0 ? "unknown" : message.findFieldByNumber(number).getName();
  }

  private static List<Feature> features(List<FeatureDescription> descriptions) {
    return descriptions.stream()
        .map(description -> new Feature(description.getName(), typeOf(description.getType())))
        .toList();
  }

  private static String typeOf(FeatureType type) {
    return type(type) + (type.getIsOptional() ? ", optional" : "");
  }

  /** A type in words. */
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
    return "image, %d × %d, %s%s"
        .formatted(image.getWidth(), image.getHeight(), image.getColorSpace(), sizes(image));
  }

  private static String sizes(ImageFeatureType image) {
    return switch (image.getSizeFlexibilityCase()) {
      case ENUMERATEDSIZES ->
          image.getEnumeratedSizes().getSizesList().stream()
              .map(size -> size.getWidth() + " × " + size.getHeight())
              .collect(Collectors.joining(", ", ", or ", ""));
      case IMAGESIZERANGE ->
          ", width %s, height %s"
              .formatted(
                  range(image.getImageSizeRange().getWidthRange()),
                  range(image.getImageSizeRange().getHeightRange()));
      case SIZEFLEXIBILITY_NOT_SET -> "";
    };
  }

  private static String range(SizeRange range) {
    return "from %s%s"
        .formatted(
            Long.toUnsignedString(range.getLowerBound()),
            range.getUpperBound() < 0 ? "" : " to " + range.getUpperBound());
  }

  private static String array(ArrayFeatureType array) {
    return "array %s of %s".formatted(array.getShapeList(), array.getDataType());
  }

  private static List<Inspection> models(Pipeline pipeline) {
    return pipeline.getModelsList().stream().map(Inspection::of).toList();
  }

  private static NeuralNetwork network(Model model) {
    return ModelParts.network(model).orElse(NeuralNetwork.getDefaultInstance());
  }

  private static Layer layer(NeuralNetworkLayer layer, GradientPath gradients) {
    List<WeightParams> weights = weights(layer);
    return new Layer(
        layer.getName(),
        field(NeuralNetworkLayer.getDescriptor(), layer.getLayerCase().getNumber()),
        List.copyOf(layer.getInputList()),
        List.copyOf(layer.getOutputList()),
        weights.stream().mapToLong(Weights::count).sum(),
        precision(weights),
        layer.getIsUpdatable(),
        gradients.reaches(layer.getName()));
  }

  /** All weights of a layer, of whatever type it is: the format has one message for them. */
  private static List<WeightParams> weights(Message message) {
    List<WeightParams> all = new ArrayList<>();
    message
        .getAllFields()
        .forEach(
            (field, value) -> {
              if (value instanceof WeightParams weights) {
                all.add(weights);
              } else if (value instanceof Message part) {
                all.addAll(weights(part));
              }
            });
    return all;
  }

  private static String precision(List<WeightParams> weights) {
    return weights.stream()
        .filter(some -> Weights.count(some) > 0)
        .map(Inspection::precision)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static String precision(WeightParams weights) {
    if (!weights.getFloat16Value().isEmpty()) {
      return "half precision";
    }
    return weights.getFloatValueCount() > 0
        ? "single precision"
        : weights.getQuantization().getNumberOfBits() + " bits";
  }

  private static String preprocessing(NeuralNetworkPreprocessing step) {
    String input = step.getFeatureName().isEmpty() ? "" : step.getFeatureName() + ": ";
    return switch (step.getPreprocessorCase()) {
      case SCALER -> input + scaler(step.getScaler());
      case MEANIMAGE ->
          input
              + "minus a mean image of %d values"
                  .formatted(step.getMeanImage().getMeanImageCount());
      case PREPROCESSOR_NOT_SET -> input + "nothing";
    };
  }

  private static String scaler(NeuralNetworkImageScaler scaler) {
    return "%s × pixel, plus %s blue, %s green, %s red, %s gray"
        .formatted(
            scaler.getChannelScale(),
            scaler.getBlueBias(),
            scaler.getGreenBias(),
            scaler.getRedBias(),
            scaler.getGrayBias());
  }

  private static Examples examples(KNearestNeighborsClassifier knn) {
    NearestNeighborsIndex index = knn.getNearestNeighborsIndex();
    return new Examples(
        index.getFloatSamplesCount(),
        index.getNumberOfDimensions(),
        switch (index.getIndexTypeCase()) {
          case LINEARINDEX -> "linear";
          case SINGLEKDTREEINDEX ->
              "kd-tree, leaves of %d".formatted(index.getSingleKdTreeIndex().getLeafSize());
          case INDEXTYPE_NOT_SET -> "none";
        },
        switch (knn.getWeightingSchemeCase()) {
          case UNIFORMWEIGHTING -> "uniform";
          case INVERSEDISTANCEWEIGHTING -> "inverse-distance";
          case WEIGHTINGSCHEME_NOT_SET -> "none";
        },
        index.hasSquaredEuclideanDistance() ? "squared-euclidean" : "none",
        switch (knn.getDefaultClassLabelCase()) {
          case DEFAULTSTRINGLABEL -> knn.getDefaultStringLabel();
          case DEFAULTINT64LABEL -> String.valueOf(knn.getDefaultInt64Label());
          case DEFAULTCLASSLABEL_NOT_SET -> "";
        });
  }

  private static List<Hyperparameter> hyperparameters(Model model) {
    if (model.hasKNearestNeighborsClassifier()) {
      KNearestNeighborsClassifier knn = model.getKNearestNeighborsClassifier();
      return List.of(hyperparameter("number-of-neighbors", knn.getNumberOfNeighbors()));
    }
    NetworkUpdateParameters update = network(model).getUpdateParams();
    List<Hyperparameter> all = new ArrayList<>(optimizer(update.getOptimizer()));
    if (update.hasEpochs()) {
      all.add(hyperparameter("epochs", update.getEpochs()));
    }
    if (update.hasShuffle()) {
      all.add(new Hyperparameter("shuffle", update.getShuffle().getDefaultValue(), null, null));
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
              new Hyperparameter("optimizer", "sgd", null, null),
              hyperparameter("learning-rate", optimizer.getSgdOptimizer().getLearningRate()),
              hyperparameter("mini-batch-size", optimizer.getSgdOptimizer().getMiniBatchSize()),
              hyperparameter("momentum", optimizer.getSgdOptimizer().getMomentum()));
      case ADAMOPTIMIZER ->
          List.of(
              new Hyperparameter("optimizer", "adam", null, null),
              hyperparameter("learning-rate", optimizer.getAdamOptimizer().getLearningRate()),
              hyperparameter("mini-batch-size", optimizer.getAdamOptimizer().getMiniBatchSize()),
              hyperparameter("beta1", optimizer.getAdamOptimizer().getBeta1()),
              hyperparameter("beta2", optimizer.getAdamOptimizer().getBeta2()),
              hyperparameter("eps", optimizer.getAdamOptimizer().getEps()));
      case OPTIMIZERTYPE_NOT_SET -> List.of();
    };
  }

  private static Hyperparameter hyperparameter(String name, Int64Parameter parameter) {
    return new Hyperparameter(
        name,
        parameter.getDefaultValue(),
        parameter.hasRange()
            ? List.of(parameter.getRange().getMinValue(), parameter.getRange().getMaxValue())
            : null,
        parameter.hasSet() ? List.copyOf(parameter.getSet().getValuesList()) : null);
  }

  private static Hyperparameter hyperparameter(String name, DoubleParameter parameter) {
    return new Hyperparameter(
        name,
        parameter.getDefaultValue(),
        parameter.hasRange()
            ? List.of(parameter.getRange().getMinValue(), parameter.getRange().getMaxValue())
            : null,
        null);
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
