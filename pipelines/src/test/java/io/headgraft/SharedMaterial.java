package io.headgraft;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headgraft.coreml.proto.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The real weights and what lies beside them, where this machine has them; elsewhere the test that
 * asks for them is skipped.
 */
public final class SharedMaterial {

  private SharedMaterial() {}

  /** The real SqueezeNet, a Core ML file. */
  public static Path squeezeNetFile() {
    Optional<Path> file =
        Optional.ofNullable(System.getProperty("headgraft.backbone"))
            .or(() -> Optional.ofNullable(System.getenv("HEADGRAFT_BACKBONE")))
            .map(Path::of)
            .filter(path -> path.toString().endsWith(".mlmodel"));
    assumeTrue(
        file.isPresent(),
        "Neither headgraft.backbone nor HEADGRAFT_BACKBONE names a SqueezeNet.mlmodel");
    return file.get();
  }

  /** The real SqueezeNet. */
  public static Model squeezeNet() throws IOException {
    return Model.parseFrom(Files.readAllBytes(squeezeNetFile()));
  }

  /** What another implementation computed or wrote. */
  public static Path reference(String name) {
    Path path = squeezeNetFile().resolve("../../reference").resolve(name).normalize();
    assumeTrue(Files.exists(path), () -> "There is no reference " + path);
    return path;
  }
}
