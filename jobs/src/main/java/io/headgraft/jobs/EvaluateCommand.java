package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.Json;
import io.headgraft.dataset.Split;
import io.headgraft.run.EvaluateModel;
import io.headgraft.run.Settings;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a Core ML model on labelled images. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Measures a Core ML image classifier on labelled images: one line of JSON.",
      "Images whose label the model does not know count as wrong; unknown-labels says how many there"
          + " are. Log-loss and AUC are those of the other images.",
      ""
    },
    footer = {
      "",
      "Example:",
      "  headgraft evaluate --model classifier.mlmodel --data /photos --split test"
    })
final class EvaluateCommand implements Callable<Integer> {

  @Mixin private ConfigOptions config;

  @Mixin private SparkOptions sparkOptions;

  @Mixin JsonAlways json;

  @Option(names = "--model", required = true, paramLabel = "MODEL", description = "A classifier.")
  private String model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description = "The data set, as for 'headgraft extract'; one label is enough.")
  private String data;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description =
          "train, validation or test: of the data set's own splits, or those that training would"
              + " give it. If not set: all images.")
  private Split split;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    // The configuration and the model first: what is wrong with them should not wait for Spark.
    Settings settings = config.settings();
    byte[] file = Sources.read(model, "model");
    try (SparkSession spark = sparkOptions.session("evaluate")) {
      EvaluateModel evaluate =
          new EvaluateModel(
              spark,
              settings.dataset(),
              settings.image(),
              new ConsoleProgress(spec.commandLine().getErr(), "evaluate", "images"));
      EvaluateModel.Result result =
          evaluate.run(model, file, settings.batchSize(), data, Optional.ofNullable(split));
      spec.commandLine().getOut().println(Json.line(result));
    }
    return ExitCode.DONE.code();
  }
}
