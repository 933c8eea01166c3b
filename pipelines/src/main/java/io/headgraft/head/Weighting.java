package io.headgraft.head;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How much a nearest neighbour's label counts. */
public enum Weighting {
  /** As much as any other's. */
  UNIFORM,
  /** One over its distance; neighbours at distance 0 leave the others no say. */
  INVERSE_DISTANCE;

  /** As the configuration and JSON have it. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
