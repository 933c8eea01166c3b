package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.util.List;

/** A Core ML image classifier, run from its file alone. Safe for any number of threads. */
public final class ImageClassifier implements AutoCloseable {

  private final List<String> labels;
  private final CompiledNetwork network;

  private ImageClassifier(List<String> labels, CompiledNetwork network) {
    this.labels = labels;
    this.network = network;
  }

  /**
   * Loads a classifier.
   *
   * @param name what to call the file in messages
   * @param batchSize how many images are computed together, at least 1
   * @throws HeadgraftException if the model is no neural-network classifier of images, has another
   *     number of labels than of outputs, or cannot be run
   */
  public static ImageClassifier load(Model model, String name, int batchSize) {
    if (!model.hasNeuralNetworkClassifier()) {
      throw HeadgraftException.unusable(
          "%s is a %s, not a neural-network classifier".formatted(name, model.getTypeCase()));
    }
    NeuralNetworkClassifier classifier = model.getNeuralNetworkClassifier();
    List<String> labels = ModelParts.labels(model);
    NetworkGraph whole = NetworkGraph.of(model, name);
    NetworkGraph graph = whole.cutAt(probabilityLayer(classifier, whole));
    CompiledNetwork network = CompiledNetwork.load(graph, batchSize);
    if (network.outputs() != labels.size()) {
      network.close();
      throw HeadgraftException.unusable(
          "%s has %d labels and %d probabilities"
              .formatted(name, labels.size(), network.outputs()));
    }
    return new ImageClassifier(labels, network);
  }

  /** The format names a blob here, which may differ from its layer's name. */
  private static String probabilityLayer(NeuralNetworkClassifier classifier, NetworkGraph graph) {
    String blob =
        classifier.getLabelProbabilityLayerName().isEmpty()
            ? graph.output()
            : classifier.getLabelProbabilityLayerName();
    return graph.layers().stream()
        .filter(layer -> layer.getOutputList().contains(blob))
        .map(NeuralNetworkLayer::getName)
        .findFirst()
        .orElseThrow(
            () ->
                HeadgraftException.unusable(
                    "%s: no layer makes the label probabilities '%s'"
                        .formatted(graph.model(), blob)));
  }

  /** The labels, in the order of the probabilities. */
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
    return network.run(images);
  }

  @Override
  public void close() {
    network.close();
  }
}
