package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.Model;
import java.util.List;
import java.util.Optional;

/** What tells labels apart behind the networks of a pipeline. Safe for any number of threads. */
sealed interface FeatureClassifier permits LinearClassifier, NeighborsClassifier {

  /** The number of values that an example has. */
  int features();

  /** The labels, in the order of the probabilities; at least one. */
  List<String> labels();

  /**
   * The probability of each label; together 1.
   *
   * @param features of one example, {@link #features} finite numbers
   */
  double[] probabilities(float[] features);

  /**
   * Reads a classifier of features.
   *
   * @param name what to call the model in messages
   * @return empty if the model is of another type
   * @throws HeadgraftException if its parts do not fit together
   */
  static Optional<FeatureClassifier> of(Model model, String name) {
    return switch (model.getTypeCase()) {
      case GLMCLASSIFIER -> Optional.of(LinearClassifier.of(model, name));
      case KNEARESTNEIGHBORSCLASSIFIER -> Optional.of(NeighborsClassifier.of(model, name));
      case NEURALNETWORK,
          NEURALNETWORKCLASSIFIER,
          NEURALNETWORKREGRESSOR,
          PIPELINECLASSIFIER,
          PIPELINEREGRESSOR,
          PIPELINE,
          IDENTITY,
          TYPE_NOT_SET ->
          Optional.empty();
    };
  }
}
