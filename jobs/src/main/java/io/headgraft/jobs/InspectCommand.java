package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.Json;
import io.headgraft.VisibleText;
import io.headgraft.coreml.Inspection;
import io.headgraft.coreml.ModelDifferences;
import io.headgraft.coreml.ModelDifferences.Difference;
import io.headgraft.coreml.ModelFile;
import io.headgraft.coreml.proto.Model;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what is in a Core ML model, or what two differ in. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what is in a Core ML model, or what two models differ in.",
      "Inputs, training inputs, preprocessing, layers, which of them train on the device and where"
          + " gradients stop, hyper-parameters with their allowed values, labels, metadata.",
      ""
    },
    footer = {
      "",
      "Examples:",
      "  headgraft inspect classifier.mlmodel",
      "  headgraft inspect yesterday.mlmodel today.mlmodel"
    })
final class InspectCommand implements Callable<Integer> {

  private static final int SHOWN_LABELS = 30;

  @Mixin private JsonOption json;

  @Parameters(
      paramLabel = "MODEL",
      arity = "1..2",
      description = "A .mlmodel file or .mlpackage folder; of two, the differences are shown.")
  private List<String> models;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Model first = read(models.get(0));
    if (models.size() == 2) {
      differences(ModelDifferences.between(first, read(models.get(1))));
    } else {
      inspection(Inspection.of(first));
    }
    return ExitCode.DONE.code();
  }

  private static Model read(String model) {
    return ModelFile.parse(Sources.read(model, "model"), model);
  }

  private void inspection(Inspection inspection) {
    PrintWriter out = spec.commandLine().getOut();
    if (json.json()) {
      out.println(Json.line(inspection));
    } else {
      print(out, inspection, "");
    }
  }

  private void differences(List<Difference> differences) {
    PrintWriter out = spec.commandLine().getOut();
    if (json.json()) {
      out.println(Json.line(differences));
    } else if (differences.isEmpty()) {
      out.println("The models do not differ.");
    }
    for (Difference difference : json.json() ? List.<Difference>of() : differences) {
      out.printf(
          "%s%n  - %s%n  + %s%n", difference.field(), difference.first(), difference.second());
    }
  }

  private static void print(PrintWriter out, Inspection model, String indent) {
    out.printf(
        "%s%s, specification version %d, %s, %,d parameters%n",
        indent,
        model.type(),
        model.specificationVersion(),
        model.updatable() ? "updatable" : "not updatable",
        model.parameters());
    features(out, indent, "input", model.inputs());
    features(out, indent, "output", model.outputs());
    features(out, indent, "training input", model.trainingInputs());
    model
        .preprocessing()
        .forEach(step -> out.printf("%s  %-16s %s%n", indent, "preprocessing", step));
    if (model.examples() != null) {
      print(out, indent, model.examples());
    }
    for (Inspection.Hyperparameter parameter : model.hyperparameters()) {
      out.printf(
          "%s  %-16s %s, allowed: %s%n",
          indent, parameter.name(), parameter.defaultValue(), parameter.allowed());
    }
    if (!model.labels().isEmpty()) {
      out.printf("%s  %-16s %s%n", indent, "labels", labels(model.labels()));
    }
    model.metadata().forEach((key, value) -> out.printf("%s  %s: %s%n", indent, key, value));
    if (!model.layers().isEmpty()) {
      out.printf("%s  layers:%n", indent);
    }
    for (Inspection.Layer layer : model.layers()) {
      out.printf(
          "%s    %-26s %-14s %,10d parameters%s%s%n",
          indent,
          layer.name(),
          layer.type(),
          layer.parameters(),
          layer.precision().isEmpty() ? "" : ", " + layer.precision(),
          training(layer));
    }
    if (!model.gradientsStopAt().isEmpty()) {
      out.printf(
          "%s  gradients stop at %s: what it reads from cannot train on the device%n",
          indent, model.gradientsStopAt());
    }
    model.models().forEach(part -> print(out, part, indent + "  "));
  }

  private static void print(PrintWriter out, String indent, Inspection.Examples examples) {
    out.printf(
        "%s  %-16s %,d of %,d dimensions, %s index, %s distance, %s weighting, '%s' without any%n",
        indent,
        "examples",
        examples.count(),
        examples.dimensions(),
        examples.index(),
        examples.distance(),
        examples.weighting(),
        examples.defaultLabel());
  }

  private static String training(Inspection.Layer layer) {
    if (layer.updatable()) {
      return ", trains on the device";
    }
    return layer.gradients() && layer.parameters() > 0 ? ", fixed, gradients pass" : "";
  }

  private static String labels(List<String> labels) {
    String shown =
        VisibleText.line(
            String.join(" | ", labels.subList(0, Math.min(SHOWN_LABELS, labels.size()))));
    return labels.size() <= SHOWN_LABELS
        ? shown
        : "%s … (%,d in all, see --json)".formatted(shown, labels.size());
  }

  private static void features(
      PrintWriter out, String indent, String role, Iterable<Inspection.Feature> features) {
    for (Inspection.Feature feature : features) {
      out.printf("%s  %-16s %s: %s%n", indent, role, feature.name(), feature.type());
    }
  }
}
