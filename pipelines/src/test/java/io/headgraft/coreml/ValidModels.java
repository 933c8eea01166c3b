package io.headgraft.coreml;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.headgraft.coreml.proto.ActivationParams;
import io.headgraft.coreml.proto.ActivationReLU;
import io.headgraft.coreml.proto.ArrayFeatureType;
import io.headgraft.coreml.proto.ArrayFeatureType.ArrayDataType;
import io.headgraft.coreml.proto.CategoricalCrossEntropyLossLayer;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.DictionaryFeatureType;
import io.headgraft.coreml.proto.DoubleFeatureType;
import io.headgraft.coreml.proto.DoubleParameter;
import io.headgraft.coreml.proto.DoubleRange;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.FlattenLayerParams;
import io.headgraft.coreml.proto.FloatVector;
import io.headgraft.coreml.proto.GLMClassifier;
import io.headgraft.coreml.proto.GLMClassifier.ClassEncoding;
import io.headgraft.coreml.proto.GLMClassifier.DoubleArray;
import io.headgraft.coreml.proto.Identity;
import io.headgraft.coreml.proto.ImageFeatureType;
import io.headgraft.coreml.proto.ImageFeatureType.ColorSpace;
import io.headgraft.coreml.proto.InnerProductLayerParams;
import io.headgraft.coreml.proto.Int64Parameter;
import io.headgraft.coreml.proto.Int64Range;
import io.headgraft.coreml.proto.Int64Set;
import io.headgraft.coreml.proto.InverseDistanceWeighting;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.LinearIndex;
import io.headgraft.coreml.proto.LossLayer;
import io.headgraft.coreml.proto.MeanSquaredErrorLossLayer;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.ModelDescription;
import io.headgraft.coreml.proto.NearestNeighborsIndex;
import io.headgraft.coreml.proto.NetworkUpdateParameters;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkImageScaler;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.NeuralNetworkPreprocessing;
import io.headgraft.coreml.proto.NeuralNetworkRegressor;
import io.headgraft.coreml.proto.Optimizer;
import io.headgraft.coreml.proto.Pipeline;
import io.headgraft.coreml.proto.PipelineClassifier;
import io.headgraft.coreml.proto.PoolingLayerParams;
import io.headgraft.coreml.proto.PoolingLayerParams.PoolingType;
import io.headgraft.coreml.proto.SGDOptimizer;
import io.headgraft.coreml.proto.SoftmaxLayerParams;
import io.headgraft.coreml.proto.SquaredEuclideanDistance;
import io.headgraft.coreml.proto.StringFeatureType;
import io.headgraft.coreml.proto.StringVector;
import io.headgraft.coreml.proto.ValidPadding;
import io.headgraft.coreml.proto.WeightParams;
import java.util.List;

/** One small model of each kind that breaks no rule, for tests to break. */
final class ValidModels {

  private ValidModels() {}

  /**
   * An image classifier of three labels: {@code conv}, {@code relu}, {@code pool}, {@code flatten},
   * the updatable {@code dense} and the softmax {@code prob}.
   */
  static Model.Builder updatable() {
    return Model.newBuilder()
        .setSpecificationVersion(4)
        .setIsUpdatable(true)
        .setDescription(
            classified(image())
                .addTrainingInput(image())
                .addTrainingInput(feature("label", text())))
        .setNeuralNetworkClassifier(
            NeuralNetworkClassifier.newBuilder()
                .addAllLayers(features().getLayersList())
                .addLayers(trained(dense("dense", "flatten", 4, 3)))
                .addLayers(
                    layer("prob", "dense").setSoftmax(SoftmaxLayerParams.getDefaultInstance()))
                .addPreprocessing(features().getPreprocessing(0))
                .setUpdateParams(
                    training()
                        .addLossLayers(
                            LossLayer.newBuilder()
                                .setName("loss")
                                .setCategoricalCrossEntropyLossLayer(
                                    CategoricalCrossEntropyLossLayer.newBuilder()
                                        .setInput("prob")
                                        .setTarget("prob_true"))))
                .setStringClassLabels(texts("a", "b", "c"))
                .setLabelProbabilityLayerName("prob"));
  }

  /** From an image of 8 × 8 pixels to four features, {@code flatten}. */
  static NeuralNetwork features() {
    return NeuralNetwork.newBuilder()
        .addLayers(
            layer("conv", "image")
                .setConvolution(
                    ConvolutionLayerParams.newBuilder()
                        .setOutputChannels(4)
                        .setKernelChannels(3)
                        .addAllKernelSize(List.of(3L, 3L))
                        .setValid(ValidPadding.getDefaultInstance())
                        .setHasBias(true)
                        .setWeights(TinyModel.random("conv", 108))
                        .setBias(TinyModel.random("bias", 4))))
        .addLayers(
            layer("relu", "conv")
                .setActivation(
                    ActivationParams.newBuilder().setReLU(ActivationReLU.getDefaultInstance())))
        .addLayers(
            layer("pool", "relu")
                .setPooling(
                    PoolingLayerParams.newBuilder()
                        .setType(PoolingType.AVERAGE)
                        .setValid(ValidPadding.getDefaultInstance())
                        .setGlobalPooling(true)))
        .addLayers(layer("flatten", "pool").setFlatten(FlattenLayerParams.getDefaultInstance()))
        .addPreprocessing(
            NeuralNetworkPreprocessing.newBuilder()
                .setFeatureName("image")
                .setScaler(NeuralNetworkImageScaler.newBuilder().setChannelScale(1)))
        .build();
  }

  private static NetworkUpdateParameters.Builder training() {
    DoubleRange unit = DoubleRange.newBuilder().setMaxValue(1).build();
    return NetworkUpdateParameters.newBuilder()
        .setOptimizer(
            Optimizer.newBuilder()
                .setSgdOptimizer(
                    SGDOptimizer.newBuilder()
                        .setLearningRate(
                            DoubleParameter.newBuilder().setDefaultValue(0.01).setRange(unit))
                        .setMiniBatchSize(oneOf(8, 1, 8))))
        .setEpochs(oneOf(10, 1, 10));
  }

  static Int64Parameter.Builder oneOf(long defaultValue, long... allowed) {
    Int64Set.Builder set = Int64Set.newBuilder();
    for (long value : allowed) {
      set.addValues(value);
    }
    return Int64Parameter.newBuilder().setDefaultValue(defaultValue).setSet(set);
  }

  /** A plain network of four numbers {@code x} that makes three, {@code y}. */
  static Model.Builder plain() {
    return Model.newBuilder()
        .setSpecificationVersion(4)
        .setDescription(
            ModelDescription.newBuilder()
                .addInput(feature("x", array(4)))
                .addOutput(feature("y", array(3))))
        .setNeuralNetwork(NeuralNetwork.newBuilder().addLayers(dense("y", "x", 4, 3)));
  }

  /** The plain network, trained by its mean squared error. */
  static Model.Builder updatablePlain() {
    Model.Builder model = plain().setIsUpdatable(true);
    model
        .getDescriptionBuilder()
        .addTrainingInput(feature("x", array(4)))
        .addTrainingInput(feature("y_true", array(3)));
    model
        .getNeuralNetworkBuilder()
        .setLayers(0, trained(dense("y", "x", 4, 3)))
        .setUpdateParams(
            training()
                .addLossLayers(
                    LossLayer.newBuilder()
                        .setName("loss")
                        .setMeanSquaredErrorLossLayer(
                            MeanSquaredErrorLossLayer.newBuilder()
                                .setInput("y")
                                .setTarget("y_true"))));
    return model;
  }

  /** The plain network as a regressor. */
  static Model.Builder regressor() {
    Model.Builder model = plain();
    model.getDescriptionBuilder().setPredictedFeatureName("y");
    return model.setNeuralNetworkRegressor(
        NeuralNetworkRegressor.newBuilder().addLayers(dense("y", "x", 4, 3)));
  }

  /** Two labelled points of four dimensions. */
  static Model.Builder neighbors() {
    return Model.newBuilder()
        .setSpecificationVersion(4)
        .setIsUpdatable(true)
        .setDescription(
            classified(feature("flatten", array(4)))
                .addTrainingInput(feature("flatten", array(4)))
                .addTrainingInput(feature("label", text())))
        .setKNearestNeighborsClassifier(
            KNearestNeighborsClassifier.newBuilder()
                .setNearestNeighborsIndex(
                    NearestNeighborsIndex.newBuilder()
                        .setNumberOfDimensions(4)
                        .addFloatSamples(point(1, 2, 3, 4))
                        .addFloatSamples(point(4, 3, 2, 1))
                        .setLinearIndex(LinearIndex.getDefaultInstance())
                        .setSquaredEuclideanDistance(SquaredEuclideanDistance.getDefaultInstance()))
                .setNumberOfNeighbors(
                    Int64Parameter.newBuilder()
                        .setDefaultValue(3)
                        .setRange(Int64Range.newBuilder().setMinValue(1).setMaxValue(10)))
                .setStringClassLabels(texts("a", "b"))
                .setInverseDistanceWeighting(InverseDistanceWeighting.getDefaultInstance()));
  }

  static FloatVector point(float... values) {
    FloatVector.Builder point = FloatVector.newBuilder();
    for (float value : values) {
      point.addVector(value);
    }
    return point.build();
  }

  /** The features, then the nearest neighbours. */
  static Model.Builder pipeline() {
    return Model.newBuilder()
        .setSpecificationVersion(4)
        .setIsUpdatable(true)
        .setDescription(
            classified(image())
                .addTrainingInput(image())
                .addTrainingInput(feature("label", text())))
        .setPipelineClassifier(
            PipelineClassifier.newBuilder()
                .setPipeline(
                    Pipeline.newBuilder()
                        .addModels(
                            Model.newBuilder()
                                .setSpecificationVersion(1)
                                .setDescription(
                                    ModelDescription.newBuilder()
                                        .addInput(image())
                                        .addOutput(feature("flatten", array(4))))
                                .setNeuralNetwork(features()))
                        .addModels(neighbors())
                        .addNames("features")
                        .addNames("neighbors")));
  }

  /** A linear classifier of three labels on two numbers. */
  static Model.Builder linear() {
    return Model.newBuilder()
        .setSpecificationVersion(1)
        .setDescription(classified(feature("x", array(2))))
        .setGlmClassifier(
            GLMClassifier.newBuilder()
                .setClassEncoding(ClassEncoding.OneVsRest)
                .addWeights(row(1, 2))
                .addWeights(row(3, 4))
                .addWeights(row(5, 6))
                .addAllOffset(List.of(0.0, 1.0, 2.0))
                .setStringClassLabels(texts("a", "b", "c")));
  }

  static DoubleArray row(double... values) {
    DoubleArray.Builder row = DoubleArray.newBuilder();
    for (double value : values) {
      row.addValue(value);
    }
    return row.build();
  }

  /** A number that comes out as it went in. */
  static Model.Builder identity() {
    FeatureType number =
        FeatureType.newBuilder().setDoubleType(DoubleFeatureType.getDefaultInstance()).build();
    return Model.newBuilder()
        .setSpecificationVersion(1)
        .setDescription(
            ModelDescription.newBuilder()
                .addInput(feature("x", number))
                .addOutput(feature("x", number)))
        .setIdentity(Identity.getDefaultInstance());
  }

  private static ModelDescription.Builder classified(FeatureDescription input) {
    return ModelDescription.newBuilder()
        .addInput(input)
        .addOutput(feature("label", text()))
        .addOutput(
            feature(
                "probabilities",
                FeatureType.newBuilder()
                    .setDictionaryType(
                        DictionaryFeatureType.newBuilder()
                            .setStringKeyType(StringFeatureType.getDefaultInstance()))
                    .build()))
        .setPredictedFeatureName("label")
        .setPredictedProbabilitiesName("probabilities");
  }

  static FeatureDescription feature(String name, FeatureType type) {
    return FeatureDescription.newBuilder().setName(name).setType(type).build();
  }

  static FeatureDescription image() {
    return TinyModel.image(8, 8, ColorSpace.BGR);
  }

  static FeatureType imageOf(ColorSpace space, int height, int width) {
    return FeatureType.newBuilder()
        .setImageType(
            ImageFeatureType.newBuilder().setColorSpace(space).setHeight(height).setWidth(width))
        .build();
  }

  static FeatureType text() {
    return FeatureType.newBuilder().setStringType(StringFeatureType.getDefaultInstance()).build();
  }

  static FeatureType array(long... sides) {
    ArrayFeatureType.Builder array =
        ArrayFeatureType.newBuilder().setDataType(ArrayDataType.FLOAT32);
    for (long side : sides) {
      array.addShape(side);
    }
    return FeatureType.newBuilder().setMultiArrayType(array).build();
  }

  static StringVector texts(String... values) {
    return StringVector.newBuilder().addAllVector(List.of(values)).build();
  }

  static NeuralNetworkLayer.Builder layer(String name, String... inputs) {
    return NeuralNetworkLayer.newBuilder()
        .setName(name)
        .addAllInput(List.of(inputs))
        .addOutput(name);
  }

  static NeuralNetworkLayer.Builder relu(String name, String input) {
    return layer(name, input)
        .setActivation(ActivationParams.newBuilder().setReLU(ActivationReLU.getDefaultInstance()));
  }

  /** A layer of a type that Headgraft does not know, by its number in the format. */
  static NeuralNetworkLayer.Builder ofType(int number, String name, String... inputs) {
    return layer(name, inputs)
        .setUnknownFields(
            UnknownFieldSet.newBuilder()
                .addField(
                    number,
                    UnknownFieldSet.Field.newBuilder().addLengthDelimited(ByteString.EMPTY).build())
                .build());
  }

  static NeuralNetworkLayer.Builder dense(String name, String input, int inputs, int outputs) {
    return layer(name, input)
        .setInnerProduct(
            InnerProductLayerParams.newBuilder()
                .setInputChannels(inputs)
                .setOutputChannels(outputs)
                .setHasBias(true)
                .setWeights(TinyModel.random(name, inputs * outputs))
                .setBias(TinyModel.random("bias", outputs)));
  }

  /** The same layer, to be trained further. */
  static NeuralNetworkLayer.Builder trained(NeuralNetworkLayer.Builder layer) {
    layer.setIsUpdatable(true);
    if (layer.hasConvolution()) {
      layer.getConvolutionBuilder().getWeightsBuilder().setIsUpdatable(true);
      layer.getConvolutionBuilder().getBiasBuilder().setIsUpdatable(true);
    } else {
      layer.getInnerProductBuilder().getWeightsBuilder().setIsUpdatable(true);
      layer.getInnerProductBuilder().getBiasBuilder().setIsUpdatable(true);
    }
    return layer;
  }

  /** Zeros in half precision. */
  static WeightParams half(int count) {
    return WeightParams.newBuilder()
        .setFloat16Value(ByteString.copyFrom(new byte[2 * count]))
        .build();
  }
}
