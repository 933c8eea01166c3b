package io.headgraft.coreml;

import io.headgraft.coreml.proto.ArrayFeatureType.ArrayDataType;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FloatVector;
import io.headgraft.coreml.proto.GLMClassifier;
import io.headgraft.coreml.proto.GLMClassifier.DoubleArray;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.LinearIndex;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.ModelDescription;
import io.headgraft.coreml.proto.Pipeline;
import io.headgraft.coreml.proto.PipelineClassifier;
import io.headgraft.coreml.proto.SquaredEuclideanDistance;
import io.headgraft.coreml.proto.StringVector;
import io.headgraft.coreml.proto.UniformWeighting;
import java.util.List;

/**
 * Builds small pipelines of images: {@link TinyModel#backbone} up to its eight features, and a
 * classifier behind it.
 */
final class TinyPipeline {

  static final int FEATURES = 8;

  private static final String FEATURE = "flatten";

  private TinyPipeline() {}

  /** A network of images whose output is the eight features. */
  static Model network() {
    TinyModel model = TinyModel.backbone();
    model.description.addOutput(array(FEATURE));
    Model built = model.build();
    return built.toBuilder()
        .setNeuralNetwork(ModelParts.network(built).orElseThrow().toBuilder().removeLayers(4))
        .build();
  }

  /** A classifier of the features, by a neighbour's uniform vote, without points yet. */
  static KNearestNeighborsClassifier.Builder neighbors() {
    KNearestNeighborsClassifier.Builder neighbors =
        KNearestNeighborsClassifier.newBuilder()
            .setUniformWeighting(UniformWeighting.getDefaultInstance())
            .setStringClassLabels(StringVector.getDefaultInstance())
            .setDefaultStringLabel("nothing");
    neighbors.getNumberOfNeighborsBuilder().setDefaultValue(1);
    neighbors
        .getNearestNeighborsIndexBuilder()
        .setNumberOfDimensions(FEATURES)
        .setLinearIndex(LinearIndex.getDefaultInstance())
        .setSquaredEuclideanDistance(SquaredEuclideanDistance.getDefaultInstance());
    return neighbors;
  }

  static void addPoint(
      KNearestNeighborsClassifier.Builder neighbors, String label, double... point) {
    neighbors.getStringClassLabelsBuilder().addVector(label);
    neighbors.getNearestNeighborsIndexBuilder().addFloatSamples(floats(point));
  }

  static FloatVector floats(double... values) {
    FloatVector.Builder floats = FloatVector.newBuilder();
    for (double value : values) {
      floats.addVector((float) value);
    }
    return floats.build();
  }

  static DoubleArray doubles(double... values) {
    DoubleArray.Builder doubles = DoubleArray.newBuilder();
    for (double value : values) {
      doubles.addValue(value);
    }
    return doubles.build();
  }

  static Model model(KNearestNeighborsClassifier.Builder neighbors) {
    return Model.newBuilder()
        .setSpecificationVersion(4)
        .setDescription(ModelDescription.newBuilder().addInput(array(FEATURE)))
        .setKNearestNeighborsClassifier(neighbors)
        .build();
  }

  static Model model(GLMClassifier.Builder linear) {
    return Model.newBuilder()
        .setSpecificationVersion(1)
        .setDescription(ModelDescription.newBuilder().addInput(array(FEATURE)))
        .setGlmClassifier(linear)
        .build();
  }

  /** A pipeline of models without names, whose input is the image. */
  static Model of(Model... models) {
    return Model.newBuilder()
        .setSpecificationVersion(4)
        .setDescription(
            ModelDescription.newBuilder().addInput(TinyModel.backbone().description.getInput(0)))
        .setPipelineClassifier(
            PipelineClassifier.newBuilder()
                .setPipeline(Pipeline.newBuilder().addAllModels(List.of(models))))
        .build();
  }

  static FeatureDescription array(String name) {
    FeatureDescription.Builder feature = FeatureDescription.newBuilder().setName(name);
    feature
        .getTypeBuilder()
        .getMultiArrayTypeBuilder()
        .addShape(FEATURES)
        .setDataType(ArrayDataType.FLOAT32);
    return feature.build();
  }
}
