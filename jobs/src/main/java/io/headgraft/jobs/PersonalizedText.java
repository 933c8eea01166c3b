package io.headgraft.jobs;

import io.headgraft.VisibleText;
import io.headgraft.personalization.AccuracyCurve.Accuracy;
import io.headgraft.personalization.AccuracyCurve.Point;
import io.headgraft.personalization.AccuracyCurve.Share;
import io.headgraft.personalization.Personalize;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What 'headgraft personalize' prints. */
final class PersonalizedText {

  private static final String ROW = "%5s  %10s  %10s  %15s  %15s  %15s%n";

  private PersonalizedText() {}

  static void print(Personalize.Result result, PrintWriter out) {
    out.println(settings(result.settings()));
    result
        .labels()
        .forEach(
            (placeholder, label) ->
                out.println(VisibleText.line("%s is '%s'".formatted(placeholder, label))));
    out.printf("new labels: %s%n", labels(result.newLabels()));
    out.printf("old labels: %s%n", labels(result.oldLabels()));
    boolean tested = result.test() != null;
    String of = tested ? "test" : "train";
    out.printf(ROW, "epoch", "last batch", "mean loss", "train", of + ", new", of + ", old");
    for (Point point : result.epochs()) {
      Accuracy shown = tested ? point.test() : point.train();
      out.printf(
          ROW,
          point.epoch(),
          loss(point.lastBatchLoss()),
          loss(point.meanLoss()),
          share(point.train().all()),
          share(shown.added()),
          share(shown.old()));
    }
    if (!result.rejected().isEmpty()) {
      out.printf("photos not used: %s%n", result.rejected());
    }
    out.printf(
        "%d photos, %.2f s of training. Read back, the model predicts what was simulated, within %.1e.%n",
        result.train().values().stream().mapToInt(Integer::intValue).sum(),
        result.seconds(),
        result.maxProbabilityDifference());
    out.println(result.out());
  }

  private static String settings(Map<String, Object> settings) {
    List<String> texts = new ArrayList<>();
    settings.forEach((name, value) -> texts.add(name + " " + value));
    return String.join(", ", texts);
  }

  private static String labels(List<String> labels) {
    return labels.isEmpty()
        ? "none"
        : labels.stream().map(VisibleText::line).collect(Collectors.joining(" | "));
  }

  private static String loss(Double loss) {
    return loss == null ? "-" : "%.4f".formatted(loss);
  }

  private static String share(Share share) {
    return share == null
        ? "-"
        : "%.3f %d/%d".formatted(share.accuracy(), share.right(), share.examples());
  }
}
