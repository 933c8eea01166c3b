package io.headgraft.head;

import java.util.List;

/**
 * What a sweep came to.
 *
 * @param setting the best on the held-out examples
 * @param trials every setting that was tried
 * @param fits how often a head was trained for it
 * @param seconds that took
 * @param heldOut for each held-out example, fold by fold, the logits of the chosen setting, or the
 *     logarithms of its probabilities
 * @param curve of the chosen setting in the first fold; empty for a head that is not trained step
 *     by step
 * @param seeds what the chosen setting gives with other seeds; empty for a head that has none
 */
public record Choice<S extends Setting>(
    S setting,
    List<Trial> trials,
    int fits,
    double seconds,
    double[][] heldOut,
    List<CurvePoint> curve,
    List<SeedTrial> seeds) {

  /** The chosen setting with one seed, on the held-out examples. */
  public record SeedTrial(long seed, double logLoss, double accuracy) {}
}
