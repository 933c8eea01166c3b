package io.headgraft.coreml;

import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.InnerProductLayerParams;
import io.headgraft.coreml.proto.LossLayer;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NetworkUpdateParameters;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.WeightParams;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a network meets that phones train further. */
final class UpdateRules {

  private final Model model;
  private final NeuralNetwork network;
  private final NetworkUpdateParameters update;
  private final Findings findings;

  UpdateRules(Model model, NeuralNetwork network, Findings findings) {
    this.model = model;
    this.network = network;
    this.update = network.getUpdateParams();
    this.findings = findings;
  }

  void check() {
    updatableLayers().forEach(this::layer);
    if (updatableLayers().isEmpty()) {
      findings.add(
          Rule.UPDATABLE_LAYERS_PRESENT,
          "the network is updatable, but none of its layers is; mark one");
    }
    names();
    new OptimizerRules(update, findings).check();
    if (update.getLossLayersCount() == 1) {
      loss(update.getLossLayers(0));
    } else {
      findings.add(
          Rule.ONE_LOSS,
          "the network is updatable and has %,d loss layers, not one",
          update.getLossLayersCount());
    }
  }

  private void layer(NeuralNetworkLayer layer) {
    String where = Names.of(layer);
    if (layer.hasConvolution()) {
      ConvolutionLayerParams params = layer.getConvolution();
      weights(where, "weights", params.getWeights());
      if (params.getHasBias()) {
        weights(where, "bias", params.getBias());
      }
    } else if (layer.hasInnerProduct()) {
      InnerProductLayerParams params = layer.getInnerProduct();
      weights(where, "weights", params.getWeights());
      if (params.getHasBias()) {
        weights(where, "bias", params.getBias());
      }
    } else if (!OtherTypes.isLstm(layer)) {
      findings.addAt(
          where,
          Rule.UPDATABLE_LAYER_TYPE,
          "it is updatable; convolutions, inner products and one-directional LSTMs alone can be");
    }
  }

  private void weights(String where, String role, WeightParams weights) {
    if (weights.hasQuantization()) {
      findings.addAt(
          where,
          Rule.UPDATABLE_WEIGHTS_NOT_QUANTIZED,
          "it is updatable, but its %s carry a quantization",
          role);
    }
    if (!weights.getIsUpdatable()) {
      findings.addAt(
          where,
          Rule.UPDATABLE_WEIGHTS_MARKED,
          "it is updatable, but its %s are not marked so",
          role);
    }
  }

  private void names() {
    Set<String> names = new HashSet<>();
    for (NeuralNetworkLayer layer : network.getLayersList()) {
      name("layer", layer.getName(), names);
    }
    for (LossLayer loss : update.getLossLayersList()) {
      name("loss layer", loss.getName(), names);
    }
  }

  private void name(String role, String name, Set<String> names) {
    if (!names.add(name)) {
      findings.addAt(
          role + " " + Names.quoted(name),
          Rule.LAYER_NAMES_UNIQUE,
          "another layer has this name; in an updatable network each has its own");
    }
  }

  private void loss(LossLayer loss) {
    Map<String, NeuralNetworkLayer> makers = new HashMap<>();
    for (NeuralNetworkLayer layer : network.getLayersList()) {
      layer.getOutputList().forEach(blob -> makers.put(blob, layer));
    }
    switch (loss.getLossLayerTypeCase()) {
      case CATEGORICALCROSSENTROPYLOSSLAYER -> crossEntropy(loss, makers);
      case MEANSQUAREDERRORLOSSLAYER -> squaredError(loss, makers);
      case LOSSLAYERTYPE_NOT_SET ->
          findings.addAt(
              where(loss),
              Rule.LOSS_TYPE,
              "it has no type; make it a cross entropy or a mean squared error");
    }
    if (!findings.breaks(Rule.CROSS_ENTROPY_INPUT)
        && !findings.breaks(Rule.SQUARED_ERROR_INPUT)
        && !findings.breaks(Rule.LOSS_TYPE)) {
      gradients();
    }
    if (!findings.breaks(Rule.LOSS_TYPE)) {
      new TrainingInputRules(model.getDescription(), findings)
          .check(target(loss), model.hasNeuralNetworkClassifier());
    }
  }

  private void crossEntropy(LossLayer loss, Map<String, NeuralNetworkLayer> makers) {
    String input = loss.getCategoricalCrossEntropyLossLayer().getInput();
    NeuralNetworkLayer maker = makers.get(input);
    boolean softmax = maker != null && maker.hasSoftmax() && maker.getOutput(0).equals(input);
    if (!softmax) {
      findings.addAt(
          where(loss),
          Rule.CROSS_ENTROPY_INPUT,
          "it reads %s, which %s; it has to be what a softmax layer makes",
          Names.quoted(input),
          maker == null
              ? "no layer makes"
              : "the layer " + Names.quoted(maker.getName()) + " makes");
    }
    target(loss, makers, Rule.CROSS_ENTROPY_TARGET);
  }

  private void squaredError(LossLayer loss, Map<String, NeuralNetworkLayer> makers) {
    String input = loss.getMeanSquaredErrorLossLayer().getInput();
    if (!makers.containsKey(input)) {
      findings.addAt(
          where(loss),
          Rule.SQUARED_ERROR_INPUT,
          "it reads %s, which no layer makes",
          Names.quoted(input));
    }
    target(loss, makers, Rule.SQUARED_ERROR_TARGET);
  }

  private void target(LossLayer loss, Map<String, NeuralNetworkLayer> makers, Rule rule) {
    NeuralNetworkLayer maker = makers.get(target(loss));
    if (maker != null) {
      findings.addAt(
          where(loss),
          rule,
          "its target %s is made by the layer %s; it has to come from outside",
          Names.quoted(target(loss)),
          Names.quoted(maker.getName()));
    }
  }

  private void gradients() {
    GradientPath path = GradientPath.of(network);
    for (NeuralNetworkLayer layer : updatableLayers()) {
      Optional<String> obstacle = path.obstacle(layer.getName());
      String where = Names.of(layer);
      if (obstacle.isPresent()) {
        findings.addAt(
            where,
            Rule.GRADIENT_PATH,
            "it is updatable, but no gradient comes back through the layer %s that lies between it"
                + " and the loss",
            Names.quoted(obstacle.get()));
      } else if (!path.reaches(layer.getName())) {
        findings.addAt(
            where,
            Rule.UPDATABLE_LAYER_REACHED,
            "it is updatable, but does not lead to the loss; training leaves it as it is");
      }
    }
  }

  private List<NeuralNetworkLayer> updatableLayers() {
    return network.getLayersList().stream().filter(NeuralNetworkLayer::getIsUpdatable).toList();
  }

  private static String target(LossLayer loss) {
    return loss.hasMeanSquaredErrorLossLayer()
        ? loss.getMeanSquaredErrorLossLayer().getTarget()
        : loss.getCategoricalCrossEntropyLossLayer().getTarget();
  }

  private static String where(LossLayer loss) {
    return "loss layer " + Names.quoted(loss.getName());
  }
}
