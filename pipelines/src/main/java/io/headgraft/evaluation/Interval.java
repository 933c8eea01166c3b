package io.headgraft.evaluation;

import com.fasterxml.jackson.annotation.JsonFormat;

/**
 * A closed interval.
 *
 * @param low its lower bound
 * @param high its upper bound, not below {@code low}
 */
@JsonFormat(shape = JsonFormat.Shape.ARRAY)
public record Interval(double low, double high) {

  /** Rejects bounds that are the wrong way round or not numbers. */
  public Interval {
    if (!(low <= high)) {
      throw new IllegalArgumentException("Invalid interval: " + low + " to " + high);
    }
  }
}
