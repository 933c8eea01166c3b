package io.headgraft.evaluation;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Two classifiers on the same examples of one split.
 *
 * @param accuracyDifference a's accuracy minus b's
 * @param interval of that difference, at 95 % confidence
 * @param examplesNeeded to find a difference of this size; null if there is none
 */
public record Comparison(
    String a,
    String b,
    String split,
    int examples,
    int groups,
    int onlyARight,
    int onlyBRight,
    double accuracyDifference,
    Interval interval,
    double mcnemarP,
    double holmP,
    double detectableDifference,
    Long examplesNeeded,
    Verdict verdict) {

  /** What can be said. */
  public enum Verdict {
    A_BETTER,
    B_BETTER,
    NO_SIGNIFICANT_DIFFERENCE,
    TOO_FEW_EXAMPLES;

    /** As JSON has it. */
    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
