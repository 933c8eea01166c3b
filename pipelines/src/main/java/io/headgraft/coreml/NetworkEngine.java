package io.headgraft.coreml;

import java.util.Arrays;
import java.util.List;

/** DJL's engines that run networks on the processor. Their results differ in the last bits. */
public enum NetworkEngine {
  PYTORCH("pytorch", "PyTorch"),
  ONNXRUNTIME("onnxruntime", "OnnxRuntime");

  private final String text;
  private final String djlName;

  NetworkEngine(String text, String djlName) {
    this.text = text;
    this.djlName = djlName;
  }

  /**
   * The engine of a name, as the configuration has it.
   *
   * @throws IllegalArgumentException naming those that there are
   */
  public static NetworkEngine of(String text) {
    return Arrays.stream(values())
        .filter(engine -> engine.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Engine '%s' is unknown: %s".formatted(text, String.join(", ", names()))));
  }

  /** The names of all. */
  public static List<String> names() {
    return Arrays.stream(values()).map(NetworkEngine::toString).toList();
  }

  /** What DJL calls it. */
  String djlName() {
    return djlName;
  }

  /** The name in the configuration. */
  @Override
  public String toString() {
    return text;
  }
}
