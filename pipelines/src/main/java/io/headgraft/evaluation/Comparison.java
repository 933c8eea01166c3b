package io.headgraft.evaluation;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * Two classifiers, a and b, on the same examples: an entry of {@code comparisons} in {@code
 * report.json}. {@link Comparisons} makes them.
 *
 * @param a its name
 * @param b its name
 * @param split the name of the split
 * @param examples how many there are
 * @param groups how many groups they come in. Examples of one group need not be independent
 * @param bothRight how many examples both have right
 * @param onlyARight how many a has right and b wrong
 * @param onlyBRight how many b has right and a wrong
 * @param accuracyDifference a's accuracy minus b's
 * @param interval the difference's bootstrap interval at 95 % confidence, whole groups drawn,
 *     percentiles. Without discordant pairs it is [0, 0], which says nothing of how precise that
 *     is; {@code detectableDifference} does
 * @param mcnemarP the mid-p value of McNemar's exact test, two-sided, as if all examples were
 *     independent: where groups have several examples it may be far too small
 * @param groupedP the same with the groups for units, equal to {@code mcnemarP} where each has one
 *     example. The verdict rests on this one
 * @param holmP {@code groupedP} adjusted by Holm's method for the number of pairs compared
 * @param detectableDifference the smallest difference that so many examples show in 80 of 100
 *     cases, at 5 % divided by the number of pairs compared (where Holm's method starts), if as
 *     many pairs are discordant as the upper bound of the 95 % Wilson interval of their share says.
 *     Examples of one group count as if they were all alike, which errs on the safe side. NaN where
 *     so few examples show no difference at all
 * @param examplesNeeded how many examples, in groups like these, show a difference as large as the
 *     observed one in 80 of 100 cases, at the same level, if as large a share of the pairs is
 *     discordant as was; null where there is no difference
 * @param verdict what can be concluded
 */
// Else the two with names of their own would come first.
@JsonPropertyOrder({"a", "b", "split", "examples", "groups", "both-right"})
public record Comparison(
    String a,
    String b,
    String split,
    int examples,
    int groups,
    int bothRight,
    @JsonProperty("only-a-right") int onlyARight,
    @JsonProperty("only-b-right") int onlyBRight,
    double accuracyDifference,
    Interval interval,
    double mcnemarP,
    double groupedP,
    double holmP,
    double detectableDifference,
    Long examplesNeeded,
    Verdict verdict) {

  /** What can be concluded. */
  public enum Verdict {
    /** {@code holmP} is below 5 % and the interval lies above 0. */
    A_BETTER,
    /** {@code holmP} is below 5 % and the interval lies below 0. */
    B_BETTER,
    /** Neither, though a difference large enough to matter would probably have shown. */
    NO_SIGNIFICANT_DIFFERENCE,
    /** Neither, and a difference large enough to matter might well have stayed hidden. */
    TOO_FEW_EXAMPLES;

    /** As JSON has it. */
    @JsonValue
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /**
   * What was found, in a sentence without a full stop: "L-BFGS 0.966, SGD 0.961: no significant
   * difference on 206 photos".
   *
   * @param nameOfA what to call a
   * @param nameOfB what to call b
   */
  public String sentence(String nameOfA, String nameOfB) {
    return text("%s %.3f, %s %.3f: ", nameOfA, accuracy(onlyARight), nameOfB, accuracy(onlyBRight))
        + switch (verdict) {
          case A_BETTER -> better(nameOfA, interval.low(), interval.high());
          case B_BETTER -> better(nameOfB, -interval.high(), -interval.low());
          case NO_SIGNIFICANT_DIFFERENCE -> "no significant difference on " + photos();
          case TOO_FEW_EXAMPLES -> "nothing can be concluded from " + photos() + wayOut();
        };
  }

  private double accuracy(int onlyRight) {
    return (double) (bothRight + onlyRight) / examples;
  }

  private String better(String name, double low, double high) {
    return text(
        "%s is better on %s, by %.1f points (95 %% interval %.1f to %.1f)",
        name, photos(), 100 * Math.abs(accuracyDifference), 100 * low, 100 * high);
  }

  private String photos() {
    String photos = text("%,d %s", examples, examples == 1 ? "photo" : "photos");
    return groups == examples
        ? photos
        : text("%s in %,d %s", photos, groups, groups == 1 ? "group" : "groups");
  }

  /** How many photos it would take, where there is a difference that more photos could show. */
  private String wayOut() {
    if (examplesNeeded != null && examplesNeeded > examples) {
      return text(
          "; a difference of %.1f points would need about %,d",
          100 * Math.abs(accuracyDifference), twoDigits(examplesNeeded));
    }
    return Double.isNaN(detectableDifference)
        ? ""
        : text(
            "; a difference of less than %.0f points hardly shows on so few",
            100 * detectableDifference);
  }

  /** Rounded up: the third digit would claim a precision that the estimate does not have. */
  private static long twoDigits(long number) {
    long unit = 1;
    while (number / unit >= 100) {
      unit *= 10;
    }
    return (number + unit - 1) / unit * unit;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
