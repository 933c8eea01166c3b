package io.headgraft.coreml;

import static io.headgraft.coreml.TinyModel.IMAGE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.headgraft.coreml.FeatureLayers.Standardization;
import io.headgraft.coreml.Inspection.Feature;
import io.headgraft.coreml.Inspection.Hyperparameter;
import io.headgraft.coreml.Inspection.Layer;
import io.headgraft.coreml.proto.AdamOptimizer;
import io.headgraft.coreml.proto.ArrayFeatureType;
import io.headgraft.coreml.proto.ArrayFeatureType.ArrayDataType;
import io.headgraft.coreml.proto.DoubleParameter;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FlattenLayerParams.FlattenOrder;
import io.headgraft.coreml.proto.Int64Parameter;
import io.headgraft.coreml.proto.Int64Range;
import io.headgraft.coreml.proto.Int64Vector;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NetworkUpdateParameters;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.Optimizer;
import io.headgraft.coreml.proto.Pipeline;
import io.headgraft.coreml.proto.PipelineClassifier;
import io.headgraft.coreml.proto.WeightParams;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InspectionTest {

  @Test
  void describesAnUpdatableClassifier() {
    Inspection inspection = Inspection.of(updatable());

    assertThat(inspection.type()).isEqualTo("neuralNetworkClassifier");
    assertThat(inspection.specificationVersion()).isEqualTo(4);
    assertThat(inspection.updatable()).isTrue();
    assertThat(inspection.inputs()).containsExactly(new Feature("image", "image, 8 × 8, BGR"));
    assertThat(inspection.outputs())
        .containsExactly(
            new Feature("labelProbability", "dictionary from text to number"),
            new Feature("label", "text"));
    assertThat(inspection.predictedFeature()).isEqualTo("label");
    assertThat(inspection.predictedProbabilities()).isEqualTo("labelProbability");
    assertThat(inspection.trainingInputs())
        .containsExactly(new Feature("image", "image, 8 × 8, BGR"), new Feature("label", "text"));
    assertThat(inspection.labels()).containsExactly("✊", "user0");
    assertThat(inspection.metadata())
        .containsExactly(
            Map.entry("description", "Image classifier that can be trained on the device"),
            Map.entry("io.headgraft.run", "test"));
    assertThat(inspection.models()).isEmpty();
  }

  @Test
  void listsLayersWithTheirParameters() {
    Inspection inspection = Inspection.of(updatable());

    assertThat(inspection.layers())
        .containsExactly(
            layer("conv", "convolution", "image", 8 * 3 * 9 + 8, false),
            layer("relu", "activation", "conv", 0, false),
            layer("pool", "pooling", "relu", 0, false),
            layer("standardize", "batchnorm", "pool", 4 * 8, false),
            layer("flatten0", "flatten", "standardize", 0, false),
            layer("fullyconnected0", "innerProduct", "flatten0", 2 * 8 + 2, true),
            layer("labelProbability", "softmax", "fullyconnected0", 0, false));
    assertThat(inspection.parameters()).isEqualTo(224 + 32 + 18);
    assertThat(inspection.gradientsStopAt()).isEmpty();
  }

  private static Layer layer(
      String name, String type, String input, long parameters, boolean updatable) {
    return new Layer(
        name,
        type,
        List.of(input),
        List.of(name),
        parameters,
        parameters == 0 ? "" : "single precision",
        updatable,
        true);
  }

  @Test
  void showsWhereGradientsStop() {
    Model model =
        updatable(
            TinyModel.ofImage(8, 8)
                .convolution("left", IMAGE, 3, 4, layer -> {})
                .convolution("right", IMAGE, 3, 4, layer -> {})
                .concat("both", "left", "right")
                .pooling("pool", "both", layer -> layer.setGlobalPooling(true))
                .flatten("flatten", "pool", FlattenOrder.CHANNEL_FIRST)
                .build());

    Inspection inspection = Inspection.of(model);

    assertThat(inspection.gradientsStopAt()).isEqualTo("both");
    assertThat(inspection.layers())
        .filteredOn(layer -> !layer.gradients())
        .extracting(Layer::name)
        .containsExactly("left", "right");
  }

  @Test
  void withoutTrainingThereAreNoGradients() {
    Inspection inspection = Inspection.of(TinyModel.backbone().build());

    assertThat(inspection.gradientsStopAt()).isEmpty();
    assertThat(inspection.layers()).isNotEmpty().noneMatch(Layer::gradients);
  }

  @Test
  void listsWhatAnAppMayChoose() {
    assertThat(Inspection.of(updatable()).hyperparameters())
        .containsExactly(
            new Hyperparameter("optimizer", "sgd", null, null),
            new Hyperparameter("learning-rate", 0.01, List.of(0.0, 1.0), null),
            new Hyperparameter("mini-batch-size", 8L, null, List.of(1L, 2L, 8L, 16L)),
            new Hyperparameter("momentum", 0.0, List.of(0.0, 1.0), null),
            new Hyperparameter("epochs", 10L, null, List.of(1L, 10L, 50L)),
            new Hyperparameter("shuffle", true, null, null));
  }

  @Test
  void saysInWordsWhatAnAppMayChoose() {
    assertThat(Inspection.of(updatable()).hyperparameters())
        .extracting(Hyperparameter::allowed)
        .containsExactly(
            "nothing else",
            "from 0.0 to 1.0",
            "one of 1, 2, 8, 16",
            "from 0.0 to 1.0",
            "one of 1, 10, 50",
            "true or false");
    assertThat(new Hyperparameter("seed", 3L, null, null).allowed()).isEqualTo("any");
  }

  @Test
  void listsWhatAdamIsGiven() {
    Model model =
        Model.newBuilder()
            .setNeuralNetwork(
                NeuralNetwork.newBuilder()
                    .setUpdateParams(
                        NetworkUpdateParameters.newBuilder()
                            .setOptimizer(
                                Optimizer.newBuilder()
                                    .setAdamOptimizer(
                                        AdamOptimizer.newBuilder()
                                            .setBeta1(
                                                DoubleParameter.newBuilder().setDefaultValue(0.9))))
                            .setSeed(range(7, 0, 9))))
            .build();

    assertThat(Inspection.of(model).hyperparameters())
        .containsExactly(
            new Hyperparameter("optimizer", "adam", null, null),
            new Hyperparameter("learning-rate", 0.0, null, null),
            new Hyperparameter("mini-batch-size", 0L, null, null),
            new Hyperparameter("beta1", 0.9, null, null),
            new Hyperparameter("beta2", 0.0, null, null),
            new Hyperparameter("eps", 0.0, null, null),
            new Hyperparameter("seed", 7L, List.of(0L, 9L), null));
  }

  private static Int64Parameter range(long value, long least, long most) {
    return Int64Parameter.newBuilder()
        .setDefaultValue(value)
        .setRange(Int64Range.newBuilder().setMinValue(least).setMaxValue(most))
        .build();
  }

  @Test
  void describesThePartsOfAPipeline() {
    FeatureDescription.Builder features = FeatureDescription.newBuilder().setName("features");
    features
        .getTypeBuilder()
        .setMultiArrayType(
            ArrayFeatureType.newBuilder().addShape(1000).setDataType(ArrayDataType.FLOAT32));
    Model.Builder neighbours =
        Model.newBuilder()
            .setKNearestNeighborsClassifier(
                KNearestNeighborsClassifier.newBuilder()
                    .setNumberOfNeighbors(range(3, 1, 10))
                    .setInt64ClassLabels(Int64Vector.newBuilder().addVector(4).addVector(2)));
    neighbours.getDescriptionBuilder().addInput(features);
    Model pipeline =
        Model.newBuilder()
            .setPipelineClassifier(
                PipelineClassifier.newBuilder()
                    .setPipeline(
                        Pipeline.newBuilder()
                            .addModels(TinyModel.backbone().build())
                            .addModels(neighbours)))
            .build();

    Inspection inspection = Inspection.of(pipeline);

    assertThat(inspection.type()).isEqualTo("pipelineClassifier");
    assertThat(inspection.layers()).isEmpty();
    assertThat(inspection.parameters()).isEqualTo(216 + 8);
    assertThat(inspection.models())
        .extracting(Inspection::type)
        .containsExactly("neuralNetworkClassifier", "kNearestNeighborsClassifier");
    Inspection last = inspection.models().get(1);
    assertThat(last.inputs()).containsExactly(new Feature("features", "array [1000] of FLOAT32"));
    assertThat(last.labels()).containsExactly("4", "2");
    assertThat(last.hyperparameters())
        .containsExactly(new Hyperparameter("number-of-neighbors", 3L, List.of(1L, 10L), null));
  }

  @Test
  void countsParametersInWhateverPrecision() {
    TinyModel model = TinyModel.backbone();
    model
        .network
        .getLayersBuilder(0)
        .getConvolutionBuilder()
        .setWeights(
            WeightParams.newBuilder().setFloat16Value(ByteString.copyFrom(new byte[2 * 216])));

    Inspection inspection = Inspection.of(model.build());
    assertThat(inspection.parameters()).isEqualTo(216 + 8);
    assertThat(inspection.layers().get(0).precision())
        .isEqualTo("half precision, single precision");
  }

  private static Model updatable() {
    return updatable(TinyModel.backbone().build());
  }

  private static Model updatable(Model backbone) {
    return UpdatableClassifier.of(
        PlainClassifier.build(
            new FeatureLayers(
                backbone, "flatten", Optional.of(new Standardization(new float[8], new float[8]))),
            new DenseHead(List.of("✊", "user0"), new float[2][8], new float[2]),
            Grafts.METADATA),
        Grafts.sgd(0.01, PlainClassifier.HEAD));
  }
}
