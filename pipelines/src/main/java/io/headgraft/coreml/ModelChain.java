package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.Pipeline;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The models between the image and the probabilities of a classifier: a network alone, or those of
 * a pipeline that its last model needs, each taking one feature that the one before it makes.
 *
 * @param links in the order in which they run, at least one
 */
record ModelChain(List<Link> links) {

  /**
   * A model and what the next one takes of it.
   *
   * @param name what to call it in messages
   * @param output the name of the feature that goes on; of a last network, of its probabilities; of
   *     other last models, empty
   */
  record Link(Model model, String name, String output) {}

  /**
   * The chain of a classifier.
   *
   * @throws HeadgraftException if the model classifies no images, or its parts are not wired to a
   *     chain
   */
  static ModelChain of(Model model, String name) {
    return switch (model.getTypeCase()) {
      case NEURALNETWORKCLASSIFIER -> new ModelChain(List.of(last(model, name)));
      case PIPELINECLASSIFIER ->
          new ModelChain(links(model, model.getPipelineClassifier().getPipeline(), name));
      case NEURALNETWORK,
          NEURALNETWORKREGRESSOR,
          PIPELINEREGRESSOR,
          PIPELINE,
          GLMCLASSIFIER,
          KNEARESTNEIGHBORSCLASSIFIER,
          IDENTITY,
          TYPE_NOT_SET ->
          throw HeadgraftException.unusable(
              "%s is a %s; a neural-network classifier or a pipeline classifier of images is needed"
                  .formatted(name, model.getTypeCase()));
    };
  }

  /** From the last model back to the image. */
  private static List<Link> links(Model whole, Pipeline pipeline, String name) {
    List<Model> models = pipeline.getModelsList();
    if (models.isEmpty()) {
      throw HeadgraftException.unusable(name + " is a pipeline without models");
    }
    Deque<Link> links = new ArrayDeque<>();
    int at = models.size() - 1;
    links.add(last(models.get(at), name(pipeline, at, name)));
    while (true) {
      String input = input(links.getFirst());
      int maker = maker(models, at, input);
      if (maker < 0) {
        requireImage(whole, input, links.getFirst());
        return List.copyOf(links);
      }
      at = maker;
      links.addFirst(new Link(models.get(at), name(pipeline, at, name), input));
    }
  }

  private static String name(Pipeline pipeline, int at, String name) {
    return at < pipeline.getNamesCount()
        ? "%s: '%s'".formatted(name, pipeline.getNames(at))
        : "%s: model %d".formatted(name, at + 1);
  }

  private static String input(Link link) {
    List<FeatureDescription> inputs = link.model().getDescription().getInputList();
    if (inputs.size() != 1) {
      throw HeadgraftException.unusable(
          "%s takes %s; models of one input can be run"
              .formatted(
                  link.name(), inputs.stream().map(input -> "'" + input.getName() + "'").toList()));
    }
    return inputs.get(0).getName();
  }

  /** The last model before another one that makes a feature; -1 if there is none. */
  private static int maker(List<Model> models, int before, String feature) {
    for (int i = before - 1; i >= 0; i--) {
      if (models.get(i).getDescription().getOutputList().stream()
          .anyMatch(output -> output.getName().equals(feature))) {
        return i;
      }
    }
    return -1;
  }

  private static void requireImage(Model whole, String input, Link first) {
    boolean image =
        whole.getDescription().getInputList().stream()
            .anyMatch(each -> each.getName().equals(input) && each.getType().hasImageType());
    if (!image) {
      throw HeadgraftException.unusable(
          "%s takes '%s', which no model before it makes and which is no image that the pipeline takes"
              .formatted(first.name(), input));
    }
  }

  private static Link last(Model model, String name) {
    return new Link(
        model,
        name,
        model.hasNeuralNetworkClassifier()
            ? probabilities(model.getNeuralNetworkClassifier(), name)
            : "");
  }

  /** The format names a blob here, which may differ from its layer's name. */
  private static String probabilities(NeuralNetworkClassifier classifier, String name) {
    String blob = classifier.getLabelProbabilityLayerName();
    if (!blob.isEmpty()) {
      return blob;
    }
    List<NeuralNetworkLayer> layers = classifier.getLayersList();
    if (layers.isEmpty() || layers.get(layers.size() - 1).getOutputCount() == 0) {
      throw HeadgraftException.unusable(name + " has no last layer that makes its probabilities");
    }
    return layers.get(layers.size() - 1).getOutput(0);
  }
}
