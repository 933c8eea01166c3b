package io.headgraft.coreml;

import io.headgraft.coreml.proto.ArrayFeatureType.DefaultOptionalValueCase;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.Model.TypeCase;
import io.headgraft.coreml.proto.ModelDescription;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What every model meets, whatever its type. */
final class InterfaceRules {

  /** The newest version of the format, that of iOS 26. */
  private static final int NEWEST_VERSION = 10;

  private static final int UPDATABLE_VERSION = 4;
  private static final int DEFAULT_VALUES_VERSION = 5;

  /** From here on a network or pipeline may do without inputs. */
  private static final int NO_INPUT_VERSION = 9;

  private final Model model;
  private final ModelDescription description;
  private final Findings findings;

  InterfaceRules(Model model, Findings findings) {
    this.model = model;
    this.description = model.getDescription();
    this.findings = findings;
  }

  void check() {
    int version = model.getSpecificationVersion();
    if (version < 1) {
      findings.add(
          Rule.VERSION_PRESENT, "the specification version is %d; 1 is the first", version);
    } else if (version > NEWEST_VERSION) {
      findings.add(
          Rule.VERSION_KNOWN,
          "the specification version is %d, and %d the newest that is known",
          version,
          NEWEST_VERSION);
    }
    features();
    updatable();
    optional();
  }

  private void features() {
    boolean mayHaveNoInput =
        model.getSpecificationVersion() >= NO_INPUT_VERSION && (isNetwork() || isPipeline());
    if (description.getInputCount() == 0 && !mayHaveNoInput) {
      findings.add(Rule.FEATURES_PRESENT, "the model has no input");
    }
    if (description.getOutputCount() == 0) {
      findings.add(Rule.FEATURES_PRESENT, "the model has no output");
    }
    features("input", description.getInputList(), true);
    features("output", description.getOutputList(), false);
  }

  private void features(String role, List<FeatureDescription> features, boolean input) {
    FeatureTypeRules types = new FeatureTypeRules(model.getSpecificationVersion(), input);
    Set<String> names = new HashSet<>();
    for (int i = 0; i < features.size(); i++) {
      FeatureDescription feature = features.get(i);
      String where = role + " " + Names.quoted(feature.getName());
      if (feature.getName().isEmpty()) {
        findings.add(Rule.FEATURE_NAMES, "%s %d of the model has no name", role, i + 1);
      } else if (!names.add(feature.getName())) {
        findings.addAt(where, Rule.FEATURE_NAMES_UNIQUE, "another %s has this name", role);
      }
      types
          .flaw(feature.getType())
          .ifPresent(flaw -> findings.addAt(where, Rule.FEATURE_TYPES, "%s", flaw));
    }
  }

  private void updatable() {
    if (!model.getIsUpdatable()) {
      return;
    }
    if (model.getSpecificationVersion() < UPDATABLE_VERSION) {
      findings.add(
          Rule.UPDATABLE_VERSION,
          "the model is updatable, which needs specification version %d; it has %d",
          UPDATABLE_VERSION,
          model.getSpecificationVersion());
    }
    if (!isNetwork() && !isPipeline() && !model.hasKNearestNeighborsClassifier() && hasType()) {
      findings.add(
          Rule.UPDATABLE_TYPE, "the model is updatable, but its type %s cannot be", typeName());
    }
  }

  private void optional() {
    if (model.getSpecificationVersion() < DEFAULT_VALUES_VERSION || !isNetwork()) {
      for (FeatureDescription input : description.getInputList()) {
        if (input.getType().getIsOptional() && hasDefault(input)) {
          findings.addAt(
              "input " + Names.quoted(input.getName()),
              Rule.DEFAULT_VALUES,
              "it has a default value, which networks of specification version %d have",
              DEFAULT_VALUES_VERSION);
        }
      }
    }
    List<FeatureDescription> inputs = description.getInputList();
    if (isNetwork()
        && !inputs.isEmpty()
        && inputs.stream().allMatch(input -> input.getType().getIsOptional())) {
      findings.add(Rule.REQUIRED_INPUT, "all inputs of the network are optional; one must not be");
    }
    if (model.hasKNearestNeighborsClassifier() || model.hasGlmClassifier()) {
      optional("input", inputs, Rule.NO_OPTIONAL_INPUT);
    }
    optional("output", description.getOutputList(), Rule.NO_OPTIONAL_OUTPUT);
  }

  private void optional(String role, List<FeatureDescription> features, Rule rule) {
    for (FeatureDescription feature : features) {
      if (feature.getType().getIsOptional()) {
        findings.addAt(
            role + " " + Names.quoted(feature.getName()),
            rule,
            "it is optional, which it cannot be here");
      }
    }
  }

  private static boolean hasDefault(FeatureDescription input) {
    return input.getType().getMultiArrayType().getDefaultOptionalValueCase()
        != DefaultOptionalValueCase.DEFAULTOPTIONALVALUE_NOT_SET;
  }

  private boolean isNetwork() {
    return model.hasNeuralNetwork()
        || model.hasNeuralNetworkClassifier()
        || model.hasNeuralNetworkRegressor();
  }

  private boolean isPipeline() {
    return ModelParts.pipeline(model).isPresent();
  }

  private boolean hasType() {
    return model.getTypeCase() != TypeCase.TYPE_NOT_SET || !OtherTypes.ofModel(model).isEmpty();
  }

  private String typeName() {
    return model.getTypeCase() == TypeCase.TYPE_NOT_SET
        ? OtherTypes.ofModel(model)
        : Model.getDescriptor().findFieldByNumber(model.getTypeCase().getNumber()).getName();
  }
}
