package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.ModelChain.Link;
import io.headgraft.coreml.proto.Model;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A Core ML image classifier, run from its file alone: a neural-network classifier, or a pipeline
 * classifier of networks, of which the first takes the image, that ends in a neural-network, a
 * nearest-neighbours or a linear classifier. Safe for any number of threads.
 */
public final class ImageClassifier implements AutoCloseable {

  private final List<String> labels;

  /** The first takes the image, each other one what the one before it makes. */
  private final List<CompiledNetwork> networks;

  private final Optional<FeatureClassifier> behind;

  private ImageClassifier(
      List<String> labels, List<CompiledNetwork> networks, Optional<FeatureClassifier> behind) {
    this.labels = labels;
    this.networks = List.copyOf(networks);
    this.behind = behind;
  }

  /**
   * Loads a classifier into DJL's PyTorch engine.
   *
   * @param name what to call the file in messages
   * @param batchSize how many images are computed together, at least 1
   * @throws HeadgraftException as below
   */
  public static ImageClassifier load(Model model, String name, int batchSize) {
    return load(model, name, batchSize, NetworkEngine.PYTORCH);
  }

  /**
   * Loads a classifier.
   *
   * @param name what to call the file in messages
   * @param batchSize how many images are computed together, at least 1
   * @throws HeadgraftException if the model is no classifier of images, if its parts do not fit
   *     together, or if it cannot be run
   */
  public static ImageClassifier load(
      Model model, String name, int batchSize, NetworkEngine engine) {
    List<Link> links = ModelChain.of(model, name).links();
    Link last = links.get(links.size() - 1);
    Optional<FeatureClassifier> behind = FeatureClassifier.of(last.model(), last.name());
    if (behind.isEmpty() && !last.model().hasNeuralNetworkClassifier()) {
      throw HeadgraftException.unusable(
          "%s is a %s; a pipeline of images ends in a neural-network, nearest-neighbours or linear classifier"
              .formatted(last.name(), last.model().getTypeCase()));
    }
    List<String> labels =
        behind.map(FeatureClassifier::labels).orElseGet(() -> ModelParts.labels(last.model()));
    requireDistinct(labels, last.name());
    List<NetworkGraph> graphs =
        graphs(behind.isEmpty() ? links : links.subList(0, links.size() - 1), name);
    List<CompiledNetwork> networks = new ArrayList<>();
    try {
      for (NetworkGraph graph : graphs) {
        networks.add(CompiledNetwork.load(graph, batchSize, engine));
      }
      ImageClassifier classifier = new ImageClassifier(labels, networks, behind);
      classifier.requireFit(links);
      return classifier;
    } catch (RuntimeException e) {
      networks.forEach(CompiledNetwork::close);
      throw e;
    }
  }

  private static List<NetworkGraph> graphs(List<Link> networks, String name) {
    if (networks.isEmpty()) {
      throw HeadgraftException.unusable(name + " has no network that takes the image");
    }
    List<NetworkGraph> graphs = new ArrayList<>();
    for (Link link : networks) {
      NetworkGraph graph = NetworkGraph.of(link.model(), link.name()).endingIn(link.output());
      boolean takesImage = graph.input() instanceof ImageInput;
      if (takesImage != graphs.isEmpty()) {
        throw HeadgraftException.unusable(
            "%s takes %s, but is given %s"
                .formatted(
                    link.name(),
                    takesImage ? "an image" : "an array",
                    takesImage ? "an array" : "an image"));
      }
      graphs.add(graph);
    }
    return graphs;
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

  private void requireFit(List<Link> links) {
    int given = networks.get(0).outputs();
    for (int i = 1; i < links.size(); i++) {
      boolean network = i < networks.size();
      int taken = network ? networks.get(i).inputs() : behind.orElseThrow().features();
      if (taken != given) {
        throw HeadgraftException.unusable(
            "%s takes %d numbers, but is given %d".formatted(links.get(i).name(), taken, given));
      }
      given = network ? networks.get(i).outputs() : labels.size();
    }
    if (labels.size() != given) {
      throw HeadgraftException.unusable(
          "%s has %d labels and %d probabilities"
              .formatted(links.get(links.size() - 1).name(), labels.size(), given));
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
    return networks.get(0).input();
  }

  /** The number of images that are computed together. */
  public int batchSize() {
    return networks.get(0).batchSize();
  }

  /**
   * Classifies one batch.
   *
   * @param images as for {@link CompiledNetwork#run}
   * @return for each image, a probability for each label
   */
  public float[][] probabilities(List<byte[]> images) {
    float[][] rows = networks.get(0).run(images);
    for (CompiledNetwork network : networks.subList(1, networks.size())) {
      rows = network.runArrays(List.of(rows));
    }
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
    networks.forEach(CompiledNetwork::close);
  }
}
