package io.headgraft.run;

import io.headgraft.evaluation.Comparisons;

/**
 * What a report says, and shows.
 *
 * @param resolution the smallest difference of accuracy that matters; where the test split could
 *     not show it, the report says so
 * @param bootstrap replicates of the differences' intervals
 * @param seed of those replicates
 * @param mistakes at most so many test photos are shown
 * @param variants of so many training photos are shown
 * @param thumbnail the longest side of a photo that is shown, in pixels
 */
public record ReportOptions(
    double resolution, int bootstrap, long seed, int mistakes, int variants, int thumbnail) {

  /** How classifiers are compared. */
  Comparisons.Options comparisons() {
    return new Comparisons.Options(resolution, bootstrap, seed);
  }
}
