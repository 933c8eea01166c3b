package io.headgraft.report;

import io.headgraft.evaluation.Comparison;
import io.headgraft.evaluation.Interval;
import io.headgraft.evaluation.Metrics;
import io.headgraft.report.Report.HeadReport;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
    return report.comparisons().stream()
        .filter(comparison -> compares(comparison, first.name(), second.name()))
        .findFirst()
        .map(comparison -> sentence(comparison) + time(first, second))
        .orElseGet(
            () ->
                accuracies(first, second)
                    + " on "
                    + Figures.count(first.test().examples())
                    + " photos")
        .concat(".");
  }

  private static boolean compares(Comparison comparison, String one, String other) {
    return (comparison.a().equals(one) && comparison.b().equals(other))
        || (comparison.a().equals(other) && comparison.b().equals(one));
  }

  private static String sentence(Comparison comparison) {
    return comparison.sentence(Figures.head(comparison.a()), Figures.head(comparison.b()));
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
    return "%s on %s photos (95 %% interval %s to %s); there is no other head to compare it with."
        .formatted(
            named(head, head.test()),
            Figures.count(head.test().examples()),
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

  private static String accuracies(HeadReport... heads) {
    return Stream.of(heads).map(head -> named(head, head.test())).collect(Collectors.joining(", "));
  }

  private static String named(HeadReport head, Metrics metrics) {
    return Figures.head(head.name()) + " " + Figures.decimal(metrics.accuracy());
  }
}
