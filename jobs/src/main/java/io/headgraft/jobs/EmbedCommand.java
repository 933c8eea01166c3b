package io.headgraft.jobs;

import io.headgraft.Json;
import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.CompiledNetwork;
import io.headgraft.image.ImageTransform;
import io.headgraft.run.Settings;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the features of images. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    description = {"Prints the features of images: one JSON line an image.", ""},
    footer = {"", "Example:", "  headgraft embed photo.jpg"})
final class EmbedCommand implements Callable<Integer> {

  @Mixin private ConfigOptions config;

  @Mixin private BackboneOptions backboneOptions;

  @Mixin JsonAlways json;

  @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Image files.")
  private List<String> images;

  @Spec private CommandSpec spec;

  private record Embedding(String image, float[] feature) {}

  @Override
  public Integer call() {
    Settings settings = config.settings();
    ImageTransform.prepare();
    Backbone backbone = Sources.backbone(Sources.backboneUri(backboneOptions, settings), settings);
    try (CompiledNetwork network = backbone.compile(1, settings.engine())) {
      ImageTransform transform =
          new ImageTransform(settings.image(), network.input().width(), network.input().height());
      return new ImageLines(spec.commandLine(), settings.image(), transform)
          .print(
              images,
              (image, pixels) -> Json.line(new Embedding(image, network.run(List.of(pixels))[0])));
    }
  }
}
