package io.headgraft.jobs;

import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the frozen network lies. */
final class BackboneOptions {

  @Option(
      names = "--backbone",
      paramLabel = "URI",
      description =
          "The frozen network: a Core ML neural network (.mlmodel) or squeezenet_v1.1.caffemodel;"
              + " a path, a URI, or the name of a file that spark-submit --files brings along."
              + " If not set: HEADGRAFT_BACKBONE, else the cache, else the download.")
  private String backbone;

  Optional<String> backbone() {
    return Optional.ofNullable(backbone)
        .or(() -> Optional.ofNullable(System.getenv("HEADGRAFT_BACKBONE")))
        .filter(uri -> !uri.isBlank());
  }
}
