package io.headgraft.dataset;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What an image is used for, in the order of precedence: held-out data stays held out. */
public enum Split {
  /** Measured on, once. */
  TEST,
  /** Chosen by. */
  VALIDATION,
  /** Trained on. */
  TRAIN;

  private static final Map<String, Split> NAMES =
      Map.of(
          "test",
          TEST,
          "validation",
          VALIDATION,
          "valid",
          VALIDATION,
          "val",
          VALIDATION,
          "train",
          TRAIN);

  /** The split that a folder or a manifest's column names, in any case. */
  public static Optional<Split> parse(String name) {
    return Optional.ofNullable(NAMES.get(name.toLowerCase(Locale.ROOT)));
  }

  /** The name that tables and reports use. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
