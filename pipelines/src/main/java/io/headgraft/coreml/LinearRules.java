package io.headgraft.coreml;

import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.GLMClassifier;
import io.headgraft.coreml.proto.GLMClassifier.ClassEncoding;
import io.headgraft.coreml.proto.GLMClassifier.DoubleArray;
import io.headgraft.coreml.proto.GLMClassifier.PostEvaluationTransform;
import io.headgraft.coreml.proto.Model;
import java.util.List;
import java.util.OptionalLong;

/** What a linear classifier meets (a generalized linear model). */
final class LinearRules {

  private final Model model;
  private final GLMClassifier classifier;
  private final Findings findings;

  LinearRules(Model model, Findings findings) {
    this.model = model;
    this.classifier = model.getGlmClassifier();
    this.findings = findings;
  }

  void check() {
    ClassifierRules.Labels type =
        switch (classifier.getClassLabelsCase()) {
          case STRINGCLASSLABELS -> ClassifierRules.Labels.TEXTS;
          case INT64CLASSLABELS -> ClassifierRules.Labels.NUMBERS;
          case CLASSLABELS_NOT_SET -> ClassifierRules.Labels.NONE;
        };
    List<String> labels = ModelParts.labels(model);
    new ClassifierRules(model.getDescription(), findings).checkLabels(type, labels);
    inputs();
    form(labels.size());
    if (!findings.breaks(Rule.GLM_FORM) && !labels.isEmpty()) {
      weights(labels.size());
    }
  }

  private void inputs() {
    for (FeatureDescription input : model.getDescription().getInputList()) {
      FeatureType type = input.getType();
      boolean vector = type.hasDoubleType() || type.hasInt64Type() || type.hasMultiArrayType();
      if (!vector && type.getTypeCase() != FeatureType.TypeCase.TYPE_NOT_SET) {
        findings.addAt(
            "input " + Names.quoted(input.getName()),
            Rule.INPUT_TYPES,
            "it is of type %s; a linear classifier reads numbers and arrays",
            Inspection.type(type));
      }
    }
  }

  private void form(int labels) {
    PostEvaluationTransform transform = classifier.getPostEvaluationTransform();
    if (transform == PostEvaluationTransform.UNRECOGNIZED) {
      findings.add(
          Rule.GLM_FORM,
          "the transform %d is not known; use logit or probit",
          classifier.getPostEvaluationTransformValue());
    }
    if (classifier.getClassEncoding() == ClassEncoding.UNRECOGNIZED) {
      findings.add(
          Rule.GLM_FORM,
          "the class encoding %d is not known; use a reference class or one versus rest",
          classifier.getClassEncodingValue());
    }
    if (transform == PostEvaluationTransform.Probit && labels > 2) {
      findings.add(Rule.GLM_FORM, "probit is for two labels, there are %,d; use logit", labels);
    }
  }

  private void weights(int labels) {
    boolean oneForAll = classifier.getClassEncoding() == ClassEncoding.OneVsRest && labels != 2;
    int rows = oneForAll ? labels : labels - 1;
    List<DoubleArray> weights = classifier.getWeightsList();
    if (weights.isEmpty() || weights.size() != rows || classifier.getOffsetCount() != rows) {
      findings.add(
          Rule.GLM_WEIGHTS,
          "there are %,d rows of weights and %,d offsets; %,d labels need %,d of each",
          weights.size(),
          classifier.getOffsetCount(),
          labels,
          Math.max(1, rows));
      return;
    }
    int length = weights.get(0).getValueCount();
    for (int i = 0; i < weights.size(); i++) {
      if (length == 0 || weights.get(i).getValueCount() != length) {
        findings.add(
            Rule.GLM_WEIGHTS,
            "row %d has %,d weights, row 0 has %,d; all need as many as there are features",
            i,
            weights.get(i).getValueCount(),
            length);
      }
      if (!Finite.all(weights.get(i).getValueList())) {
        findings.add(
            Rule.WEIGHTS_FINITE, "row %d of the weights holds NaN or an infinite value", i);
      }
    }
    if (!Finite.all(classifier.getOffsetList())) {
      findings.add(Rule.WEIGHTS_FINITE, "the offsets hold NaN or an infinite value");
    }
    if (!findings.breaks(Rule.GLM_WEIGHTS)) {
      features(length);
    }
  }

  private void features(int weights) {
    OptionalLong numbers = numbersRead();
    if (numbers.isPresent() && numbers.getAsLong() != weights) {
      findings.add(
          Rule.GLM_FEATURES,
          "a row has %,d weights, the inputs are %,d numbers",
          weights,
          numbers.getAsLong());
    }
  }

  /** Of all inputs together; empty where one has no one shape. */
  private OptionalLong numbersRead() {
    long sum = 0;
    for (FeatureDescription input : model.getDescription().getInputList()) {
      FeatureType type = input.getType();
      long numbers = 1;
      if (type.hasMultiArrayType()) {
        try {
          for (long side : type.getMultiArrayType().getShapeList()) {
            numbers = Math.multiplyExact(numbers, side);
          }
        } catch (ArithmeticException e) {
          numbers = Long.MAX_VALUE;
        }
        if (type.getMultiArrayType().getShapeCount() == 0) {
          return OptionalLong.empty();
        }
      } else if (!type.hasDoubleType() && !type.hasInt64Type()) {
        return OptionalLong.empty();
      }
      sum = Math.max(sum, sum + numbers);
    }
    return OptionalLong.of(sum);
  }
}
