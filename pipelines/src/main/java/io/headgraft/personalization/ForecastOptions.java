package io.headgraft.personalization;

import java.io.Serializable;
import java.util.List;

/**
 * What a forecast plays through.
 *
 * @param photos numbers of photos a label that a user takes, ascending
 * @param replay numbers of known photos a label that go with them
 * @param newLabels numbers of labels that a user adds at once
 * @param episodes of each setting, at least
 * @param seconds that it may take two cores; a budget of {@link #multiplyAdds}, so that what is
 *     played through does not depend on how fast a machine is
 * @param bootstrap replicates of the intervals
 * @param seed of all that is drawn
 */
public record ForecastOptions(
    List<Integer> photos,
    List<Integer> replay,
    List<Integer> newLabels,
    int episodes,
    double seconds,
    int bootstrap,
    long seed)
    implements Serializable {

  /** Of the issue that asked for it: from what nobody minds to what nobody takes. */
  public static final List<Integer> PHOTOS = List.of(1, 3, 5, 10, 20, 50);

  /** Without old photos, and with as many as an app would store. */
  public static final List<Integer> REPLAY = List.of(0, 5);

  /** One is what most users do. */
  public static final List<Integer> NEW_LABELS = List.of(1, 2, 3);

  /** Fewer say nothing. */
  public static final int EPISODES = 20;

  /**
   * Of two cores in a second, all that comes with them included: copies, shuffles, softmaxes.
   * Measured on two cores of a Xeon with vectors of 512 bits: the forecast of the digits, 0.55e12
   * by these estimates, took 90 s of processor time.
   */
  private static final double MULTIPLY_ADDS_A_SECOND = 13e9;

  /** The budget. */
  public double multiplyAdds() {
    return seconds * MULTIPLY_ADDS_A_SECOND;
  }
}
