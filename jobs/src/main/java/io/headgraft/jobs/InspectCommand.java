package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.Json;
import io.headgraft.coreml.Inspection;
import io.headgraft.coreml.ModelFile;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what is in a Core ML model. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what is in a Core ML model.",
      "Inputs, training inputs, layers, hyper-parameters with their allowed values, labels, metadata.",
      ""
    },
    footer = {"", "Example:", "  headgraft inspect classifier.mlmodel"})
final class InspectCommand implements Callable<Integer> {

  @Mixin private JsonOption json;

  @Parameters(paramLabel = "MODEL", description = "A .mlmodel file.")
  private String model;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Inspection inspection = Inspection.of(ModelFile.parse(Sources.read(model, "model"), model));
    if (json.json()) {
      out.println(Json.line(inspection));
    } else {
      print(out, inspection, "");
    }
    return ExitCode.DONE.code();
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
    for (Inspection.Hyperparameter parameter : model.hyperparameters()) {
      out.printf(
          "%s  %-16s %s, allowed: %s%n",
          indent, parameter.name(), parameter.defaultValue(), parameter.allowed());
    }
    if (!model.labels().isEmpty()) {
      out.printf("%s  %-16s %s%n", indent, "labels", String.join(", ", model.labels()));
    }
    model.metadata().forEach((key, value) -> out.printf("%s  %s: %s%n", indent, key, value));
    if (!model.layers().isEmpty()) {
      out.printf("%s  layers:%n", indent);
    }
    for (Inspection.Layer layer : model.layers()) {
      out.printf(
          "%s    %-26s %-14s %,10d parameters%s%n",
          indent,
          layer.name(),
          layer.type(),
          layer.parameters(),
          layer.updatable() ? ", trains on the device" : "");
    }
    model.models().forEach(part -> print(out, part, indent + "  "));
  }

  private static void features(
      PrintWriter out, String indent, String role, Iterable<Inspection.Feature> features) {
    for (Inspection.Feature feature : features) {
      out.printf("%s  %-16s %s: %s%n", indent, role, feature.name(), feature.type());
    }
  }
}
