package io.headgraft.run;

import java.util.Locale;

/** A model that is shipped, by the name of its file. */
public enum ModelVariant {
  /** The trained head, which the phone may go on training. */
  CLASSIFIER("Image classifier that can be trained on the device"),
  /** The same with random weights. */
  EMPTY("Image classifier with random weights, to be trained on the device from nothing"),
  /** Nearest neighbours, to which the phone adds examples. */
  KNN("Image classifier by nearest neighbours, to which examples can be added on the device"),
  /** The trained head for systems that cannot train it. */
  PLAIN("Image classifier");

  private final String description;

  ModelVariant(String description) {
    this.description = description;
  }

  /** What the model says of itself by default. */
  String description() {
    return description;
  }

  /** The configuration's name for it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The file's name. */
  public String file() {
    return text() + ".mlmodel";
  }

  /** Whether it holds the trained head, with its placeholders. */
  boolean trained() {
    return switch (this) {
      case CLASSIFIER, PLAIN -> true;
      case EMPTY, KNN -> false;
    };
  }
}
