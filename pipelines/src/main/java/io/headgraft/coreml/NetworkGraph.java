package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.NeuralNetworkPreprocessing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The layers of a Core ML neural network with one image input, from that input to one output.
 *
 * @param model what to call the file in messages
 * @param input the image
 * @param layers in the file's order, each behind those that it reads from
 * @param output the name of the blob that is the result
 */
public record NetworkGraph(
    String model, ImageInput input, List<NeuralNetworkLayer> layers, String output) {

  /**
   * The whole network of a model, to the output of its last layer.
   *
   * @throws HeadgraftException if the model is no neural network, or has no image input
   */
  public static NetworkGraph of(Model model, String name) {
    List<NeuralNetworkLayer> layers = layers(model, name);
    if (layers.isEmpty()) {
      throw HeadgraftException.unusable(name + " has no layers");
    }
    ImageInput input = imageInput(model, name);
    return reaching(name, input, layers, layers.get(layers.size() - 1).getOutput(0));
  }

  /**
   * The part of this network that a layer's output needs.
   *
   * @throws HeadgraftException if there is no such layer
   */
  public NetworkGraph cutAt(String layerName) {
    return layers.stream()
        .filter(layer -> layer.getName().equals(layerName))
        .findFirst()
        .map(layer -> reaching(model, input, layers, layer.getOutput(0)))
        .orElseThrow(
            () ->
                HeadgraftException.unusable(
                    "%s has no layer '%s' to take the features from; its last layers are %s"
                        .formatted(model, layerName, lastNames())));
  }

  /** The layers of a neural network, of whatever kind. */
  static List<NeuralNetworkLayer> layers(Model model, String name) {
    List<NeuralNetworkLayer> layers =
        switch (model.getTypeCase()) {
          case NEURALNETWORK -> model.getNeuralNetwork().getLayersList();
          case NEURALNETWORKCLASSIFIER -> model.getNeuralNetworkClassifier().getLayersList();
          case NEURALNETWORKREGRESSOR -> model.getNeuralNetworkRegressor().getLayersList();
          case PIPELINECLASSIFIER,
              PIPELINEREGRESSOR,
              PIPELINE,
              KNEARESTNEIGHBORSCLASSIFIER,
              TYPE_NOT_SET ->
              throw HeadgraftException.unusable(
                  "%s is a %s, not a neural network".formatted(name, model.getTypeCase()));
        };
    for (NeuralNetworkLayer layer : layers) {
      if (layer.getOutputCount() == 0) {
        throw HeadgraftException.unusable(
            "%s: layer '%s' has no output".formatted(name, layer.getName()));
      }
    }
    return layers;
  }

  /** The preprocessing of a neural network, of whatever kind. */
  static List<NeuralNetworkPreprocessing> preprocessing(Model model) {
    return switch (model.getTypeCase()) {
      case NEURALNETWORK -> model.getNeuralNetwork().getPreprocessingList();
      case NEURALNETWORKCLASSIFIER -> model.getNeuralNetworkClassifier().getPreprocessingList();
      case NEURALNETWORKREGRESSOR -> model.getNeuralNetworkRegressor().getPreprocessingList();
      case PIPELINECLASSIFIER,
          PIPELINEREGRESSOR,
          PIPELINE,
          KNEARESTNEIGHBORSCLASSIFIER,
          TYPE_NOT_SET ->
          List.of();
    };
  }

  private static ImageInput imageInput(Model model, String name) {
    List<FeatureDescription> inputs = model.getDescription().getInputList();
    if (inputs.size() != 1 || !inputs.get(0).getType().hasImageType()) {
      throw HeadgraftException.unusable(
          "%s takes %s; a network with one image input is needed"
              .formatted(name, inputs.stream().map(input -> "'" + input.getName() + "'").toList()));
    }
    return ImageInput.of(inputs.get(0), preprocessing(model), name);
  }

  private static NetworkGraph reaching(
      String model, ImageInput input, List<NeuralNetworkLayer> layers, String output) {
    Map<String, NeuralNetworkLayer> producers = producers(model, input, layers);
    Set<NeuralNetworkLayer> needed = new HashSet<>();
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(output));
    while (!open.isEmpty()) {
      String blob = open.pop();
      if (seen.add(blob) && !blob.equals(input.name())) {
        NeuralNetworkLayer producer = producers.get(blob);
        needed.add(producer);
        open.addAll(producer.getInputList());
      }
    }
    List<NeuralNetworkLayer> kept = layers.stream().filter(needed::contains).toList();
    return new NetworkGraph(model, input, kept, output);
  }

  /** Who makes each blob; checks that each is made once, and before it is used. */
  private static Map<String, NeuralNetworkLayer> producers(
      String model, ImageInput input, List<NeuralNetworkLayer> layers) {
    Map<String, NeuralNetworkLayer> producers = new HashMap<>();
    for (NeuralNetworkLayer layer : layers) {
      for (String blob : layer.getInputList()) {
        if (!blob.equals(input.name()) && !producers.containsKey(blob)) {
          throw HeadgraftException.unusable(
              "%s: layer '%s' reads '%s', which nothing before it makes"
                  .formatted(model, layer.getName(), blob));
        }
      }
      for (String blob : layer.getOutputList()) {
        if (blob.equals(input.name()) || producers.put(blob, layer) != null) {
          throw HeadgraftException.unusable(
              "%s: layer '%s' makes '%s', which was made before"
                  .formatted(model, layer.getName(), blob));
        }
      }
    }
    return producers;
  }

  private List<String> lastNames() {
    List<String> names = new ArrayList<>();
    layers.stream().map(NeuralNetworkLayer::getName).forEach(names::add);
    return names.subList(Math.max(0, names.size() - 5), names.size());
  }
}
