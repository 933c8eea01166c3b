package io.headgraft.run;

import io.headgraft.evaluation.Comparison;
import io.headgraft.evaluation.Comparisons;
import io.headgraft.report.Report.Condition;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A challenger against the champion, both on the same test photos.
 *
 * @param labels of today's data set
 * @param truth a photo: the index of its label
 * @param groups a photo: what keeps photos together that are not independent
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them, or changes them.
record Challenge(
    List<String> labels, int[] truth, String[] groups, Answers challenger, Answers champion) {

  /**
   * So many photos of a label are lost by chance alone: of two heads of equal recall that disagree
   * on 3 of 100 photos, one loses more than two of ten photos of some label on 3 of 100 nights if
   * there are a hundred labels; more than one photo, on 57.
   */
  private static final int CHANCE = 2;

  /** The conditions on what both say. */
  List<Condition> conditions(GateOptions options, Comparisons.Options comparisons) {
    return List.of(
        accuracy(options.margin(), comparisons),
        recall(options.recallDrop()),
        logLoss(options.logLossRise()));
  }

  private Condition accuracy(double margin, Comparisons.Options options) {
    Comparison found =
        new Comparisons("test", truth, groups)
            .of(List.of(challenger.named("challenger"), champion.named("champion")), options)
            .get(0);
    double low = found.interval().low();
    return new Condition(
        "accuracy-difference-low",
        low,
        -margin,
        low >= -margin,
        text(
            "accuracy %.3f against the champion's %.3f on %d test photos in %d groups: %+.1f points, 95 %% interval %+.1f to %+.1f; gate.margin allows it to begin at %+.1f",
            share(found, found.onlyARight()),
            share(found, found.onlyBRight()),
            found.examples(),
            found.groups(),
            100 * found.accuracyDifference(),
            100 * low,
            100 * found.interval().high(),
            -100 * margin));
  }

  private static double share(Comparison found, int only) {
    return (double) (found.bothRight() + only) / found.examples();
  }

  private Condition recall(double limit) {
    int worst = -1;
    double drop = 0;
    for (int label = 0; label < labels.size(); label++) {
      int lost = right(champion, label) - right(challenger, label);
      if (lost > CHANCE && (double) lost / photos(label) > drop) {
        worst = label;
        drop = (double) lost / photos(label);
      }
    }
    return new Condition(
        "recall-drop",
        drop,
        limit,
        drop <= limit,
        worst < 0
            ? text("no label has more than %d photos fewer right than with the champion", CHANCE)
            : text(
                "label '%s': %d of %d test photos right, %d with the champion: recall down by %.3f, gate.recall-drop allows %s",
                labels.get(worst),
                right(challenger, worst),
                photos(worst),
                right(champion, worst),
                drop,
                limit));
  }

  private int right(Answers answers, int label) {
    return (int)
        IntStream.range(0, truth.length)
            .filter(i -> truth[i] == label && answers.predicted()[i] == label)
            .count();
  }

  private int photos(int label) {
    return (int) IntStream.of(truth).filter(own -> own == label).count();
  }

  /** On photos whose label the champion knows: an impossible one would cost a made-up number. */
  private Condition logLoss(double limit) {
    double before = champion.logLoss(champion::knows);
    double now = challenger.logLoss(champion::knows);
    return new Condition(
        "log-loss-rise",
        now - before,
        limit,
        now - before <= limit,
        text(
            "log-loss %.3f against the champion's %.3f on the %d test photos whose label it knows: %+.3f, gate.log-loss-rise allows %+.3f",
            now,
            before,
            IntStream.range(0, truth.length).filter(champion::knows).count(),
            now - before,
            limit));
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
