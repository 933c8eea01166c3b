package io.headgraft.jobs;

import io.headgraft.HeadgraftException;
import io.headgraft.Json;
import io.headgraft.coreml.ImageClassifier;
import io.headgraft.coreml.ModelFile;
import io.headgraft.image.ImageTransform;
import io.headgraft.run.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Classifies images with a Core ML model. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = {"Classifies images with a Core ML model: one JSON line an image.", ""},
    footer = {"", "Example:", "  headgraft predict --model classifier.mlmodel photo.jpg"})
final class PredictCommand implements Callable<Integer> {

  @Mixin private ConfigOptions config;

  @Mixin JsonAlways json;

  @Option(names = "--model", required = true, paramLabel = "MODEL", description = "A classifier.")
  private String model;

  @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Image files.")
  private List<String> images;

  @Spec private CommandSpec spec;

  private record Prediction(String image, String label, Map<String, Float> probabilities) {}

  @Override
  public Integer call() {
    Settings settings = config.settings();
    ImageTransform.prepare();
    try (ImageClassifier classifier =
        ImageClassifier.load(
            ModelFile.parse(Sources.read(model, "model"), model), model, 1, settings.engine())) {
      ImageTransform transform =
          new ImageTransform(
              settings.image(), classifier.input().width(), classifier.input().height());
      return new ImageLines(spec.commandLine(), settings.image(), transform)
          .print(
              images,
              (image, pixels) ->
                  Json.line(
                      prediction(
                          image,
                          classifier.labels(),
                          classifier.probabilities(List.of(pixels))[0])));
    }
  }

  private static Prediction prediction(String image, List<String> labels, float[] row) {
    Map<String, Float> probabilities = new LinkedHashMap<>();
    int best = 0;
    for (int i = 0; i < row.length; i++) {
      if (Float.isNaN(row[i])) {
        throw HeadgraftException.unusable(
            "%s: the model gives the label '%s' no number".formatted(image, labels.get(i)));
      }
      probabilities.put(labels.get(i), row[i]);
      best = row[i] > row[best] ? i : best;
    }
    return new Prediction(image, labels.get(best), probabilities);
  }
}
