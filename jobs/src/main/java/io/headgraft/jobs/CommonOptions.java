package io.headgraft.jobs;

import io.headgraft.run.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that every command has. */
final class CommonOptions {

  @Option(
      names = "--backbone",
      paramLabel = "URI",
      description =
          "The frozen network: a Core ML neural network (.mlmodel) or squeezenet_v1.1.caffemodel."
              + " If not set: HEADGRAFT_BACKBONE, else the cache, else the download.")
  private String backbone;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration (HOCON); names only what differs from conf/headgraft.conf, where each key"
              + " is explained.")
  private Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Changes one configuration key; may be repeated.")
  private List<String> overrides = new ArrayList<>();

  @Option(names = "--json", description = "Machine-readable output.")
  private boolean json;

  Optional<String> backbone() {
    return Optional.ofNullable(backbone)
        .or(() -> Optional.ofNullable(System.getenv("HEADGRAFT_BACKBONE")))
        .filter(uri -> !uri.isBlank());
  }

  Settings settings() {
    return Settings.load(Optional.ofNullable(config), overrides);
  }

  boolean json() {
    return json;
  }
}
