package io.headgraft.coreml;

import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.ModelDescription;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a neural network meets: its interface, its layers, its training, its outputs. */
final class NetworkRules {

  private final Model model;
  private final ModelDescription description;
  private final NeuralNetwork network;
  private final Findings findings;

  NetworkRules(Model model, NeuralNetwork network, Findings findings) {
    this.model = model;
    this.description = model.getDescription();
    this.network = network;
    this.findings = findings;
  }

  void check() {
    if (model.hasNeuralNetworkClassifier()) {
      new ClassifierRules(description, findings).checkLabels(labelType(), ModelParts.labels(model));
    } else if (model.hasNeuralNetworkRegressor()) {
      new ClassifierRules(description, findings).checkRegressor();
    }
    new NetworkInterfaceRules(model, network, findings).check();
    Blobs blobs = new LayerRules(model, network, findings).check();
    new WeightRules(model, network, findings).check();
    if (model.getIsUpdatable()) {
      new UpdateRules(model, network, findings).check();
    }
    if (findings.breaks(Rule.LAYERS_PRESENT)) {
      return;
    }
    if (model.hasNeuralNetworkClassifier()) {
      probabilities(blobs);
    }
    outputs(blobs);
  }

  private ClassifierRules.Labels labelType() {
    return switch (model.getNeuralNetworkClassifier().getClassLabelsCase()) {
      case STRINGCLASSLABELS -> ClassifierRules.Labels.TEXTS;
      case INT64CLASSLABELS -> ClassifierRules.Labels.NUMBERS;
      case CLASSLABELS_NOT_SET -> ClassifierRules.Labels.NONE;
    };
  }

  private void probabilities(Blobs blobs) {
    NeuralNetworkClassifier classifier = model.getNeuralNetworkClassifier();
    String blob = classifier.getLabelProbabilityLayerName();
    if (!blob.isEmpty() && !blobs.mayMake(blob)) {
      findings.add(
          Rule.PROBABILITY_LAYER,
          "labelProbabilityLayerName is %s, which no layer makes",
          Names.quoted(blob));
      return;
    }
    int labels = ModelParts.labels(model).size();
    Optional<Shape> shape = blobs.shape(blob.isEmpty() ? lastBlob() : blob);
    if (labels > 0 && shape.isPresent() && shape.get().size() != labels) {
      findings.add(
          Rule.LABEL_COUNT,
          "there are %,d class labels for %,d probabilities",
          labels,
          shape.get().size());
    }
  }

  /** Where a classifier takes its probabilities from if it does not say. */
  private String lastBlob() {
    int last = network.getLayersCount() - 1;
    return last >= 0 && network.getLayers(last).getOutputCount() > 0
        ? network.getLayers(last).getOutput(0)
        : "";
  }

  private void outputs(Blobs blobs) {
    Set<String> extra = new HashSet<>(List.of(""));
    if (model.hasNeuralNetworkClassifier()) {
      extra.add(description.getPredictedFeatureName());
      extra.add(description.getPredictedProbabilitiesName());
    }
    Set<String> seen = new HashSet<>();
    for (FeatureDescription output : description.getOutputList()) {
      if (extra.contains(output.getName())) {
        continue;
      }
      String where = "output " + Names.quoted(output.getName());
      if (!blobs.mayMake(output.getName())) {
        findings.addAt(
            where,
            model.hasNeuralNetworkRegressor() ? Rule.REGRESSOR_OUTPUTS_MADE : Rule.OUTPUTS_MADE,
            "no layer of the network makes it");
      } else if (!seen.add(output.getName()) && model.hasNeuralNetwork()) {
        findings.addAt(where, Rule.OUTPUTS_MADE, "it is described twice; once is enough");
      } else {
        shape(where, output, blobs);
      }
    }
  }

  private void shape(String where, FeatureDescription output, Blobs blobs) {
    Optional<Shape> described = FeatureTypes.shape(output.getType());
    Optional<Shape> made = blobs.shape(output.getName());
    if (described.isPresent() && made.isPresent() && !described.equals(made)) {
      findings.addAt(
          where,
          Rule.OUTPUT_SHAPES,
          "it is described as %s, the network makes %s",
          described.get(),
          made.get());
    }
  }
}
