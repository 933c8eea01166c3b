package io.headgraft.coreml;

import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.ModelDescription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the training inputs of an updatable network meet. */
final class TrainingInputRules {

  private final ModelDescription description;
  private final Findings findings;

  TrainingInputRules(ModelDescription description, Findings findings) {
    this.description = description;
    this.findings = findings;
  }

  /**
   * Checks the training inputs.
   *
   * @param target of the loss
   * @param classifier whether the label that a classifier predicts does for the target
   */
  void check(String target, boolean classifier) {
    List<FeatureDescription> given = description.getTrainingInputList();
    Map<String, FeatureDescription> inputs = new HashMap<>();
    description.getInputList().forEach(input -> inputs.putIfAbsent(input.getName(), input));
    List<FeatureDescription> others = new ArrayList<>();
    for (FeatureDescription feature : given) {
      FeatureDescription input = inputs.get(feature.getName());
      if (input == null || !FeatureTypes.same(feature, input)) {
        others.add(feature);
      }
    }
    String wanted = classifier ? description.getPredictedFeatureName() : target;
    if (given.size() < 2) {
      broken("there are %,d training inputs; give an input of the model and %s", given, wanted);
    } else if (others.size() == given.size()) {
      broken(
          "none of the %,d is an input of the model with its type; add one to %s", given, wanted);
    } else if (others.isEmpty()) {
      broken("all %,d are inputs of the model; add %s", given, wanted);
    } else {
      target(others, target, classifier);
    }
  }

  private void broken(String message, List<FeatureDescription> given, String wanted) {
    findings.add(Rule.TRAINING_INPUTS, message, given.size(), Names.quoted(wanted));
  }

  private void target(List<FeatureDescription> others, String target, boolean classifier) {
    String predicted = description.getPredictedFeatureName();
    for (FeatureDescription other : others) {
      boolean label = classifier && other.getName().equals(predicted);
      if (label && hasWrongType(other)) {
        findings.addAt(
            "training input " + Names.quoted(predicted),
            Rule.TRAINING_INPUTS,
            "it is of type %s, which is not the type of the output of this name",
            Inspection.type(other.getType()));
        return;
      }
      if (label || other.getName().equals(target)) {
        return;
      }
    }
    findings.add(
        Rule.TRAINING_INPUTS,
        "there is no training input %s for the loss to compare with; there are %s",
        (classifier ? Names.quoted(predicted) + " or " : "") + Names.quoted(target),
        Names.listed(
            description.getTrainingInputList().stream().map(FeatureDescription::getName).toList()));
  }

  private boolean hasWrongType(FeatureDescription label) {
    return description.getOutputList().stream()
        .filter(output -> output.getName().equals(label.getName()))
        .findFirst()
        .map(output -> !FeatureTypes.same(output, label))
        .orElse(false);
  }
}
