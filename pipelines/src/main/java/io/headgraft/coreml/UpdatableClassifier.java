package io.headgraft.coreml;

import io.headgraft.coreml.proto.BatchnormLayerParams;
import io.headgraft.coreml.proto.BoolParameter;
import io.headgraft.coreml.proto.CategoricalCrossEntropyLossLayer;
import io.headgraft.coreml.proto.DictionaryFeatureType;
import io.headgraft.coreml.proto.DoubleParameter;
import io.headgraft.coreml.proto.DoubleRange;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.FlattenLayerParams;
import io.headgraft.coreml.proto.InnerProductLayerParams;
import io.headgraft.coreml.proto.Int64Parameter;
import io.headgraft.coreml.proto.Int64Set;
import io.headgraft.coreml.proto.LossLayer;
import io.headgraft.coreml.proto.Metadata;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.ModelDescription;
import io.headgraft.coreml.proto.NetworkUpdateParameters;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.Optimizer;
import io.headgraft.coreml.proto.SGDOptimizer;
import io.headgraft.coreml.proto.SoftmaxLayerParams;
import io.headgraft.coreml.proto.StringFeatureType;
import io.headgraft.coreml.proto.StringVector;
import io.headgraft.coreml.proto.WeightParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Grafts a head on a backbone: the backbone's layers as they are, then, where the features are
 * standardized in the model, a fixed batch normalization {@code standardize}, then {@code
 * fullyconnected0}, which the phone may go on training, and the softmax {@code labelProbability}.
 */
public final class UpdatableClassifier {

  /** The first version of the format that knows updatable models. */
  private static final int SPECIFICATION_VERSION = 4;

  private static final String LABEL = "label";
  private static final String PROBABILITY = "labelProbability";
  private static final String STANDARDIZE = "standardize";
  private static final String FLATTEN = "flatten0";
  private static final String HEAD = "fullyconnected0";

  /** What Core ML adds to a variance by default; the variances written here allow for it. */
  private static final float EPSILON = 1e-5f;

  /**
   * The last layer.
   *
   * @param weights [label][feature]
   * @param bias [label]
   */
  public record Dense(float[][] weights, float[] bias) {

    /** The number of features that it reads. */
    public int inputs() {
      return weights[0].length;
    }

    /** The number of classes that it tells apart. */
    public int outputs() {
      return bias.length;
    }
  }

  /**
   * A fixed standardization in front of the head: {@code factor * (feature - mean)}.
   *
   * @param mean of each feature
   * @param factor one over each feature's standard deviation; 0 for a feature that never changes
   */
  public record Standardization(float[] mean, float[] factor) {}

  /**
   * The defaults that the phone trains with.
   *
   * @param learningRate in [0, 1]
   */
  public record OnDeviceTraining(double learningRate) {}

  private UpdatableClassifier() {}

  /**
   * Builds the model.
   *
   * @param backbone a neural network with one image input
   * @param featureLayer the layer whose output the head reads
   * @param labels as many as the head has outputs
   * @param standardization if the head reads standardized features
   * @param metadata kept under the model's user-defined metadata
   */
  public static Model build(
      Model backbone,
      String featureLayer,
      List<String> labels,
      Dense head,
      Optional<Standardization> standardization,
      OnDeviceTraining training,
      Map<String, String> metadata) {
    if (labels.size() != head.outputs()) {
      throw new IllegalArgumentException(
          "%d labels for %d outputs".formatted(labels.size(), head.outputs()));
    }
    if (standardization.isPresent() && standardization.get().mean().length != head.inputs()) {
      throw new IllegalArgumentException(
          "A standardization of %d features for a head of %d"
              .formatted(standardization.get().mean().length, head.inputs()));
    }
    NetworkGraph features = NetworkGraph.of(backbone, "the backbone").cutAt(featureLayer);
    NeuralNetworkClassifier.Builder network =
        NeuralNetworkClassifier.newBuilder()
            .addAllPreprocessing(ModelParts.network(backbone).orElseThrow().getPreprocessingList())
            .setUpdateParams(updateParameters(training))
            .setStringClassLabels(StringVector.newBuilder().addAllVector(labels))
            .setLabelProbabilityLayerName(PROBABILITY);
    String blob = addBackbone(network, features);
    if (standardization.isPresent()) {
      network.addLayers(standardize(standardization.get()).addInput(blob));
      blob = STANDARDIZE;
    }
    network.addLayers(layer(FLATTEN).addInput(blob).setFlatten(flattening(features)));
    network.addLayers(dense(head).addInput(FLATTEN));
    network.addLayers(
        layer(PROBABILITY).addInput(HEAD).setSoftmax(SoftmaxLayerParams.getDefaultInstance()));
    return Model.newBuilder()
        .setSpecificationVersion(SPECIFICATION_VERSION)
        .setDescription(description(backbone.getDescription().getInput(0), metadata))
        .setIsUpdatable(true)
        .setNeuralNetworkClassifier(network)
        .build();
  }

  /** Adds the backbone's layers, less a last one that only flattens; returns the last blob. */
  private static String addBackbone(
      NeuralNetworkClassifier.Builder network, NetworkGraph features) {
    List<NeuralNetworkLayer> layers = new ArrayList<>(features.layers());
    NeuralNetworkLayer last = layers.get(layers.size() - 1);
    String blob = features.output();
    if (last.hasFlatten()) {
      layers.remove(last);
      blob = last.getInput(0);
    }
    network.addAllLayers(layers);
    return blob;
  }

  /** The order of the features: that of the last layer, if it is the one left out. */
  private static FlattenLayerParams flattening(NetworkGraph features) {
    return features.layers().get(features.layers().size() - 1).getFlatten();
  }

  private static NeuralNetworkLayer.Builder layer(String name) {
    return NeuralNetworkLayer.newBuilder().setName(name).addOutput(name);
  }

  /**
   * The whole deviation goes into gamma and the variance is made to come out as one, whether or not
   * a runtime adds its epsilon: features that hardly vary keep their precision.
   */
  private static NeuralNetworkLayer.Builder standardize(Standardization standardization) {
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
    return layer(STANDARDIZE).setBatchnorm(params);
  }

  private static NeuralNetworkLayer.Builder dense(Dense head) {
    WeightParams.Builder weights = WeightParams.newBuilder().setIsUpdatable(true);
    WeightParams.Builder bias = WeightParams.newBuilder().setIsUpdatable(true);
    for (int label = 0; label < head.outputs(); label++) {
      for (float weight : head.weights()[label]) {
        weights.addFloatValue(weight);
      }
      bias.addFloatValue(head.bias()[label]);
    }
    return layer(HEAD)
        .setIsUpdatable(true)
        .setInnerProduct(
            InnerProductLayerParams.newBuilder()
                .setInputChannels(head.inputs())
                .setOutputChannels(head.outputs())
                .setHasBias(true)
                .setWeights(weights)
                .setBias(bias));
  }

  private static NetworkUpdateParameters updateParameters(OnDeviceTraining training) {
    DoubleRange unit = DoubleRange.newBuilder().setMaxValue(1).build();
    SGDOptimizer sgd =
        SGDOptimizer.newBuilder()
            .setLearningRate(
                DoubleParameter.newBuilder()
                    .setDefaultValue(training.learningRate())
                    .setRange(unit))
            .setMiniBatchSize(oneOf(8, List.of(1L, 2L, 8L, 16L)))
            .setMomentum(DoubleParameter.newBuilder().setRange(unit))
            .build();
    return NetworkUpdateParameters.newBuilder()
        .addLossLayers(
            LossLayer.newBuilder()
                .setName("lossLayer")
                .setCategoricalCrossEntropyLossLayer(
                    CategoricalCrossEntropyLossLayer.newBuilder()
                        .setInput(PROBABILITY)
                        .setTarget(PROBABILITY + "_true")))
        .setOptimizer(Optimizer.newBuilder().setSgdOptimizer(sgd))
        .setEpochs(oneOf(10, List.of(1L, 10L, 50L)))
        .setShuffle(BoolParameter.newBuilder().setDefaultValue(true))
        .build();
  }

  private static Int64Parameter.Builder oneOf(long defaultValue, List<Long> allowed) {
    return Int64Parameter.newBuilder()
        .setDefaultValue(defaultValue)
        .setSet(Int64Set.newBuilder().addAllValues(allowed));
  }

  private static ModelDescription description(
      FeatureDescription image, Map<String, String> metadata) {
    FeatureType text =
        FeatureType.newBuilder().setStringType(StringFeatureType.getDefaultInstance()).build();
    FeatureType probabilities =
        FeatureType.newBuilder()
            .setDictionaryType(
                DictionaryFeatureType.newBuilder()
                    .setStringKeyType(StringFeatureType.getDefaultInstance()))
            .build();
    return ModelDescription.newBuilder()
        .addInput(image.toBuilder().setShortDescription("Input image"))
        .addOutput(feature(PROBABILITY, "Prediction probabilities", probabilities))
        .addOutput(feature(LABEL, "Class label of top prediction", text))
        .setPredictedFeatureName(LABEL)
        .setPredictedProbabilitiesName(PROBABILITY)
        .addTrainingInput(image.toBuilder().setShortDescription("Example image"))
        .addTrainingInput(feature(LABEL, "True label", text))
        .setMetadata(
            Metadata.newBuilder()
                .setShortDescription("Image classifier that can be trained on the device")
                .putAllUserDefined(metadata))
        .build();
  }

  private static FeatureDescription feature(String name, String description, FeatureType type) {
    return FeatureDescription.newBuilder()
        .setName(name)
        .setShortDescription(description)
        .setType(type)
        .build();
  }
}
