package io.headgraft.coreml;

import static io.headgraft.coreml.RuleExample.example;
import static io.headgraft.coreml.ValidModels.array;
import static io.headgraft.coreml.ValidModels.dense;
import static io.headgraft.coreml.ValidModels.feature;
import static io.headgraft.coreml.ValidModels.half;
import static io.headgraft.coreml.ValidModels.imageOf;
import static io.headgraft.coreml.ValidModels.layer;
import static io.headgraft.coreml.ValidModels.ofType;
import static io.headgraft.coreml.ValidModels.oneOf;
import static io.headgraft.coreml.ValidModels.point;
import static io.headgraft.coreml.ValidModels.relu;
import static io.headgraft.coreml.ValidModels.row;
import static io.headgraft.coreml.ValidModels.text;
import static io.headgraft.coreml.ValidModels.texts;
import static io.headgraft.coreml.ValidModels.trained;

import com.google.protobuf.ByteString;
import io.headgraft.coreml.proto.ActivationLeakyReLU;
import io.headgraft.coreml.proto.ActivationParams;
import io.headgraft.coreml.proto.ActivationSigmoid;
import io.headgraft.coreml.proto.ActivationTanh;
import io.headgraft.coreml.proto.AdamOptimizer;
import io.headgraft.coreml.proto.AddLayerParams;
import io.headgraft.coreml.proto.DoubleParameter;
import io.headgraft.coreml.proto.DoubleRange;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.GLMClassifier.ClassEncoding;
import io.headgraft.coreml.proto.GLMClassifier.PostEvaluationTransform;
import io.headgraft.coreml.proto.ImageFeatureType.ColorSpace;
import io.headgraft.coreml.proto.InnerProductLayerParams;
import io.headgraft.coreml.proto.Int64FeatureType;
import io.headgraft.coreml.proto.Int64Parameter;
import io.headgraft.coreml.proto.Int64Range;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.LinearQuantizationParams;
import io.headgraft.coreml.proto.LossLayer;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.ModelDescription;
import io.headgraft.coreml.proto.NearestNeighborsIndex;
import io.headgraft.coreml.proto.NetworkUpdateParameters;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkImageShapeMapping;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.NeuralNetworkMultiArrayShapeMapping;
import io.headgraft.coreml.proto.Pipeline;
import io.headgraft.coreml.proto.QuantizationParams;
import io.headgraft.coreml.proto.SGDOptimizer;
import io.headgraft.coreml.proto.SingleKdTreeIndex;
import io.headgraft.coreml.proto.StringVector;
import io.headgraft.coreml.proto.UniformWeighting;
import io.headgraft.coreml.proto.WeightParams;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** At least one example of each rule. */
final class RuleExamples {

  private static final int CONV = 0;
  private static final int RELU = 1;
  private static final int DENSE = 4;

  private RuleExamples() {}

  static Stream<RuleExample> all() {
    return Stream.of(
            interfaces(),
            neighbors(),
            classifiers(),
            networks(),
            layers(),
            updatableLayers(),
            losses(),
            optimizers(),
            training(),
            linear(),
            pipelines(),
            outputWarnings(),
            weightWarnings(),
            otherWarnings())
        .flatMap(examples -> examples);
  }

  private static Stream<RuleExample> interfaces() {
    return Stream.of(
        example(
            Rule.VERSION_PRESENT,
            ValidModels::linear,
            m -> m.setSpecificationVersion(0),
            m -> m.setSpecificationVersion(1)),
        example(
            Rule.VERSION_KNOWN,
            ValidModels::linear,
            m -> m.setSpecificationVersion(11),
            m -> m.setSpecificationVersion(10)),
        example(
            Rule.FEATURES_PRESENT,
            ValidModels::identity,
            m -> m.getDescriptionBuilder().clearInput(),
            m -> m.getDescriptionBuilder().addInput(feature("more", text()))),
        example(
            Rule.FEATURES_PRESENT,
            ValidModels::identity,
            m -> m.getDescriptionBuilder().clearOutput(),
            m -> m.getDescriptionBuilder().addOutput(feature("more", text()))),
        example(
            Rule.FEATURE_NAMES,
            ValidModels::identity,
            m -> m.getDescriptionBuilder().getInputBuilder(0).setName(""),
            m -> m.getDescriptionBuilder().getInputBuilder(0).setName(" ")),
        example(
            Rule.FEATURE_TYPES,
            ValidModels::identity,
            m -> m.getDescriptionBuilder().getInputBuilder(0).setType(array()),
            m -> m.getDescriptionBuilder().getInputBuilder(0).setType(array(0))),
        example(
            Rule.UPDATABLE_VERSION,
            ValidModels::neighbors,
            m -> m.setSpecificationVersion(3),
            m -> m.setSpecificationVersion(4)),
        example(
            Rule.UPDATABLE_TYPE,
            ValidModels::linear,
            m -> m.setSpecificationVersion(4).setIsUpdatable(true),
            m -> m.setSpecificationVersion(4)),
        example(
            Rule.DEFAULT_VALUES,
            RuleExamples::withDefaultValue,
            m -> m.setSpecificationVersion(4),
            m -> m.setSpecificationVersion(5)),
        example(
            Rule.REQUIRED_INPUT,
            ValidModels::plain,
            m -> input(m).getTypeBuilder().setIsOptional(true),
            m -> {
              input(m).getTypeBuilder().setIsOptional(true);
              m.getDescriptionBuilder().addInput(feature("more", array(1)));
            }),
        example(
            Rule.NO_OPTIONAL_INPUT,
            ValidModels::neighbors,
            m -> input(m).getTypeBuilder().setIsOptional(true),
            m ->
                m.getDescriptionBuilder()
                    .getTrainingInputBuilder(0)
                    .getTypeBuilder()
                    .setIsOptional(true)),
        example(
            Rule.NO_OPTIONAL_INPUT,
            ValidModels::linear,
            m -> input(m).getTypeBuilder().setIsOptional(true),
            m -> {}),
        example(
            Rule.NO_OPTIONAL_OUTPUT,
            ValidModels::identity,
            m -> output(m, 0).getTypeBuilder().setIsOptional(true),
            m -> input(m).getTypeBuilder().setIsOptional(true)),
        example(Rule.MODEL_TYPE, ValidModels::identity, Model.Builder::clearIdentity, m -> {}));
  }

  private static Model.Builder withDefaultValue() {
    Model.Builder model = ValidModels.plain();
    FeatureType.Builder type = array(1).toBuilder().setIsOptional(true);
    type.getMultiArrayTypeBuilder().setFloatDefaultValue(1);
    model.getDescriptionBuilder().addInput(feature("more", type.build()));
    return model;
  }

  private static FeatureDescription.Builder input(Model.Builder model) {
    return model.getDescriptionBuilder().getInputBuilder(0);
  }

  private static FeatureDescription.Builder output(Model.Builder model, int i) {
    return model.getDescriptionBuilder().getOutputBuilder(i);
  }

  private static Stream<RuleExample> neighbors() {
    return Stream.of(
        neighbors(
            Rule.NEIGHBORS_ALLOWED,
            k -> k.getNumberOfNeighborsBuilder().setDefaultValue(11),
            k -> k.getNumberOfNeighborsBuilder().setDefaultValue(10)),
        neighbors(
            Rule.NEIGHBORS_ALLOWED,
            KNearestNeighborsClassifier.Builder::clearNumberOfNeighbors,
            k -> k.setNumberOfNeighbors(Int64Parameter.newBuilder().setDefaultValue(1))),
        neighbors(
            Rule.WEIGHTING_PRESENT,
            KNearestNeighborsClassifier.Builder::clearWeightingScheme,
            k -> k.setUniformWeighting(UniformWeighting.getDefaultInstance())),
        neighbors(
            Rule.DEFAULT_LABEL, RuleExamples::empty, k -> empty(k).setDefaultStringLabel("?")),
        neighbors(
            Rule.DEFAULT_LABEL, k -> k.setDefaultInt64Label(1), k -> k.setDefaultStringLabel("")),
        neighbors(
            Rule.POINTS_LABELLED,
            k -> k.setStringClassLabels(texts("a")),
            k -> k.setStringClassLabels(texts("a", "a"))),
        neighbors(
            Rule.POINTS_LABELLED,
            k -> k.getNearestNeighborsIndexBuilder().clearFloatSamples(),
            k -> empty(k).setDefaultStringLabel("?")),
        index(
            Rule.POINT_DIMENSIONS,
            i -> i.setFloatSamples(1, point(1, 2, 3)),
            i -> i.setFloatSamples(1, point(1, 2, 3, 0))),
        index(
            Rule.INDEX_PRESENT,
            NearestNeighborsIndex.Builder::clearIndexType,
            i -> i.setSingleKdTreeIndex(SingleKdTreeIndex.newBuilder().setLeafSize(1))),
        index(
            Rule.INDEX_PRESENT,
            i -> i.setSingleKdTreeIndex(SingleKdTreeIndex.newBuilder().setLeafSize(0)),
            i -> i.setSingleKdTreeIndex(SingleKdTreeIndex.newBuilder().setLeafSize(1))),
        index(Rule.DISTANCE_PRESENT, NearestNeighborsIndex.Builder::clearDistanceFunction, i -> {}),
        index(
            Rule.WEIGHTS_FINITE,
            i -> i.setFloatSamples(0, point(1, Float.NaN, 3, 4)),
            i -> i.setFloatSamples(0, point(1, Float.MAX_VALUE, 3, 4))),
        example(
            Rule.POINT_INPUT,
            ValidModels::neighbors,
            m -> {
              input(m).setType(array(5));
              m.getDescriptionBuilder().getTrainingInputBuilder(0).setType(array(5));
            },
            m -> {}),
        example(
            Rule.TRAINING_INPUTS_GIVEN,
            ValidModels::neighbors,
            m -> m.getDescriptionBuilder().clearTrainingInput(),
            m -> m.setIsUpdatable(false).getDescriptionBuilder().clearTrainingInput()));
  }

  private static KNearestNeighborsClassifier.Builder empty(
      KNearestNeighborsClassifier.Builder classifier) {
    classifier.getNearestNeighborsIndexBuilder().clearFloatSamples();
    return classifier.setStringClassLabels(StringVector.getDefaultInstance());
  }

  private static RuleExample neighbors(
      Rule rule,
      Consumer<KNearestNeighborsClassifier.Builder> breaking,
      Consumer<KNearestNeighborsClassifier.Builder> meeting) {
    return example(
        rule,
        ValidModels::neighbors,
        m -> breaking.accept(m.getKNearestNeighborsClassifierBuilder()),
        m -> meeting.accept(m.getKNearestNeighborsClassifierBuilder()));
  }

  private static RuleExample index(
      Rule rule,
      Consumer<NearestNeighborsIndex.Builder> breaking,
      Consumer<NearestNeighborsIndex.Builder> meeting) {
    return neighbors(
        rule,
        k -> breaking.accept(k.getNearestNeighborsIndexBuilder()),
        k -> meeting.accept(k.getNearestNeighborsIndexBuilder()));
  }

  private static Stream<RuleExample> classifiers() {
    return Stream.of(
        classifier(
            Rule.CLASS_LABELS,
            n -> n.setStringClassLabels(StringVector.getDefaultInstance()),
            n -> {}),
        classifier(
            Rule.CLASS_LABELS, NeuralNetworkClassifier.Builder::clearStringClassLabels, n -> {}),
        classifier(
            Rule.CLASS_LABELS_UNIQUE,
            n -> n.setStringClassLabels(texts("a", "b", "a")),
            n -> n.setStringClassLabels(texts("a", "b", "A"))),
        classifier(
            Rule.LABEL_COUNT,
            n -> n.setStringClassLabels(texts("a", "b", "c", "d")),
            n -> n.setStringClassLabels(texts("a", "b", ""))),
        example(
            Rule.PREDICTED_FEATURE,
            ValidModels::linear,
            m -> m.getDescriptionBuilder().clearPredictedFeatureName(),
            m -> {}),
        example(
            Rule.PREDICTED_FEATURE,
            ValidModels::linear,
            m -> output(m, 0).setType(integer()),
            m -> {}),
        example(
            Rule.PREDICTED_FEATURE,
            ValidModels::regressor,
            m -> m.getDescriptionBuilder().setPredictedFeatureName("x"),
            m -> {}),
        example(
            Rule.PREDICTED_FEATURE,
            ValidModels::regressor,
            m -> output(m, 0).setType(text()),
            m -> output(m, 0).setType(array())),
        example(
            Rule.PREDICTED_PROBABILITIES,
            ValidModels::linear,
            m -> m.getDescriptionBuilder().setPredictedProbabilitiesName("other"),
            m -> m.getDescriptionBuilder().setPredictedProbabilitiesName("")),
        example(
            Rule.PREDICTED_PROBABILITIES,
            ValidModels::linear,
            m -> output(m, 1).setType(text()),
            m -> {}),
        example(
            Rule.PROBABILITY_KEYS,
            ValidModels::linear,
            m ->
                output(m, 1)
                    .getTypeBuilder()
                    .getDictionaryTypeBuilder()
                    .setInt64KeyType(Int64FeatureType.getDefaultInstance()),
            m -> {}));
  }

  private static FeatureType integer() {
    return FeatureType.newBuilder().setInt64Type(Int64FeatureType.getDefaultInstance()).build();
  }

  private static RuleExample classifier(
      Rule rule,
      Consumer<NeuralNetworkClassifier.Builder> breaking,
      Consumer<NeuralNetworkClassifier.Builder> meeting) {
    return example(
        rule,
        ValidModels::updatable,
        m -> breaking.accept(m.getNeuralNetworkClassifierBuilder()),
        m -> meeting.accept(m.getNeuralNetworkClassifierBuilder()));
  }

  private static Stream<RuleExample> networks() {
    return Stream.of(
        example(
            Rule.OUTPUT_TYPES,
            ValidModels::plain,
            m -> output(m, 0).setType(text()),
            m -> output(m, 0).setType(imageOf(ColorSpace.RGB, 1, 1))),
        example(
                Rule.SHAPE_MAPPING,
                ValidModels::plain,
                m -> mapImagesExactly(m),
                m ->
                    mapImagesExactly(m)
                        .getNeuralNetworkBuilder()
                        .setArrayInputShapeMapping(
                            NeuralNetworkMultiArrayShapeMapping.EXACT_ARRAY_MAPPING))
            .besides(Rule.CHECKED),
        example(
            Rule.LAYERS_PRESENT,
            ValidModels::plain,
            m -> m.getNeuralNetworkBuilder().clearLayers(),
            m -> {}),
        example(
            Rule.INPUT_TYPES,
            ValidModels::plain,
            m -> input(m).setType(text()),
            m -> input(m).setType(imageOf(ColorSpace.GRAYSCALE, 2, 2))),
        example(
            Rule.INPUT_TYPES,
            ValidModels::linear,
            m -> {
              input(m).setType(text());
            },
            m -> m.getDescriptionBuilder().setInput(0, feature("x", array(2, 1)))),
        example(
            Rule.INPUT_SHAPES,
            ValidModels::plain,
            m -> input(m).setType(array(2, 2)),
            m -> input(m).setType(array(1, 2, 2))),
        example(
            Rule.PROBABILITY_LAYER,
            ValidModels::updatable,
            m -> m.getNeuralNetworkClassifierBuilder().setLabelProbabilityLayerName("other"),
            m -> m.getNeuralNetworkClassifierBuilder().setLabelProbabilityLayerName("")),
        example(
            Rule.OUTPUTS_MADE,
            ValidModels::plain,
            m -> output(m, 0).setName("x"),
            m -> output(m, 0).setName("y")),
        example(
            Rule.OUTPUTS_MADE,
            ValidModels::updatable,
            m -> m.getDescriptionBuilder().addOutput(feature("pooled", array(4))),
            m -> m.getDescriptionBuilder().addOutput(feature("pool", array(4)))));
  }

  private static Model.Builder mapImagesExactly(Model.Builder model) {
    model
        .getNeuralNetworkBuilder()
        .setImageInputShapeMapping(NeuralNetworkImageShapeMapping.RANK4_IMAGE_MAPPING);
    return model;
  }

  private static Stream<RuleExample> layers() {
    return Stream.of(
        added(Rule.LAYER_TYPES, layer("z", "x"), relu("z", "x")),
        added(
            Rule.LAYER_INPUTS,
            relu("z", "x").addInput("y"),
            layer("z", "x", "x").setAdd(AddLayerParams.getDefaultInstance())),
        added(
            Rule.LAYER_PARAMETERS,
            layer("z", "x").setActivation(ActivationParams.getDefaultInstance()),
            layer("z", "x")
                .setActivation(
                    ActivationParams.newBuilder().setTanh(ActivationTanh.getDefaultInstance()))),
        added(Rule.BLOBS_MADE_BEFORE_USE, relu("z", "later"), relu("z", "y")),
        added(Rule.BLOBS_MADE_BEFORE_USE, relu("z", "z"), relu("z", "x")),
        added(
            Rule.BLOBS_MADE_ONCE,
            relu("z", "x").setOutput(0, "y"),
            relu("y", "x").setOutput(0, "z")),
        added(Rule.BLOBS_MADE_ONCE, relu("z", "y").setOutput(0, "x"), relu("z", "y")),
        added(Rule.LAYER_SHAPES, dense("z", "y", 4, 2), dense("z", "y", 3, 2)),
        added(Rule.CHECKED, ofType(400, "z", "x"), relu("z", "x")),
        inDense(
            Rule.WEIGHT_FORM,
            d -> d.getWeightsBuilder().setFloat16Value(half(12).getFloat16Value()),
            d -> d.setWeights(half(12)).setBias(half(3))),
        inDense(
            Rule.WEIGHT_FORM,
            d -> d.setWeights(half(12)),
            d -> d.setWeights(half(12)).setHasBias(false)),
        inDense(
            Rule.WEIGHT_COUNT,
            d -> d.setWeights(TinyModel.random("", 13)),
            d -> d.setWeights(TinyModel.random("", 12))),
        inDense(
            Rule.WEIGHT_COUNT,
            d -> d.setBias(TinyModel.random("", 2)),
            d -> d.setBias(TinyModel.random("", 2)).setHasBias(false)));
  }

  /** A layer more, in the plain network. */
  private static RuleExample added(
      Rule rule, NeuralNetworkLayer.Builder breaking, NeuralNetworkLayer.Builder meeting) {
    return example(
        rule,
        ValidModels::plain,
        m -> m.getNeuralNetworkBuilder().addLayers(breaking),
        m -> m.getNeuralNetworkBuilder().addLayers(meeting));
  }

  /** The layer of the plain network. */
  private static RuleExample inDense(
      Rule rule,
      Consumer<InnerProductLayerParams.Builder> breaking,
      Consumer<InnerProductLayerParams.Builder> meeting) {
    return example(
        rule,
        ValidModels::plain,
        m -> breaking.accept(plainDense(m)),
        m -> meeting.accept(plainDense(m)));
  }

  private static InnerProductLayerParams.Builder plainDense(Model.Builder model) {
    return model.getNeuralNetworkBuilder().getLayersBuilder(0).getInnerProductBuilder();
  }

  private static Stream<RuleExample> updatableLayers() {
    return Stream.of(
        updatable(
            Rule.UPDATABLE_LAYER_TYPE,
            m -> layerOf(m, RELU).setIsUpdatable(true),
            m -> trained(layerOf(m, CONV))),
        updatable(
            Rule.UPDATABLE_WEIGHTS_NOT_QUANTIZED,
            m ->
                layerOf(m, DENSE)
                    .getInnerProductBuilder()
                    .getWeightsBuilder()
                    .setQuantization(QuantizationParams.getDefaultInstance()),
            m ->
                layerOf(m, DENSE)
                    .getInnerProductBuilder()
                    .setHasBias(false)
                    .getBiasBuilder()
                    .setQuantization(QuantizationParams.getDefaultInstance())),
        updatable(
            Rule.UPDATABLE_WEIGHTS_MARKED,
            m -> layerOf(m, DENSE).getInnerProductBuilder().getBiasBuilder().setIsUpdatable(false),
            m -> layerOf(m, DENSE).getInnerProductBuilder().setHasBias(false).clearBias()),
        updatable(
            Rule.UPDATABLE_WEIGHTS_MARKED,
            m -> layerOf(m, CONV).setIsUpdatable(true).getConvolutionBuilder().setHasBias(false),
            m -> trained(layerOf(m, CONV)).getConvolutionBuilder().setHasBias(false)),
        updatable(
            Rule.UPDATABLE_LAYERS_PRESENT, m -> layerOf(m, DENSE).setIsUpdatable(false), m -> {}),
        updatable(
            Rule.LAYER_NAMES_UNIQUE,
            m -> layerOf(m, CONV).setName("relu"),
            m -> layerOf(m, CONV).setName("Relu")),
        updatable(
            Rule.LAYER_NAMES_UNIQUE, m -> loss(m).setName("dense"), m -> loss(m).setName("label")));
  }

  private static RuleExample updatable(
      Rule rule, Consumer<Model.Builder> breaking, Consumer<Model.Builder> meeting) {
    return example(rule, ValidModels::updatable, breaking, meeting);
  }

  private static NeuralNetworkLayer.Builder layerOf(Model.Builder model, int i) {
    return model.getNeuralNetworkClassifierBuilder().getLayersBuilder(i);
  }

  private static NetworkUpdateParameters.Builder update(Model.Builder model) {
    return model.getNeuralNetworkClassifierBuilder().getUpdateParamsBuilder();
  }

  private static LossLayer.Builder loss(Model.Builder model) {
    return update(model).getLossLayersBuilder(0);
  }

  private static Stream<RuleExample> losses() {
    return Stream.of(
        updatable(Rule.ONE_LOSS, m -> update(m).clearLossLayers(), m -> {}),
        updatable(
            Rule.ONE_LOSS,
            m -> update(m).addLossLayers(loss(m).build().toBuilder().setName("loss2")),
            m -> {}),
        updatable(
            Rule.CROSS_ENTROPY_INPUT,
            m -> loss(m).getCategoricalCrossEntropyLossLayerBuilder().setInput("dense"),
            m -> {}),
        updatable(
            Rule.CROSS_ENTROPY_TARGET,
            m -> loss(m).getCategoricalCrossEntropyLossLayerBuilder().setTarget("prob"),
            m -> loss(m).getCategoricalCrossEntropyLossLayerBuilder().setTarget("label")),
        updatable(Rule.LOSS_TYPE, m -> loss(m).clearLossLayerType(), m -> {}),
        example(
            Rule.SQUARED_ERROR_INPUT,
            ValidModels::updatablePlain,
            m -> squaredError(m).getMeanSquaredErrorLossLayerBuilder().setInput("x"),
            m -> squaredError(m).getMeanSquaredErrorLossLayerBuilder().setInput("y")),
        example(
            Rule.SQUARED_ERROR_TARGET,
            ValidModels::updatablePlain,
            m -> retarget(m, "y"),
            m -> retarget(m, "z")));
  }

  private static LossLayer.Builder squaredError(Model.Builder model) {
    return model.getNeuralNetworkBuilder().getUpdateParamsBuilder().getLossLayersBuilder(0);
  }

  private static void retarget(Model.Builder model, String name) {
    squaredError(model).getMeanSquaredErrorLossLayerBuilder().setTarget(name);
    model.getDescriptionBuilder().getTrainingInputBuilder(1).setName(name);
  }

  private static Stream<RuleExample> optimizers() {
    DoubleRange unit = DoubleRange.newBuilder().setMaxValue(1).build();
    return Stream.of(
        updatable(Rule.OPTIMIZER_PRESENT, m -> update(m).clearOptimizer(), m -> {}),
        sgd(
            Rule.OPTIMIZER_PARAMETERS,
            SGDOptimizer.Builder::clearMiniBatchSize,
            SGDOptimizer.Builder::clearMomentum),
        sgd(Rule.OPTIMIZER_PARAMETERS, SGDOptimizer.Builder::clearLearningRate, s -> {}),
        updatable(
            Rule.OPTIMIZER_PARAMETERS,
            m -> update(m).getOptimizerBuilder().setAdamOptimizer(adam().clearEps()),
            m -> update(m).getOptimizerBuilder().setAdamOptimizer(adam())),
        updatable(
            Rule.EPOCHS_PRESENT,
            m -> update(m).clearEpochs(),
            m -> update(m).setEpochs(Int64Parameter.newBuilder().setDefaultValue(1))),
        sgd(
            Rule.DEFAULT_IN_RANGE,
            s -> s.getLearningRateBuilder().setDefaultValue(Math.nextUp(1.0)),
            s -> s.getLearningRateBuilder().setDefaultValue(1)),
        updatable(
            Rule.DEFAULT_IN_RANGE, m -> setBeta2(m, Math.nextDown(0.5)), m -> setBeta2(m, 0.5)),
        sgd(
            Rule.DEFAULT_ALLOWED,
            s -> s.setMiniBatchSize(oneOf(8, 0, 8)),
            s -> s.setMiniBatchSize(oneOf(8, 8, 0))),
        sgd(
            Rule.DEFAULT_ALLOWED,
            s -> s.setMiniBatchSize(oneOf(8)),
            s -> s.setMiniBatchSize(Int64Parameter.newBuilder().setDefaultValue(8))),
        updatable(
            Rule.DEFAULT_ALLOWED,
            m -> update(m).setEpochs(within(1, 0, 10)),
            m -> update(m).setEpochs(within(1, 1, 10))),
        updatable(
            Rule.DEFAULT_ALLOWED,
            m -> update(m).setSeed(within(-2, -1, 10)),
            m -> update(m).setSeed(within(-1, -1, 10))),
        sgd(
            Rule.LEARNING_RATE_SENSIBLE,
            s -> s.setLearningRate(DoubleParameter.newBuilder().setDefaultValue(-0.01)),
            s -> s.setLearningRate(DoubleParameter.newBuilder().setDefaultValue(0))),
        sgd(
            Rule.LEARNING_RATE_SENSIBLE,
            s -> s.setLearningRate(DoubleParameter.newBuilder().setDefaultValue(Double.NaN)),
            s -> s.setLearningRate(DoubleParameter.newBuilder().setDefaultValue(1e300))),
        sgd(
            Rule.MOMENTUM_SENSIBLE,
            s -> s.setMomentum(DoubleParameter.newBuilder().setDefaultValue(1.1)),
            s -> s.setMomentum(DoubleParameter.newBuilder().setDefaultValue(1).setRange(unit))),
        sgd(
            Rule.MOMENTUM_SENSIBLE,
            s ->
                s.setMomentum(
                    DoubleParameter.newBuilder()
                        .setRange(DoubleRange.newBuilder().setMinValue(0.5).setMaxValue(1))),
            s -> s.setMomentum(DoubleParameter.newBuilder().setRange(unit))));
  }

  private static RuleExample sgd(
      Rule rule, Consumer<SGDOptimizer.Builder> breaking, Consumer<SGDOptimizer.Builder> meeting) {
    return updatable(
        rule,
        m -> breaking.accept(update(m).getOptimizerBuilder().getSgdOptimizerBuilder()),
        m -> meeting.accept(update(m).getOptimizerBuilder().getSgdOptimizerBuilder()));
  }

  private static AdamOptimizer.Builder adam() {
    return AdamOptimizer.newBuilder()
        .setLearningRate(DoubleParameter.newBuilder().setDefaultValue(0.01))
        .setMiniBatchSize(oneOf(8, 8))
        .setBeta1(DoubleParameter.newBuilder().setDefaultValue(0.9))
        .setBeta2(DoubleParameter.newBuilder().setDefaultValue(0.999))
        .setEps(DoubleParameter.newBuilder().setDefaultValue(1e-8));
  }

  private static void setBeta2(Model.Builder model, double value) {
    AdamOptimizer.Builder adam = adam();
    adam.getBeta2Builder()
        .setDefaultValue(value)
        .setRange(DoubleRange.newBuilder().setMinValue(0.5).setMaxValue(1));
    update(model).getOptimizerBuilder().setAdamOptimizer(adam);
  }

  private static Int64Parameter.Builder within(long defaultValue, long least, long most) {
    return Int64Parameter.newBuilder()
        .setDefaultValue(defaultValue)
        .setRange(Int64Range.newBuilder().setMinValue(least).setMaxValue(most));
  }

  private static Stream<RuleExample> training() {
    return Stream.of(
        updatable(
            Rule.GRADIENT_PATH,
            m -> {
              trained(layerOf(m, CONV));
              layerOf(m, RELU)
                  .getActivationBuilder()
                  .setLeakyReLU(ActivationLeakyReLU.getDefaultInstance());
            },
            m -> {
              trained(layerOf(m, CONV));
              layerOf(m, RELU)
                  .getActivationBuilder()
                  .setSigmoid(ActivationSigmoid.getDefaultInstance());
            }),
        updatable(
            Rule.UPDATABLE_LAYER_REACHED,
            m ->
                m.getNeuralNetworkClassifierBuilder()
                    .addLayers(trained(dense("aside", "flatten", 4, 2))),
            m -> m.getNeuralNetworkClassifierBuilder().addLayers(dense("aside", "flatten", 4, 2))),
        training(
            d -> d.removeTrainingInput(1),
            d -> d.getTrainingInputBuilder(0).setShortDescription("An example")),
        training(
            d -> d.getTrainingInputBuilder(1).setName("other"),
            d -> d.getTrainingInputBuilder(1).setName("prob_true")),
        training(
            d -> d.getTrainingInputBuilder(1).setType(integer()),
            d -> d.addTrainingInput(feature("more", integer()))),
        training(
            d -> d.getTrainingInputBuilder(0).getTypeBuilder().getImageTypeBuilder().setWidth(9),
            d -> d.getTrainingInputBuilder(0).getTypeBuilder().setIsOptional(true)),
        training(d -> d.setTrainingInput(1, d.getTrainingInput(0)), d -> {}),
        example(
            Rule.TRAINING_INPUTS,
            ValidModels::updatablePlain,
            m -> m.getDescriptionBuilder().getTrainingInputBuilder(1).setName("other"),
            m -> m.getDescriptionBuilder().getTrainingInputBuilder(1).setType(text())));
  }

  private static RuleExample training(
      Consumer<ModelDescription.Builder> breaking, Consumer<ModelDescription.Builder> meeting) {
    return updatable(
        Rule.TRAINING_INPUTS,
        m -> breaking.accept(m.getDescriptionBuilder()),
        m -> meeting.accept(m.getDescriptionBuilder()));
  }

  private static Stream<RuleExample> linear() {
    return Stream.of(
        example(
            Rule.GLM_FORM,
            ValidModels::linear,
            m -> m.getGlmClassifierBuilder().setPostEvaluationTransform(probit()),
            m ->
                m.getGlmClassifierBuilder()
                    .setPostEvaluationTransform(probit())
                    .setStringClassLabels(texts("a", "b"))
                    .clearWeights()
                    .addWeights(row(1, 2))
                    .clearOffset()
                    .addOffset(0)),
        example(
            Rule.GLM_FORM,
            ValidModels::linear,
            m -> m.getGlmClassifierBuilder().setClassEncodingValue(2),
            m -> {}),
        example(
            Rule.GLM_WEIGHTS,
            ValidModels::linear,
            m -> m.getGlmClassifierBuilder().setClassEncoding(ClassEncoding.ReferenceClass),
            m ->
                m.getGlmClassifierBuilder()
                    .setClassEncoding(ClassEncoding.ReferenceClass)
                    .removeWeights(2)
                    .clearOffset()
                    .addAllOffset(List.of(0.0, 0.0))),
        example(
            Rule.GLM_WEIGHTS,
            ValidModels::linear,
            m -> m.getGlmClassifierBuilder().setWeights(1, row(1, 2, 3)),
            m -> m.getGlmClassifierBuilder().setWeights(1, row(0, 0))),
        example(
            Rule.GLM_WEIGHTS,
            ValidModels::linear,
            m -> m.getGlmClassifierBuilder().addOffset(0),
            m -> {}),
        example(
            Rule.GLM_FEATURES,
            ValidModels::linear,
            m -> input(m).setType(array(3)),
            m -> input(m).setType(array(2))),
        example(
            Rule.WEIGHTS_FINITE,
            ValidModels::linear,
            m -> m.getGlmClassifierBuilder().setOffset(0, Double.POSITIVE_INFINITY),
            m -> m.getGlmClassifierBuilder().setOffset(0, Double.MAX_VALUE)));
  }

  private static PostEvaluationTransform probit() {
    return PostEvaluationTransform.Probit;
  }

  private static Stream<RuleExample> pipelines() {
    return Stream.of(
        pipeline(Rule.PIPELINE_MODELS, p -> p.clearModels().clearNames(), p -> {}),
        pipeline(
            Rule.PIPELINE_INPUTS,
            p -> input(p.getModelsBuilder(1)).setName("other"),
            p -> input(p.getModelsBuilder(1)).setShortDescription("The features")),
        pipeline(
            Rule.PIPELINE_INPUTS,
            p ->
                input(p.getModelsBuilder(0))
                    .getTypeBuilder()
                    .getImageTypeBuilder()
                    .setColorSpace(ColorSpace.RGB),
            p -> {}),
        example(
            Rule.PIPELINE_OUTPUTS,
            ValidModels::pipeline,
            m -> output(m, 0).setType(integer()),
            m -> m.getDescriptionBuilder().addOutput(feature("flatten", array(4)))),
        pipeline(
            Rule.PIPELINE_UPDATABLE_LAST,
            p -> p.getModelsBuilder(1).setIsUpdatable(false),
            p -> {}),
        example(
            Rule.PIPELINE_NOT_UPDATABLE,
            ValidModels::pipeline,
            m -> m.setIsUpdatable(false),
            m ->
                m.setIsUpdatable(false)
                    .getPipelineClassifierBuilder()
                    .getPipelineBuilder()
                    .getModelsBuilder(1)
                    .setIsUpdatable(false)),
        pipeline(Rule.PIPELINE_NAMES, p -> p.setNames(1, "features"), Pipeline.Builder::clearNames),
        pipeline(Rule.PIPELINE_NAMES, p -> p.addNames("third"), p -> p.setNames(1, "second")),
        example(
            Rule.PIPELINE_PREDICTED_FEATURE,
            ValidModels::pipeline,
            m -> m.getDescriptionBuilder().setPredictedFeatureName("other"),
            m -> {}),
        example(
            Rule.TRAINING_INPUTS_GIVEN,
            ValidModels::pipeline,
            m -> m.getDescriptionBuilder().clearTrainingInput(),
            m -> {}));
  }

  private static RuleExample pipeline(
      Rule rule, Consumer<Pipeline.Builder> breaking, Consumer<Pipeline.Builder> meeting) {
    return example(
        rule,
        ValidModels::pipeline,
        m -> breaking.accept(m.getPipelineClassifierBuilder().getPipelineBuilder()),
        m -> meeting.accept(m.getPipelineClassifierBuilder().getPipelineBuilder()));
  }

  private static Stream<RuleExample> outputWarnings() {
    return Stream.of(
        example(
            Rule.FEATURE_NAMES_UNIQUE,
            ValidModels::identity,
            m -> m.getDescriptionBuilder().addInput(feature("x", text())),
            m -> m.getDescriptionBuilder().addInput(feature("X", text()))),
        example(
            Rule.OUTPUT_SHAPES,
            ValidModels::plain,
            m -> output(m, 0).setType(array(4)),
            m -> output(m, 0).setType(array(3, 1, 1))),
        example(
            Rule.REGRESSOR_OUTPUTS_MADE,
            ValidModels::regressor,
            m -> m.getDescriptionBuilder().addOutput(feature("z", array(1))),
            m -> {}));
  }

  private static Stream<RuleExample> weightWarnings() {
    return Stream.of(
        updatable(
            Rule.UPDATABLE_HALF_PRECISION,
            m ->
                layerOf(m, DENSE)
                    .getInnerProductBuilder()
                    .setHasBias(false)
                    .clearBias()
                    .setWeights(half(12).toBuilder().setIsUpdatable(true)),
            m -> layerOf(m, CONV).getConvolutionBuilder().setWeights(half(108)).setBias(half(4))),
        example(
            Rule.HALF_PRECISION_VERSION,
            RuleExamples::halved,
            m -> m.setSpecificationVersion(1),
            m -> m.setSpecificationVersion(2)),
        example(
            Rule.QUANTIZED_VERSION,
            RuleExamples::quantized,
            m -> m.setSpecificationVersion(2),
            m -> m.setSpecificationVersion(3)),
        inDense(Rule.INNER_PRODUCT_WEIGHTS, InnerProductLayerParams.Builder::clearWeights, d -> {}),
        inDense(
            Rule.WEIGHTS_FINITE,
            d -> d.getWeightsBuilder().setFloatValue(11, Float.NEGATIVE_INFINITY),
            d -> d.getWeightsBuilder().setFloatValue(11, -Float.MAX_VALUE)),
        inDense(
            Rule.WEIGHTS_FINITE,
            d -> d.setHasBias(false).setWeights(halves(0x7c00)),
            d -> d.setHasBias(false).setWeights(halves(0x7bff))));
  }

  private static WeightParams halves(int last) {
    byte[] bytes = new byte[24];
    bytes[22] = (byte) last;
    bytes[23] = (byte) (last >> 8);
    return WeightParams.newBuilder().setFloat16Value(ByteString.copyFrom(bytes)).build();
  }

  private static Model.Builder halved() {
    Model.Builder model = ValidModels.plain();
    plainDense(model).setWeights(half(12)).setBias(half(3));
    return model;
  }

  private static Model.Builder quantized() {
    Model.Builder model = ValidModels.plain();
    plainDense(model)
        .setWeights(
            WeightParams.newBuilder()
                .setRawValue(ByteString.copyFrom(new byte[12]))
                .setQuantization(
                    QuantizationParams.newBuilder()
                        .setNumberOfBits(8)
                        .setLinearQuantization(
                            LinearQuantizationParams.newBuilder().addScale(1).addBias(0))));
    return model;
  }

  private static Stream<RuleExample> otherWarnings() {
    return Stream.of(
        classifier(
            Rule.PREPROCESSING_INPUT,
            n -> n.getPreprocessingBuilder(0).setFeatureName("img"),
            n -> n.getPreprocessingBuilder(0).setFeatureName("")),
        classifier(
            Rule.WEIGHTS_FINITE,
            n -> n.getPreprocessingBuilder(0).getScalerBuilder().setRedBias(Float.NaN),
            n -> n.getPreprocessingBuilder(0).getScalerBuilder().setRedBias(-255)));
  }
}
