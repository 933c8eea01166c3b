package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.evaluation.Metrics;
import io.headgraft.report.Report;
import io.headgraft.report.Report.HeadReport;
import java.util.Comparator;

/** Which head is shipped; the test split has no say in it. */
public final class HeadChoice {

  /** The reference, where nothing tells the heads apart. */
  private static final String REFERENCE = "lbfgs";

  private HeadChoice() {}

  /**
   * The name of the chosen head.
   *
   * @param wanted {@code best}, or a head's name
   * @throws HeadgraftException if the run has no such head
   */
  public static String choose(Report report, String wanted) {
    if (!wanted.equals("best")) {
      return report
          .head(wanted)
          .map(HeadReport::name)
          .orElseThrow(
              () ->
                  HeadgraftException.usage(
                      "emit.head is %s, but the run trained %s"
                          .formatted(
                              wanted, report.heads().stream().map(HeadReport::name).toList())));
    }
    Comparator<HeadReport> byReference =
        Comparator.comparing(head -> !head.name().equals(REFERENCE));
    Comparator<HeadReport> order =
        report.dataset().validation() == 0
            ? byReference
            : byValidation().thenComparing(byReference);
    return report.heads().stream().min(order).orElseThrow().name();
  }

  private static Comparator<HeadReport> byValidation() {
    Comparator<Metrics> better =
        Comparator.comparingDouble(Metrics::accuracy)
            .reversed()
            .thenComparingDouble(Metrics::logLoss);
    return Comparator.comparing(HeadReport::validation, better);
  }
}
