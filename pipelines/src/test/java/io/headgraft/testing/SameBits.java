package io.headgraft.testing;

import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;

/** How to compare what was computed twice. */
public final class SameBits {

  private SameBits() {}

  /** To the bit, all but how long it took; by itself, AssertJ allows for rounding. */
  public static RecursiveComparisonConfiguration butForSeconds() {
    return RecursiveComparisonConfiguration.builder()
        .withComparatorForType(Double::compare, Double.class)
        .withComparatorForType(Float::compare, Float.class)
        .withIgnoredFieldsMatchingRegexes("(.*\\.)?seconds")
        .build();
  }
}
