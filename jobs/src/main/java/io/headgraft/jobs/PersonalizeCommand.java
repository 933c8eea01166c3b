package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.Json;
import io.headgraft.personalization.Personalize;
import io.headgraft.personalization.UpdateHandlers;
import io.headgraft.run.Settings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains an updatable model as a phone would. */
@Command(
    name = "personalize",
    mixinStandardHelpOptions = true,
    description = {
      "Trains an updatable Core ML model on a user's photos as a phone would, writes the updated model,"
          + " and shows how accurate it is after each epoch, on labels that it knew and on new ones.",
      "The written model is read back, held against Core ML's rules, and run on every photo: it has to"
          + " predict what the simulation does.",
      ""
    },
    footer = {
      "",
      "Example:",
      "  headgraft personalize --model classifier.mlmodel --data /photos/mine --test /photos/others \\",
      "    --label user0=thumbs-up --set personalize.epochs=50 --out mine.mlmodel"
    })
final class PersonalizeCommand implements Callable<Integer> {

  @Mixin private ConfigOptions config;

  @Mixin private JsonOption json;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description = "An updatable classifier: a network, or nearest neighbours.")
  private String model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description =
          "A folder of photos to train with, one folder a label; or with train/ and test/ folders,"
              + " of which the second is measured on.")
  private String data;

  @Option(
      names = "--test",
      paramLabel = "URI",
      description = "A folder of other photos, one folder a label, to measure on.")
  private String test;

  @Option(
      names = "--label",
      paramLabel = "PLACEHOLDER=LABEL",
      description =
          "What a placeholder of the model stands for from now on, as in user0=thumbs-up: photos of"
              + " that label train it. May be repeated.")
  private List<String> labels = new ArrayList<>();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Where the updated model goes.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Settings settings = config.settings();
    Personalize.Input input =
        new Personalize.Input(
            model,
            Sources.read(model, "model"),
            data,
            Optional.ofNullable(test),
            names(),
            settings.personalize(),
            out);
    PrintWriter err = spec.commandLine().getErr();
    Personalize personalize =
        new Personalize(
            SparkOptions.hadoop(),
            settings.image(),
            settings.dataset().maxRejected(),
            stage -> new ConsoleProgress(err, stage, "photos"));
    Personalize.Result result = personalize.run(input, UpdateHandlers.NONE);
    PrintWriter out = spec.commandLine().getOut();
    if (json.json()) {
      out.println(Json.line(result));
    } else {
      PersonalizedText.print(result, out);
    }
    return ExitCode.DONE.code();
  }

  private Map<String, String> names() {
    Map<String, String> names = new LinkedHashMap<>();
    for (String each : labels) {
      int at = each.indexOf('=');
      if (at < 1 || names.put(each.substring(0, at), each.substring(at + 1)) != null) {
        throw HeadgraftException.usage(
            "--label %s %s: give each placeholder one label, as in --label user0=thumbs-up"
                .formatted(each, at < 1 ? "names no placeholder" : "names it a second time"));
      }
    }
    return names;
  }
}
