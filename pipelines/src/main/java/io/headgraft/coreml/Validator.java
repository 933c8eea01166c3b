package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.Rule.Severity;
import io.headgraft.coreml.proto.Model;
import java.util.List;
import java.util.Optional;

/**
 * Says whether a phone would take a model: the rules of Core ML's own validator, each with a code,
 * and as warnings what that lets through though it fails later, or can hardly be meant.
 */
public final class Validator {

  /** Pipelines in pipelines that are looked into; nobody nests them this deep. */
  private static final int DEPTH = 16;

  private Validator() {}

  /**
   * The rules that a model breaks, in the order in which Core ML applies them: of each, the first
   * ten places and the number of the others. What cannot be judged because of an earlier error is
   * left out.
   */
  public static List<Finding> findings(Model model) {
    Findings findings = Findings.empty();
    check(model, findings, DEPTH);
    return findings.inOrder();
  }

  /**
   * Refuses a model that Core ML would refuse; warnings pass.
   *
   * @param name what to call the file in messages
   * @throws HeadgraftException naming the file, the first rule that is broken, and how
   */
  public static void requireValid(Model model, String name) {
    Optional<Finding> error =
        findings(model).stream()
            .filter(finding -> finding.rule().severity() == Severity.ERROR)
            .findFirst();
    if (error.isPresent()) {
      throw HeadgraftException.unusable(
          "%s is not a valid Core ML model: %s".formatted(name, error.get().text()));
    }
  }

  private static void check(Model model, Findings findings, int depth) {
    new InterfaceRules(model, findings).check();
    switch (model.getTypeCase()) {
      case NEURALNETWORK, NEURALNETWORKCLASSIFIER, NEURALNETWORKREGRESSOR ->
          new NetworkRules(model, ModelParts.network(model).orElseThrow(), findings).check();
      case KNEARESTNEIGHBORSCLASSIFIER -> {
        new NeighborsRules(model, findings).check();
        trainingInputs(model, findings);
      }
      case GLMCLASSIFIER -> new LinearRules(model, findings).check();
      case PIPELINE, PIPELINECLASSIFIER, PIPELINEREGRESSOR -> {
        pipeline(model, findings, depth);
        trainingInputs(model, findings);
      }
      case IDENTITY -> {}
      case TYPE_NOT_SET -> otherType(model, findings);
    }
  }

  private static void pipeline(Model model, Findings findings, int depth) {
    if (depth == 0) {
      findings.add(Rule.CHECKED, "pipelines nested deeper than %d are not checked", DEPTH);
      return;
    }
    new PipelineRules(model, ModelParts.pipeline(model).orElseThrow(), findings)
        .check((part, found) -> check(part, found, depth - 1));
  }

  private static void trainingInputs(Model model, Findings findings) {
    if (model.getIsUpdatable() && model.getDescription().getTrainingInputCount() == 0) {
      findings.add(
          Rule.TRAINING_INPUTS_GIVEN,
          "it is updatable, but has no training inputs; an app cannot tell what to train it with");
    }
  }

  private static void otherType(Model model, Findings findings) {
    String type = OtherTypes.ofModel(model);
    if (type.isEmpty()) {
      findings.add(Rule.MODEL_TYPE, "the model has no type that Core ML knows");
    } else {
      findings.add(Rule.CHECKED, "models of its type %s are not checked any further", type);
    }
  }
}
