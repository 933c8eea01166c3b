package io.headgraft.coreml;

import io.headgraft.coreml.proto.DictionaryFeatureType.KeyTypeCase;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.ModelDescription;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What classifiers of all types meet in what they put out, and regressors. */
final class ClassifierRules {

  /** What the labels of a classifier are. */
  enum Labels {
    TEXTS("text"),
    NUMBERS("integer"),
    NONE("none");

    private final String word;

    Labels(String word) {
      this.word = word;
    }
  }

  private final ModelDescription description;
  private final Findings findings;

  ClassifierRules(ModelDescription description, Findings findings) {
    this.description = description;
    this.findings = findings;
  }

  /** Checks the labels of a classifier that has one for each of its probabilities. */
  void checkLabels(Labels type, List<String> labels) {
    if (labels.isEmpty()) {
      findings.add(Rule.CLASS_LABELS, "the classifier has no class labels");
    }
    Set<String> seen = new HashSet<>();
    for (String label : labels) {
      if (!seen.add(label)) {
        findings.add(
            Rule.CLASS_LABELS_UNIQUE,
            "the class label %s is there more than once; which one wins cannot be told",
            Names.quoted(label));
      }
    }
    if (type != Labels.NONE) {
      checkOutputs(type);
    }
  }

  /** Checks that the predicted label and its probabilities are outputs. */
  void checkOutputs(Labels type) {
    String predicted = description.getPredictedFeatureName();
    Optional<FeatureDescription> label = output(predicted);
    if (label.isEmpty()) {
      notAnOutput(Rule.PREDICTED_FEATURE, "predictedFeatureName", predicted);
    } else if (labelsOf(label.get().getType()) != type) {
      findings.addAt(
          "output " + Names.quoted(predicted),
          Rule.PREDICTED_FEATURE,
          "the predicted label is of type %s, the class labels are of type %s",
          Inspection.type(label.get().getType()),
          type.word);
    }
    String probabilities = description.getPredictedProbabilitiesName();
    if (!probabilities.isEmpty()) {
      output(probabilities)
          .ifPresentOrElse(
              output -> probabilities(output, type),
              () ->
                  notAnOutput(
                      Rule.PREDICTED_PROBABILITIES, "predictedProbabilitiesName", probabilities));
    }
  }

  private void probabilities(FeatureDescription output, Labels type) {
    String where = "output " + Names.quoted(output.getName());
    FeatureType actual = output.getType();
    if (!actual.hasDictionaryType() && !actual.hasMultiArrayType()) {
      findings.addAt(
          where,
          Rule.PREDICTED_PROBABILITIES,
          "the probabilities are of type %s; make them a dictionary",
          Inspection.type(actual));
      return;
    }
    KeyTypeCase keys = actual.getDictionaryType().getKeyTypeCase();
    KeyTypeCase wanted =
        type == Labels.TEXTS ? KeyTypeCase.STRINGKEYTYPE : KeyTypeCase.INT64KEYTYPE;
    boolean reported = actual.hasDictionaryType() && keys == KeyTypeCase.KEYTYPE_NOT_SET;
    if (keys != wanted && !reported) {
      findings.addAt(
          where,
          Rule.PROBABILITY_KEYS,
          "the probabilities are of type %s; make them a dictionary with keys of type %s",
          Inspection.type(actual),
          type.word);
    }
  }

  /** Checks that what a regressor predicts is an output. */
  void checkRegressor() {
    String predicted = description.getPredictedFeatureName();
    Optional<FeatureDescription> output = output(predicted);
    if (output.isEmpty()) {
      notAnOutput(Rule.PREDICTED_FEATURE, "predictedFeatureName", predicted);
      return;
    }
    FeatureType type = output.get().getType();
    if (!type.hasDoubleType() && !type.hasMultiArrayType()) {
      findings.addAt(
          "output " + Names.quoted(predicted),
          Rule.PREDICTED_FEATURE,
          "what the regressor predicts is of type %s; make it a number or an array",
          Inspection.type(type));
    }
  }

  /** Checks that what a pipeline predicts is an output, which Core ML does not. */
  void checkPipeline() {
    String predicted = description.getPredictedFeatureName();
    if (output(predicted).isEmpty()) {
      notAnOutput(Rule.PIPELINE_PREDICTED_FEATURE, "predictedFeatureName", predicted);
    }
  }

  private void notAnOutput(Rule rule, String field, String name) {
    findings.add(
        rule,
        "%s is %s; the outputs are %s",
        field,
        name.isEmpty() ? "not given" : Names.quoted(name),
        Names.listed(
            description.getOutputList().stream().map(FeatureDescription::getName).toList()));
  }

  private Optional<FeatureDescription> output(String name) {
    return description.getOutputList().stream()
        .filter(output -> !name.isEmpty() && output.getName().equals(name))
        .findFirst();
  }

  private static Labels labelsOf(FeatureType type) {
    return switch (type.getTypeCase()) {
      case STRINGTYPE -> Labels.TEXTS;
      case INT64TYPE -> Labels.NUMBERS;
      case DOUBLETYPE,
          IMAGETYPE,
          MULTIARRAYTYPE,
          DICTIONARYTYPE,
          SEQUENCETYPE,
          STATETYPE,
          TYPE_NOT_SET ->
          Labels.NONE;
    };
  }
}
