package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.NeuralNetworkPreprocessing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The layers of a Core ML neural network with one input, from that input to one output.
 *
 * @param model what to call the file in messages
 * @param input the image, or the array
 * @param layers in the file's order, each behind those that it reads from
 * @param output the name of the blob that is the result
 */
public record NetworkGraph(
    String model, NetworkInput input, List<NeuralNetworkLayer> layers, String output) {

  /**
   * The whole network of a model, layers that its last one does not need included; the output is
   * the last layer's.
   *
   * @throws HeadgraftException if the model is no neural network, has other inputs than one image
   *     or array, or has layers that do not fit together
   */
  public static NetworkGraph of(Model model, String name) {
    NeuralNetwork network = network(model, name);
    List<NeuralNetworkLayer> layers = network.getLayersList();
    if (layers.isEmpty()) {
      throw HeadgraftException.unusable(name + " has no layers");
    }
    NetworkInput input = input(model, network.getPreprocessingList(), name);
    checkOrder(name, input, layers);
    return new NetworkGraph(name, input, layers, layers.get(layers.size() - 1).getOutput(0));
  }

  /**
   * The image that the network takes.
   *
   * @throws HeadgraftException if it takes an array
   */
  public ImageInput image() {
    if (input instanceof ImageInput image) {
      return image;
    }
    throw HeadgraftException.unusable(model + " takes an array; an image input is needed");
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
        .map(layer -> reaching(layer.getOutput(0)))
        .orElseThrow(
            () ->
                HeadgraftException.unusable(
                    "%s has no layer '%s' to take the features from; its last layers are %s"
                        .formatted(model, layerName, lastNames())));
  }

  /**
   * The part of this network that a blob needs.
   *
   * @throws HeadgraftException if no layer makes it
   */
  NetworkGraph endingIn(String blob) {
    if (layers.stream().noneMatch(layer -> layer.getOutputList().contains(blob))) {
      throw HeadgraftException.unusable("%s: no layer makes '%s'".formatted(model, blob));
    }
    return reaching(blob);
  }

  private static NeuralNetwork network(Model model, String name) {
    NeuralNetwork network =
        ModelParts.network(model)
            .orElseThrow(
                () ->
                    HeadgraftException.unusable(
                        "%s is a %s, not a neural network".formatted(name, model.getTypeCase())));
    for (NeuralNetworkLayer layer : network.getLayersList()) {
      if (layer.getOutputCount() == 0) {
        throw HeadgraftException.unusable(
            "%s: layer '%s' has no output".formatted(name, layer.getName()));
      }
    }
    return network;
  }

  private static NetworkInput input(
      Model model, List<NeuralNetworkPreprocessing> preprocessing, String name) {
    List<FeatureDescription> inputs = model.getDescription().getInputList();
    if (inputs.size() == 1 && inputs.get(0).getType().hasImageType()) {
      return ImageInput.of(inputs.get(0), preprocessing, name);
    }
    if (inputs.size() == 1 && inputs.get(0).getType().hasMultiArrayType()) {
      return ArrayInput.of(inputs.get(0), name);
    }
    throw HeadgraftException.unusable(
        "%s takes %s; a network with one input, an image or an array, is needed"
            .formatted(name, inputs.stream().map(input -> "'" + input.getName() + "'").toList()));
  }

  /** A layer stands behind those that it reads from: one walk from the end finds all. */
  private NetworkGraph reaching(String output) {
    Set<String> needed = new HashSet<>(Set.of(output));
    Deque<NeuralNetworkLayer> kept = new ArrayDeque<>();
    for (int i = layers.size() - 1; i >= 0; i--) {
      NeuralNetworkLayer layer = layers.get(i);
      if (!Collections.disjoint(needed, layer.getOutputList())) {
        kept.addFirst(layer);
        needed.addAll(layer.getInputList());
      }
    }
    return new NetworkGraph(model, input, List.copyOf(kept), output);
  }

  /** Checks that each blob is made once, and before it is used. */
  private static void checkOrder(
      String model, NetworkInput input, List<NeuralNetworkLayer> layers) {
    Set<String> made = new HashSet<>(Set.of(input.name()));
    for (NeuralNetworkLayer layer : layers) {
      for (String blob : layer.getInputList()) {
        if (!made.contains(blob)) {
          throw HeadgraftException.unusable(
              "%s: layer '%s' reads '%s', which nothing before it makes"
                  .formatted(model, layer.getName(), blob));
        }
      }
      for (String blob : layer.getOutputList()) {
        if (!made.add(blob)) {
          throw HeadgraftException.unusable(
              "%s: layer '%s' makes '%s', which was made before"
                  .formatted(model, layer.getName(), blob));
        }
      }
    }
  }

  private List<String> lastNames() {
    List<String> names = new ArrayList<>();
    layers.stream().map(NeuralNetworkLayer::getName).forEach(names::add);
    return names.subList(Math.max(0, names.size() - 5), names.size());
  }
}
