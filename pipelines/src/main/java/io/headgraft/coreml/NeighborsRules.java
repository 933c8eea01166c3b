package io.headgraft.coreml;

import io.headgraft.coreml.proto.ArrayFeatureType;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FloatVector;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier.WeightingSchemeCase;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NearestNeighborsIndex;
import io.headgraft.coreml.proto.NearestNeighborsIndex.DistanceFunctionCase;
import io.headgraft.coreml.proto.NearestNeighborsIndex.IndexTypeCase;
import java.util.List;

/** What a nearest-neighbours classifier meets, updatable or not. */
final class NeighborsRules {

  private final Model model;
  private final KNearestNeighborsClassifier classifier;
  private final NearestNeighborsIndex index;
  private final Findings findings;

  NeighborsRules(Model model, Findings findings) {
    this.model = model;
    this.classifier = model.getKNearestNeighborsClassifier();
    this.index = classifier.getNearestNeighborsIndex();
    this.findings = findings;
  }

  void check() {
    ParameterRules.flaw(classifier.getNumberOfNeighbors(), true)
        .ifPresent(flaw -> findings.addAt("numberOfNeighbors", Rule.NEIGHBORS_ALLOWED, "%s", flaw));
    if (classifier.getWeightingSchemeCase() == WeightingSchemeCase.WEIGHTINGSCHEME_NOT_SET) {
      findings.add(
          Rule.WEIGHTING_PRESENT,
          "there is no weighting scheme; give uniform or inverse-distance weighting");
    }
    labels();
    points();
    if (index.getIndexTypeCase() == IndexTypeCase.INDEXTYPE_NOT_SET) {
      findings.add(Rule.INDEX_PRESENT, "there is no index type; give a linear index or a kd-tree");
    }
    if (index.hasSingleKdTreeIndex() && index.getSingleKdTreeIndex().getLeafSize() <= 0) {
      findings.add(
          Rule.INDEX_PRESENT,
          "the kd-tree's leaf size %d is not positive",
          index.getSingleKdTreeIndex().getLeafSize());
    }
    if (index.getDistanceFunctionCase() == DistanceFunctionCase.DISTANCEFUNCTION_NOT_SET) {
      findings.add(
          Rule.DISTANCE_PRESENT, "there is no distance function; give the squared Euclidean one");
    }
    input();
  }

  private void labels() {
    ClassifierRules.Labels byDefault =
        switch (classifier.getDefaultClassLabelCase()) {
          case DEFAULTSTRINGLABEL -> ClassifierRules.Labels.TEXTS;
          case DEFAULTINT64LABEL -> ClassifierRules.Labels.NUMBERS;
          case DEFAULTCLASSLABEL_NOT_SET -> ClassifierRules.Labels.NONE;
        };
    ClassifierRules.Labels labels =
        switch (classifier.getClassLabelsCase()) {
          case STRINGCLASSLABELS -> ClassifierRules.Labels.TEXTS;
          case INT64CLASSLABELS -> ClassifierRules.Labels.NUMBERS;
          case CLASSLABELS_NOT_SET -> byDefault;
        };
    if (byDefault == ClassifierRules.Labels.NONE && labelCount() == 0) {
      findings.add(
          Rule.DEFAULT_LABEL, "there are neither labels nor a default label; give a default label");
    } else if (byDefault != ClassifierRules.Labels.NONE && byDefault != labels) {
      findings.add(
          Rule.DEFAULT_LABEL, "the default label and the class labels are of different types");
    }
    if (labels != ClassifierRules.Labels.NONE) {
      new ClassifierRules(model.getDescription(), findings).checkOutputs(labels);
    }
  }

  private int labelCount() {
    return Math.max(
        classifier.getStringClassLabels().getVectorCount(),
        classifier.getInt64ClassLabels().getVectorCount());
  }

  private void points() {
    if (index.getFloatSamplesCount() != labelCount()) {
      findings.add(
          Rule.POINTS_LABELLED,
          "there are %,d labels for %,d points",
          labelCount(),
          index.getFloatSamplesCount());
    }
    List<FloatVector> points = index.getFloatSamplesList();
    for (int i = 0; i < points.size(); i++) {
      FloatVector point = points.get(i);
      if (point.getVectorCount() != index.getNumberOfDimensions()) {
        findings.addAt(
            "point " + i,
            Rule.POINT_DIMENSIONS,
            "it has %,d values, the index has %,d dimensions",
            point.getVectorCount(),
            index.getNumberOfDimensions());
      }
      if (!Finite.all(point.getVectorList())) {
        findings.addAt("point " + i, Rule.WEIGHTS_FINITE, "it holds NaN or an infinite value");
      }
    }
  }

  private void input() {
    for (FeatureDescription input : model.getDescription().getInputList()) {
      ArrayFeatureType array = input.getType().getMultiArrayType();
      boolean fits =
          input.getType().hasMultiArrayType()
              && (array.getShapeCount() == 0
                  || array.getShapeList().equals(List.of((long) index.getNumberOfDimensions())));
      if (!fits) {
        findings.addAt(
            "input " + Names.quoted(input.getName()),
            Rule.POINT_INPUT,
            "it is of type %s, the index has %,d dimensions",
            Inspection.type(input.getType()),
            index.getNumberOfDimensions());
      }
    }
  }
}
