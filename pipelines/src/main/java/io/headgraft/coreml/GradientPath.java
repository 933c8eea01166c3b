package io.headgraft.coreml;

import io.headgraft.coreml.proto.ActivationParams;
import io.headgraft.coreml.proto.LossLayer;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which layers of a network gradients come back to from its loss. Core ML passes them back through
 * convolutions, inner products, one-directional LSTMs, flatten, pooling, batch normalization, ReLU,
 * sigmoid and tanh, and through a softmax right under the cross entropy; every other layer stops
 * them for all that lies behind it.
 */
public final class GradientPath {

  private final Set<String> reached = new HashSet<>();
  private final Map<String, String> obstacles = new HashMap<>();

  private GradientPath() {}

  /** Follows the gradients of a network; without a loss they come nowhere. */
  public static GradientPath of(NeuralNetwork network) {
    GradientPath path = new GradientPath();
    if (network.getUpdateParams().getLossLayersCount() > 0) {
      path.follow(network.getLayersList(), network.getUpdateParams().getLossLayers(0));
    }
    return path;
  }

  /** Whether gradients come back to a layer; if they stop at it, they have come to it. */
  public boolean reaches(String layer) {
    return reached.contains(layer);
  }

  /**
   * The layer between this one and the loss that stops the gradients, the first from the loss;
   * empty where they come through, and where a layer does not lead to the loss.
   */
  public Optional<String> obstacle(String layer) {
    return reached.contains(layer) ? Optional.empty() : Optional.ofNullable(obstacles.get(layer));
  }

  /**
   * Goes back from the loss layer by layer, the nearest first. From the first obstacle on all that
   * is come upon counts as behind it, as it does for Core ML: every layer that passes gradients
   * back has one input, so there is but one way up to there.
   */
  private void follow(List<NeuralNetworkLayer> layers, LossLayer loss) {
    Map<String, Integer> makers = new HashMap<>();
    List<int[]> sources = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      sources.add(
          layers.get(i).getInputList().stream()
              .filter(makers::containsKey)
              .mapToInt(makers::get)
              .toArray());
      for (String blob : layers.get(i).getOutputList()) {
        makers.put(blob, i);
      }
    }
    Integer last = makers.get(input(loss));
    if (last == null) {
      return;
    }
    boolean[] seen = new boolean[layers.size()];
    Deque<Integer> next = new ArrayDeque<>(List.of(last));
    seen[last] = true;
    String obstacle = null;
    while (!next.isEmpty()) {
      int at = next.remove();
      NeuralNetworkLayer layer = layers.get(at);
      if (obstacle == null) {
        reached.add(layer.getName());
      } else {
        obstacles.putIfAbsent(layer.getName(), obstacle);
      }
      boolean underLoss =
          at == last && layer.hasSoftmax() && loss.hasCategoricalCrossEntropyLossLayer();
      if (obstacle == null && !underLoss && !passes(layer)) {
        obstacle = layer.getName();
      }
      for (int source : sources.get(at)) {
        if (!seen[source]) {
          seen[source] = true;
          next.add(source);
        }
      }
    }
  }

  private static String input(LossLayer loss) {
    return loss.hasMeanSquaredErrorLossLayer()
        ? loss.getMeanSquaredErrorLossLayer().getInput()
        : loss.getCategoricalCrossEntropyLossLayer().getInput();
  }

  private static boolean passes(NeuralNetworkLayer layer) {
    ActivationParams activation = layer.getActivation();
    return layer.hasConvolution()
        || layer.hasInnerProduct()
        || layer.hasFlatten()
        || layer.hasPooling()
        || layer.hasBatchnorm()
        || activation.hasReLU()
        || activation.hasSigmoid()
        || activation.hasTanh()
        || OtherTypes.isLstm(layer);
  }
}
