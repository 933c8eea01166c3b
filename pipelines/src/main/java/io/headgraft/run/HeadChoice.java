package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.evaluation.Metrics;
import io.headgraft.report.Report.HeadReport;
import java.util.Comparator;
import java.util.List;

/** Which head is shipped; the test split has no say in it. */
public final class HeadChoice {

  private static final String NOT_GRAFTED = "knn";

  private HeadChoice() {}

  /**
   * The name of the chosen head.
   *
   * @param wanted {@code best}, or a head's name
   * @throws HeadgraftException if the run has no such head
   */
  public static String choose(List<HeadReport> heads, String wanted) {
    if (!wanted.equals("best")) {
      return heads.stream()
          .map(HeadReport::name)
          .filter(wanted::equals)
          .findFirst()
          .orElseThrow(
              () ->
                  HeadgraftException.usage(
                      "emit.head is %s, but the run trained %s"
                          .formatted(wanted, heads.stream().map(HeadReport::name).toList())));
    }
    return heads.stream()
        .filter(head -> !head.name().equals(NOT_GRAFTED))
        .min(Comparator.comparing(HeadReport::selection, better()))
        .map(HeadReport::name)
        .orElseThrow(
            () ->
                HeadgraftException.usage(
                    "The run trained knn only, which cannot be grafted: name another in head.names"));
  }

  private static Comparator<Metrics> better() {
    return Comparator.comparingDouble(Metrics::accuracy)
        .reversed()
        .thenComparingDouble(Metrics::logLoss);
  }
}
