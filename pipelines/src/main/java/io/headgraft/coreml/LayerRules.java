package io.headgraft.coreml;

import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.NeuralNetworkLayer.LayerCase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the layers of a network meet, one after the other: what they read is there, what they make
 * is new, and their parameters go with the shape of what they read. Where that shape is not known,
 * because something before is broken or of a type that is not checked, nothing is said of it.
 */
final class LayerRules {

  private final Model model;
  private final NeuralNetwork network;
  private final Findings findings;
  private final boolean anyRank;
  private final boolean complete;
  private final Set<String> available = new HashSet<>();
  private final Set<String> made = new HashSet<>();
  private final Set<String> missing = new HashSet<>();
  private final Set<Integer> notChecked = new HashSet<>();
  private final Map<String, Shape> shapes = new HashMap<>();

  LayerRules(Model model, NeuralNetwork network, Findings findings) {
    this.model = model;
    this.network = network;
    this.findings = findings;
    this.anyRank = NetworkInterfaceRules.hasAnyRank(network);
    this.complete = network.getLayersList().stream().noneMatch(OtherTypes::isControlFlow);
  }

  Blobs check() {
    if (network.getLayersCount() == 0) {
      findings.add(Rule.LAYERS_PRESENT, "the network has no layers");
    }
    if (anyRank && !findings.breaks(Rule.SHAPE_MAPPING)) {
      findings.add(
          Rule.CHECKED,
          "shapes are not checked in a network whose arrays have any number of dimensions");
    }
    for (FeatureDescription input : model.getDescription().getInputList()) {
      available.add(input.getName());
      FeatureTypes.shape(input.getType()).ifPresent(shape -> shapes.put(input.getName(), shape));
    }
    network.getLayersList().forEach(this::layer);
    return new Blobs(made, complete, shapes);
  }

  private void layer(NeuralNetworkLayer layer) {
    for (String blob : layer.getInputList()) {
      if (complete && !available.contains(blob) && missing.add(blob)) {
        findings.addAt(
            Names.of(layer),
            Rule.BLOBS_MADE_BEFORE_USE,
            "it reads %s, which is no input of the model and which no layer before it makes",
            Names.quoted(blob));
      }
    }
    List<Shape> outputs = isKnown(layer) ? outputs(layer) : List.of();
    boolean copies = OtherTypes.isCopy(layer);
    for (int i = 0; i < layer.getOutputCount(); i++) {
      String blob = layer.getOutput(i);
      if (!available.add(blob) && !copies) {
        findings.addAt(
            Names.of(layer),
            Rule.BLOBS_MADE_ONCE,
            "it makes %s, which is an input of the model or was made before; give it another name",
            Names.quoted(blob));
      } else if (i < outputs.size()) {
        shapes.put(blob, outputs.get(i));
      }
      made.add(blob);
    }
  }

  private boolean isKnown(NeuralNetworkLayer layer) {
    if (layer.getLayerCase() != LayerCase.LAYER_NOT_SET) {
      return true;
    }
    OptionalInt type = OtherTypes.ofLayer(layer);
    if (type.isEmpty()) {
      findings.addAt(Names.of(layer), Rule.LAYER_TYPES, "it has no type");
    } else if (notChecked.add(type.getAsInt())) {
      findings.addAt(
          Names.of(layer),
          Rule.CHECKED,
          "layers of its type, field %d of the format, are not checked",
          type.getAsInt());
    }
    return false;
  }

  /** What the layer makes of the shapes that it reads, as far as they are known. */
  private List<Shape> outputs(NeuralNetworkLayer layer) {
    List<Shape> inputs = new ArrayList<>();
    for (String blob : layer.getInputList()) {
      Shape shape = shapes.get(blob);
      if (shape == null) {
        return List.of();
      }
      inputs.add(shape);
    }
    if (anyRank) {
      return List.of();
    }
    if (layer.getInnerProduct().getInt8DynamicQuantize()) {
      findings.addAt(Names.of(layer), Rule.CHECKED, "dynamic quantization is not checked");
      return List.of();
    }
    try {
      return LayerShapes.of(layer, inputs);
    } catch (InvalidLayerException e) {
      // A type that is not supported here may well be one that Core ML knows.
      Rule rule = e.rule() == Rule.LAYER_TYPES ? Rule.CHECKED : e.rule();
      findings.addAt(Names.of(layer), rule, "%s", e.getMessage());
      return List.of();
    }
  }
}
