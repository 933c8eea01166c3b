package io.headgraft.report;

import io.headgraft.evaluation.Metrics;
import io.headgraft.report.Report.HeadReport;
import java.util.Locale;

/** The heads of a report side by side, as lines of text. */
public final class AccuracyTable {

  private AccuracyTable() {}

  /** A title, a line a head, and a warning where the figures say nothing about the photos. */
  public static String of(Report report) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%-8s %15s %15s %15s %17s %9s %8s%n"
            .formatted(
                "head", "train", "validation", "test", "95 % interval", "log-loss", "seconds"));
    for (HeadReport head : report.heads()) {
      text.append(
          "%-8s %15s %15s %15s %17s %9s %8s%n"
              .formatted(
                  head.name(),
                  accuracy(head.train(), report),
                  accuracy(head.validation(), report),
                  accuracy(head.test(), report),
                  interval(head.test()),
                  logLoss(head.test()),
                  number("%.1f", head.seconds())));
    }
    text.append(Verdict.of(report)).append(System.lineSeparator());
    if (!report.backbone().trained()) {
      text.append(
          "* of an UNTRAINED backbone (random weights): these figures show that the chain works,%n  not how well it recognizes the photos. Give real weights with --backbone FILE.%n"
              .formatted());
    }
    return text.toString();
  }

  private static String accuracy(Metrics metrics, Report report) {
    if (metrics == null) {
      return "-";
    }
    String mark = report.backbone().trained() ? "" : "*";
    int right = (int) Math.round(metrics.accuracy() * metrics.examples());
    return number("%.3f", metrics.accuracy()) + mark + " " + right + "/" + metrics.examples();
  }

  private static String interval(Metrics metrics) {
    return metrics == null
        ? "-"
        : number("%.3f", metrics.accuracyInterval().low())
            + " to "
            + number("%.3f", metrics.accuracyInterval().high());
  }

  private static String logLoss(Metrics metrics) {
    return metrics == null ? "-" : number("%.3f", metrics.logLoss());
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
