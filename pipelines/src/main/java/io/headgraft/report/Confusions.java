package io.headgraft.report;

import io.headgraft.evaluation.Metrics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What is taken for what. */
final class Confusions {

  /** A matrix of more labels is too large to be read. */
  static final int MOST_LABELS = 30;

  private static final int MOST_PAIRS = 20;
  private static final int SHADES = 9;

  private Confusions() {}

  /**
   * A row of the matrix.
   *
   * @param cells one a predicted label
   */
  public record Row(String label, List<Cell> cells) {}

  /**
   * How many photos of the row's label were taken for the column's.
   *
   * @param shade 0 for none of them, 9 for all
   */
  public record Cell(int count, boolean right, int shade) {}

  /**
   * Two labels of which one is taken for the other.
   *
   * @param share of the label's photos
   */
  public record Pair(String label, String predicted, int count, double share) {}

  /**
   * The pairs that are confused most often.
   *
   * @param more pairs that are confused too
   */
  public record Pairs(List<Pair> pairs, int more) {}

  /** The matrix with shaded cells; empty if there are too many labels for it. */
  static List<Row> matrix(List<String> labels, Metrics metrics) {
    return labels.size() > MOST_LABELS
        ? List.of()
        : IntStream.range(0, labels.size())
            .mapToObj(k -> new Row(labels.get(k), cells(k, metrics.confusion()[k])))
            .toList();
  }

  private static List<Cell> cells(int label, int[] counts) {
    int all = IntStream.of(counts).sum();
    return IntStream.range(0, counts.length)
        .mapToObj(k -> new Cell(counts[k], k == label, shade(counts[k], all)))
        .toList();
  }

  private static int shade(int count, int all) {
    return count == 0 ? 0 : (int) Math.ceil((double) SHADES * count / all);
  }

  /** The most confused pairs, the most frequent first. */
  static Pairs pairs(List<String> labels, Metrics metrics) {
    List<Pair> pairs = new ArrayList<>();
    for (int k = 0; k < labels.size(); k++) {
      int[] counts = metrics.confusion()[k];
      int all = IntStream.of(counts).sum();
      for (int predicted = 0; predicted < labels.size(); predicted++) {
        if (predicted != k && counts[predicted] > 0) {
          double share = (double) counts[predicted] / all;
          pairs.add(new Pair(labels.get(k), labels.get(predicted), counts[predicted], share));
        }
      }
    }
    pairs.sort(Comparator.comparingInt(Pair::count).reversed());
    int shown = Math.min(MOST_PAIRS, pairs.size());
    return new Pairs(List.copyOf(pairs.subList(0, shown)), pairs.size() - shown);
  }
}
