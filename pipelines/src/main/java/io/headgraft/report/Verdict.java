package io.headgraft.report;

import io.headgraft.evaluation.Comparison;
import io.headgraft.evaluation.Interval;
import io.headgraft.evaluation.Metrics;
import io.headgraft.report.Report.HeadReport;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a report comes to, in a sentence. */
public final class Verdict {

  private static final String REFERENCE = "lbfgs";
  private static final List<String> CHALLENGERS = List.of("sgd", "adam");

  /** Two trainings take as long as each other if the longer one does not take this many times. */
  private static final double LONGER = 1.05;

  private Verdict() {}

  /**
   * The answer to what the report is read for: L-BFGS against the better of SGD and Adam, the one
   * with the lower log-loss on the photos that settings were chosen on (the test photos choose
   * nothing); without these, the first two heads.
   */
  public static String of(Report report) {
    List<HeadReport> heads = report.heads();
    if (heads.isEmpty()) {
      return "No head was trained.";
    }
    if (heads.stream().anyMatch(head -> head.test() == null)) {
      return untested(heads);
    }
    if (heads.size() == 1) {
      return alone(heads.get(0));
    }
    HeadReport first = report.head(REFERENCE).orElse(heads.get(0));
    HeadReport second = challenger(heads, first);
    return comparison(report, first, second)
        .map(comparison -> pair(first, second, comparison))
        .orElseGet(
            () -> accuracies(List.of(first, second)) + " on " + photos(first.test().examples()))
        .concat(".");
  }

  /**
   * What a comparison came to, in a few words.
   *
   * @param a what to call its a
   * @param b what to call its b
   */
  static String words(Comparison comparison, String a, String b) {
    return switch (comparison.verdict()) {
      case A_BETTER -> a + " is better";
      case B_BETTER -> b + " is better";
      case NO_SIGNIFICANT_DIFFERENCE -> "no significant difference";
      case TOO_FEW_EXAMPLES -> "too few photos to tell";
    };
  }

  /**
   * What a comparison came to.
   *
   * @param a what to call its a
   * @param b what to call its b
   */
  static String of(Comparison comparison, String a, String b) {
    return switch (comparison.verdict()) {
      case A_BETTER, B_BETTER -> words(comparison, a, b) + better(comparison);
      case NO_SIGNIFICANT_DIFFERENCE ->
          words(comparison, a, b) + " on " + photos(comparison.examples());
      case TOO_FEW_EXAMPLES -> "nothing can be concluded from " + photos(comparison.examples());
    };
  }

  /** By how much, with the interval of the difference, seen from the better one. */
  private static String better(Comparison comparison) {
    boolean aBetter = comparison.verdict() == Comparison.Verdict.A_BETTER;
    Interval of = comparison.interval();
    Interval interval = aBetter ? of : new Interval(-of.high(), -of.low());
    return " by %s points (95 %% interval %s to %s) on %s"
        .formatted(
            Figures.size(comparison.accuracyDifference()),
            Figures.points(interval.low()),
            Figures.points(interval.high()),
            photos(comparison.examples()));
  }

  private static String untested(List<HeadReport> heads) {
    List<HeadReport> measured = heads.stream().filter(head -> head.selection() != null).toList();
    String sentence = "Nothing was tested: the data set has no test split";
    return measured.isEmpty()
        ? sentence + "."
        : sentence
            + ". On the photos that the settings were chosen on: "
            + measured.stream()
                .map(head -> named(head, head.selection()))
                .collect(Collectors.joining(", "))
            + ".";
  }

  private static String alone(HeadReport head) {
    Interval interval = head.test().accuracyInterval();
    return "%s on %s (95 %% interval %s to %s); there is no other head to compare it with."
        .formatted(
            named(head, head.test()),
            photos(head.test().examples()),
            Figures.decimal(interval.low()),
            Figures.decimal(interval.high()));
  }

  private static HeadReport challenger(List<HeadReport> heads, HeadReport first) {
    List<HeadReport> others =
        heads.stream().filter(head -> !head.name().equals(first.name())).toList();
    return others.stream()
        .filter(head -> first.name().equals(REFERENCE) && CHALLENGERS.contains(head.name()))
        .min(Comparator.comparingDouble(Verdict::selectionLoss))
        .orElse(others.get(0));
  }

  private static double selectionLoss(HeadReport head) {
    return head.selection() == null ? Double.POSITIVE_INFINITY : head.selection().logLoss();
  }

  private static Optional<Comparison> comparison(Report report, HeadReport a, HeadReport b) {
    List<String> names = List.of(a.name(), b.name());
    return report.comparisons().stream()
        .filter(c -> names.contains(c.a()) && names.contains(c.b()) && !c.a().equals(c.b()))
        .findFirst();
  }

  private static String pair(HeadReport first, HeadReport second, Comparison comparison) {
    String accuracies = accuracies(List.of(first, second));
    if (comparison.verdict() == Comparison.Verdict.TOO_FEW_EXAMPLES) {
      return "Nothing can be concluded from %s: %s; %s"
          .formatted(photos(comparison.examples()), accuracies, needed(comparison));
    }
    return accuracies
        + ": "
        + of(comparison, Figures.head(comparison.a()), Figures.head(comparison.b()))
        + time(first, second);
  }

  private static String needed(Comparison comparison) {
    return comparison.examplesNeeded() == null
        ? "a difference below %s points would not show"
            .formatted(Figures.size(comparison.detectableDifference()))
        : "a difference of this size would need about %s photos"
            .formatted(Figures.roughly(comparison.examplesNeeded()));
  }

  private static String time(HeadReport first, HeadReport second) {
    if (first.seconds() > second.seconds()) {
      return time(second, first);
    }
    double ratio = second.seconds() / first.seconds();
    if (!Double.isFinite(ratio)) {
      return "";
    }
    return ratio < LONGER
        ? "; both took about as long"
        : "; %s took %s as long".formatted(Figures.head(second.name()), Figures.times(ratio));
  }

  private static String accuracies(List<HeadReport> heads) {
    return heads.stream().map(head -> named(head, head.test())).collect(Collectors.joining(", "));
  }

  private static String named(HeadReport head, Metrics metrics) {
    return Figures.head(head.name()) + " " + Figures.decimal(metrics.accuracy());
  }

  private static String photos(int count) {
    return count == 1 ? "1 photo" : Figures.count(count) + " photos";
  }
}
