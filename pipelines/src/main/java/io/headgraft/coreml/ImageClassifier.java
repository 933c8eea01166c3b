package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.ModelChain.Link;
import io.headgraft.coreml.proto.Model;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A Core ML image classifier, run from its file alone: a neural-network classifier, or a pipeline
 * classifier whose network takes the image and whose last model is a nearest-neighbours or a linear
 * classifier. Safe for any number of threads.
 */
public final class ImageClassifier implements AutoCloseable {

  private final List<String> labels;
  private final CompiledNetwork network;
  private final Optional<FeatureClassifier> behind;

  private ImageClassifier(
      List<String> labels, CompiledNetwork network, Optional<FeatureClassifier> behind) {
    this.labels = labels;
    this.network = network;
    this.behind = behind;
  }

  /**
   * Loads a classifier.
   *
   * @param name what to call the file in messages
   * @param batchSize how many images are computed together, at least 1
   * @throws HeadgraftException if the model is no classifier of images, if its parts do not fit
   *     together, or if it cannot be run
   */
  public static ImageClassifier load(Model model, String name, int batchSize) {
    List<Link> links = ModelChain.of(model, name).links();
    Link last = links.get(links.size() - 1);
    Optional<FeatureClassifier> behind = FeatureClassifier.of(last.model(), last.name());
    if (behind.isEmpty() && !last.model().hasNeuralNetworkClassifier()) {
      throw HeadgraftException.unusable(
          "%s is a %s; a pipeline of images ends in a neural-network, nearest-neighbours or linear classifier"
              .formatted(last.name(), last.model().getTypeCase()));
    }
    requireOneNetwork(links.subList(0, links.size() - (behind.isPresent() ? 1 : 0)), name);
    List<String> labels =
        behind.map(FeatureClassifier::labels).orElseGet(() -> ModelParts.labels(last.model()));
    requireDistinct(labels, last.name());
    Link first = links.get(0);
    CompiledNetwork network =
        CompiledNetwork.load(
            NetworkGraph.of(first.model(), first.name()).endingIn(first.output()), batchSize);
    try {
      requireFit(network.outputs(), labels, behind, last.name());
      return new ImageClassifier(labels, network, behind);
    } catch (HeadgraftException e) {
      network.close();
      throw e;
    }
  }

  private static void requireOneNetwork(List<Link> networks, String name) {
    if (networks.isEmpty()) {
      throw HeadgraftException.unusable(name + " has no network that takes the image");
    }
    if (networks.size() > 1) {
      throw HeadgraftException.unusable(
          "%s takes what '%s' makes; only the first network of a pipeline can be run"
              .formatted(networks.get(1).name(), networks.get(0).name()));
    }
  }

  /** Probabilities are told apart by their labels. */
  private static void requireDistinct(List<String> labels, String name) {
    Set<String> known = new HashSet<>();
    for (String label : labels) {
      if (!known.add(label)) {
        throw HeadgraftException.unusable("%s has the label '%s' twice".formatted(name, label));
      }
    }
  }

  private static void requireFit(
      int outputs, List<String> labels, Optional<FeatureClassifier> behind, String name) {
    if (behind.isPresent() && behind.get().features() != outputs) {
      throw HeadgraftException.unusable(
          "%s takes %d numbers, but is given %d".formatted(name, behind.get().features(), outputs));
    }
    if (behind.isEmpty() && labels.size() != outputs) {
      throw HeadgraftException.unusable(
          "%s has %d labels and %d probabilities".formatted(name, labels.size(), outputs));
    }
  }

  /**
   * The labels, in the order of the probabilities: as the file has them; of a nearest-neighbours
   * classifier, those of its examples in the order of their first appearance, or its default label
   * where there are none.
   */
  public List<String> labels() {
    return labels;
  }

  /** The image that the model takes. */
  public ImageInput input() {
    return network.input();
  }

  /** The number of images that are computed together. */
  public int batchSize() {
    return network.batchSize();
  }

  /**
   * Classifies one batch.
   *
   * @param images as for {@link CompiledNetwork#run}
   * @return for each image, a probability for each label
   */
  public float[][] probabilities(List<byte[]> images) {
    float[][] rows = network.run(images);
    if (behind.isPresent()) {
      for (int i = 0; i < rows.length; i++) {
        rows[i] = singlePrecision(behind.get().probabilities(rows[i]));
      }
    }
    return rows;
  }

  private static float[] singlePrecision(double[] values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = (float) values[i];
    }
    return rounded;
  }

  @Override
  public void close() {
    network.close();
  }
}
