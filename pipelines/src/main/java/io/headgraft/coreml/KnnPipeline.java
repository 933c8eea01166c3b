package io.headgraft.coreml;

import io.headgraft.coreml.proto.FloatVector;
import io.headgraft.coreml.proto.InverseDistanceWeighting;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.LinearIndex;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.ModelDescription;
import io.headgraft.coreml.proto.NearestNeighborsIndex;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.Pipeline;
import io.headgraft.coreml.proto.PipelineClassifier;
import io.headgraft.coreml.proto.SingleKdTreeIndex;
import io.headgraft.coreml.proto.SquaredEuclideanDistance;
import io.headgraft.coreml.proto.StringVector;
import io.headgraft.coreml.proto.UniformWeighting;
import java.util.List;

/**
 * Builds a pipeline of a network without its head and a nearest-neighbours classifier of the
 * features, to which a phone adds examples. Distances are Euclidean, on standardized features where
 * the layers before standardize them.
 */
public final class KnnPipeline {

  /** The first version of the format that knows nearest-neighbours classifiers. */
  private static final int SPECIFICATION_VERSION = 4;

  /** The network alone is of the first version. */
  private static final int NETWORK_VERSION = 1;

  private static final String FEATURES = "features";
  private static final String LABEL = "label";
  private static final String PROBABILITY = "labelProbability";

  /** How neighbours vote. */
  public enum VoteWeighting {
    /** Each the same. */
    UNIFORM,
    /** By one over its distance. */
    INVERSE_DISTANCE
  }

  /** How neighbours are found; they are the same ones either way. */
  public sealed interface Index {

    /** By looking at all of them. */
    record Linear() implements Index {}

    /**
     * By a tree of half-spaces.
     *
     * @param leafSize at least 1
     */
    record KdTree(int leafSize) implements Index {

      /** Refuses what a phone would refuse. */
      public KdTree {
        if (leafSize < 1) {
          throw new IllegalArgumentException(
              "The leaf size is %d, must be at least 1".formatted(leafSize));
        }
      }
    }
  }

  /**
   * The classifier.
   *
   * @param k the number of neighbours that vote, at least 1
   * @param defaultLabel what is predicted while there are no examples
   */
  public record Settings(
      WholeHyperparameter k, VoteWeighting weighting, Index index, String defaultLabel) {

    /** Refuses what a phone would refuse. */
    public Settings {
      if (k.allowed().least() < 1) {
        throw new IllegalArgumentException(
            "The number of neighbours may be %d, must be at least 1"
                .formatted(k.allowed().least()));
      }
    }
  }

  /**
   * A point that votes.
   *
   * @param features as the network gives them, standardized if it standardizes them
   */
  public record Example(float[] features, String label) {

    FloatVector point() {
      FloatVector.Builder point = FloatVector.newBuilder();
      for (float value : features) {
        point.addVector(value);
      }
      return point.build();
    }
  }

  private KnnPipeline() {}

  /**
   * Builds the model.
   *
   * @param dimensions the number of features
   * @param examples that it knows from the start, which may be none
   */
  public static Model build(
      FeatureLayers features,
      int dimensions,
      Settings settings,
      List<Example> examples,
      ModelMetadata metadata) {
    features.requireFeatures(dimensions);
    Pipeline pipeline =
        Pipeline.newBuilder()
            .addModels(network(features, dimensions))
            .addModels(classifier(dimensions, settings, examples))
            .addNames("FeatureExtractor")
            .addNames("kNNClassifier")
            .build();
    return Model.newBuilder()
        .setSpecificationVersion(SPECIFICATION_VERSION)
        .setIsUpdatable(true)
        .setDescription(
            outputs()
                .addInput(features.image("Input image"))
                .addTrainingInput(features.image("Example image"))
                .addTrainingInput(FeatureDescriptions.text(LABEL, "True label"))
                .setMetadata(metadata.message()))
        .setPipelineClassifier(PipelineClassifier.newBuilder().setPipeline(pipeline))
        .build();
  }

  private static ModelDescription.Builder outputs() {
    return ModelDescription.newBuilder()
        .addOutput(FeatureDescriptions.text(LABEL, "Predicted label"))
        .addOutput(
            FeatureDescriptions.dictionary(PROBABILITY, "Probabilities for each possible label"))
        .setPredictedFeatureName(LABEL)
        .setPredictedProbabilitiesName(PROBABILITY);
  }

  private static Model network(FeatureLayers features, int dimensions) {
    return Model.newBuilder()
        .setSpecificationVersion(NETWORK_VERSION)
        .setDescription(
            ModelDescription.newBuilder()
                .addInput(features.image("Input image"))
                .addOutput(FeatureDescriptions.floats(FEATURES, "", dimensions)))
        .setNeuralNetwork(
            NeuralNetwork.newBuilder()
                .addAllLayers(features.layers(FEATURES))
                .addAllPreprocessing(features.preprocessing()))
        .build();
  }

  private static Model classifier(int dimensions, Settings settings, List<Example> examples) {
    KNearestNeighborsClassifier.Builder classifier =
        KNearestNeighborsClassifier.newBuilder()
            .setNearestNeighborsIndex(index(dimensions, settings.index(), examples))
            .setNumberOfNeighbors(settings.k().message())
            .setStringClassLabels(
                StringVector.newBuilder()
                    .addAllVector(examples.stream().map(Example::label).toList()))
            .setDefaultStringLabel(settings.defaultLabel());
    switch (settings.weighting()) {
      case UNIFORM -> classifier.setUniformWeighting(UniformWeighting.getDefaultInstance());
      case INVERSE_DISTANCE ->
          classifier.setInverseDistanceWeighting(InverseDistanceWeighting.getDefaultInstance());
    }
    return Model.newBuilder()
        .setSpecificationVersion(SPECIFICATION_VERSION)
        .setIsUpdatable(true)
        .setDescription(
            outputs()
                .addInput(FeatureDescriptions.floats(FEATURES, "Input vector", dimensions))
                .addTrainingInput(FeatureDescriptions.floats(FEATURES, "", dimensions))
                .addTrainingInput(FeatureDescriptions.text(LABEL, "")))
        .setKNearestNeighborsClassifier(classifier)
        .build();
  }

  private static NearestNeighborsIndex index(int dimensions, Index index, List<Example> examples) {
    NearestNeighborsIndex.Builder points =
        NearestNeighborsIndex.newBuilder()
            .setNumberOfDimensions(dimensions)
            .setSquaredEuclideanDistance(SquaredEuclideanDistance.getDefaultInstance());
    for (Example example : examples) {
      if (example.features().length != dimensions) {
        throw new IllegalArgumentException(
            "An example of %d features among %d".formatted(example.features().length, dimensions));
      }
      points.addFloatSamples(example.point());
    }
    if (index instanceof Index.KdTree tree) {
      points.setSingleKdTreeIndex(SingleKdTreeIndex.newBuilder().setLeafSize(tree.leafSize()));
    } else {
      points.setLinearIndex(LinearIndex.getDefaultInstance());
    }
    return points.build();
  }
}
