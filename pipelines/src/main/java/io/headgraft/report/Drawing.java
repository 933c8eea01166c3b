package io.headgraft.report;

import java.util.List;

/** What report.js draws. The records are public for the template, inside a class that is not. */
final class Drawing {

  private Drawing() {}

  /**
   * A chart.
   *
   * @param kind lines, or intervals: one bar a series, over its name
   * @param title above it
   * @param text what it shows, for those who do not see it
   */
  public record Chart(
      String id, String kind, String title, String text, Axis x, Axis y, List<Series> series) {

    /** Whether there is nothing to draw. */
    public boolean isEmpty() {
      return series.isEmpty();
    }
  }

  /**
   * An axis.
   *
   * @param scale linear or logarithmic
   * @param min null for that of the points, likewise {@code max}
   */
  public record Axis(String title, String scale, Double min, Double max) {

    static Axis linear(String title) {
      return new Axis(title, "linear", null, null);
    }

    static Axis logarithmic(String title) {
      return new Axis(title, "logarithmic", null, null);
    }

    static Axis share(String title) {
      return new Axis(title, "linear", 0.0, 1.0);
    }

    private boolean shows(double value) {
      return Double.isFinite(value) && (!scale.equals("logarithmic") || value > 0);
    }
  }

  /**
   * A line, or a bar.
   *
   * @param head whose colour it has; negative for a line that belongs to none
   * @param step 0 for a full, strong line, more for weaker ones
   */
  public record Series(String name, int head, int step, List<Point> points) {}

  /**
   * A point.
   *
   * @param low end of the y value's interval, null without one, likewise {@code high}
   * @param radius in pixels, null for the usual one
   * @param note in the tooltip, null for none
   */
  public record Point(double x, double y, Double low, Double high, Double radius, String note) {

    static Point of(double x, double y) {
      return new Point(x, y, null, null, null, null);
    }
  }

  /**
   * A chart without what cannot be drawn: values that are not finite or, on a logarithm, not
   * positive.
   */
  static Chart lines(String id, String title, String text, Axis x, Axis y, List<Series> series) {
    List<Series> drawn =
        series.stream()
            .map(line -> new Series(line.name(), line.head(), line.step(), drawn(line, x, y)))
            .filter(line -> !line.points().isEmpty())
            .toList();
    return new Chart(id, "lines", title, text, x, y, drawn);
  }

  private static List<Point> drawn(Series line, Axis x, Axis y) {
    return line.points().stream().filter(p -> x.shows(p.x()) && y.shows(p.y())).toList();
  }
}
