package io.headgraft.coreml;

import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.Pipeline;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** What a pipeline meets, whatever kind it is, and how its models fit together. */
final class PipelineRules {

  private final Model model;
  private final Pipeline pipeline;
  private final List<Model> models;
  private final Findings findings;

  PipelineRules(Model model, Pipeline pipeline, Findings findings) {
    this.model = model;
    this.pipeline = pipeline;
    this.models = pipeline.getModelsList();
    this.findings = findings;
  }

  /**
   * Checks the pipeline.
   *
   * @param part checks one of its models
   */
  void check(BiConsumer<Model, Findings> part) {
    if (models.isEmpty()) {
      findings.add(Rule.PIPELINE_MODELS, "the pipeline has no models");
      return;
    }
    Map<String, FeatureDescription> made = new HashMap<>();
    for (FeatureDescription input : model.getDescription().getInputList()) {
      made.put(input.getName(), input);
    }
    for (int i = 0; i < models.size(); i++) {
      Findings found = findings.of(name(i));
      inputs(models.get(i), made, found);
      part.accept(models.get(i), found);
      for (FeatureDescription output : models.get(i).getDescription().getOutputList()) {
        made.put(output.getName(), output);
      }
    }
    for (FeatureDescription output : model.getDescription().getOutputList()) {
      match("output " + Names.quoted(output.getName()), output, made, Rule.PIPELINE_OUTPUTS);
    }
    updatable();
    names();
    if (model.hasPipelineClassifier()) {
      new ClassifierRules(model.getDescription(), findings).checkPipeline();
    }
  }

  private static void inputs(Model model, Map<String, FeatureDescription> made, Findings findings) {
    for (FeatureDescription input : model.getDescription().getInputList()) {
      String where = "input " + Names.quoted(input.getName());
      match(where, input, made, Rule.PIPELINE_INPUTS, findings);
    }
  }

  private void match(
      String where, FeatureDescription wanted, Map<String, FeatureDescription> made, Rule rule) {
    match(where, wanted, made, rule, findings);
  }

  private static void match(
      String where,
      FeatureDescription wanted,
      Map<String, FeatureDescription> made,
      Rule rule,
      Findings findings) {
    FeatureDescription source = made.get(wanted.getName());
    if (source == null) {
      findings.addAt(
          where, rule, "neither the pipeline's inputs nor a model's outputs before it hold it");
    } else if (!FeatureTypes.same(wanted, source)) {
      findings.addAt(
          where,
          rule,
          "it is of type %s, what comes under this name is of type %s",
          Inspection.type(wanted.getType()),
          Inspection.type(source.getType()));
    }
  }

  private void updatable() {
    int last = models.size() - 1;
    for (int i = 0; i <= last; i++) {
      boolean updatable = models.get(i).getIsUpdatable();
      if (!model.getIsUpdatable() && updatable) {
        findings
            .of(name(i))
            .add(
                Rule.PIPELINE_NOT_UPDATABLE,
                "it is updatable, the pipeline is not; mark the pipeline too, or neither");
      } else if (model.getIsUpdatable() && updatable != (i == last)) {
        findings
            .of(name(i))
            .add(
                Rule.PIPELINE_UPDATABLE_LAST,
                i == last
                    ? "it is the last model of an updatable pipeline and not updatable itself"
                    : "it is updatable; in an updatable pipeline the last model alone can be");
      }
    }
  }

  private void names() {
    int count = pipeline.getNamesCount();
    if (count == 0) {
      return;
    }
    if (count != models.size()) {
      findings.add(Rule.PIPELINE_NAMES, "there are %,d names for %,d models", count, models.size());
    }
    Set<String> seen = new HashSet<>();
    for (String name : pipeline.getNamesList()) {
      if (!seen.add(name)) {
        findings.add(Rule.PIPELINE_NAMES, "more than one model is called %s", Names.quoted(name));
      }
    }
  }

  private String name(int i) {
    return i < pipeline.getNamesCount() && !pipeline.getNames(i).isEmpty()
        ? "model " + Names.quoted(pipeline.getNames(i))
        : "model " + (i + 1);
  }
}
