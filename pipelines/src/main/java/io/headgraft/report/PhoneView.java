package io.headgraft.report;

import io.headgraft.personalization.Forecast;
import io.headgraft.personalization.Forecast.Row;
import io.headgraft.report.Drawing.Axis;
import io.headgraft.report.Drawing.Chart;
import io.headgraft.report.Drawing.Point;
import io.headgraft.report.Drawing.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What the page shows of a forecast. Its records are public for the template only.
 *
 * @param forecast null if there is none
 */
record PhoneView(Forecast forecast) {

  /** A kind of model in the charts and the short table. */
  public record Kind(String name, String start, String defaults, int replay) {}

  /**
   * So many photos of one new label.
   *
   * @param cells a kind each
   */
  public record ByPhotos(int photos, List<Optional<Row>> cells) {}

  /** A setting, with names for people. */
  public record Named(Row row, String model, String user, String worst) {}

  /** All of it. */
  public record Shown(
      Forecast forecast,
      List<String> advice,
      List<Kind> kinds,
      List<ByPhotos> rows,
      List<Named> all) {}

  /** Null if there is nothing to show. */
  Shown shown() {
    if (forecast == null) {
      return null;
    }
    List<Kind> kinds = kinds();
    List<Integer> photos =
        List.copyOf(
            new TreeSet<>(
                kinds.stream().flatMap(k -> curve(k).stream()).map(Row::photos).toList()));
    return new Shown(
        forecast,
        PhoneAdvice.of(forecast),
        kinds,
        photos.stream()
            .map(count -> new ByPhotos(count, kinds.stream().map(k -> at(k, count)).toList()))
            .toList(),
        forecast.episodes().stream().map(PhoneView::named).toList());
  }

  /** Those that there are. */
  private List<Kind> kinds() {
    int replay = forecast.episodes().stream().mapToInt(Row::replay).max().orElse(0);
    String with = ", with %d old photos a label".formatted(replay);
    return Stream.of(
            new Kind("as shipped", "trained", "shipped", 0),
            new Kind("as shipped" + with, "trained", "shipped", replay),
            new Kind("k-NN" + with, "knn", "shipped", replay),
            new Kind("copied defaults", "trained", "copied", 0),
            new Kind("copied defaults" + with, "trained", "copied", replay),
            new Kind("random start" + with, "empty", "shipped", replay))
        .distinct()
        .filter(kind -> !curve(kind).isEmpty())
        .toList();
  }

  private List<Row> curve(Kind kind) {
    return forecast.curve(kind.start(), kind.defaults(), kind.replay());
  }

  private Optional<Row> at(Kind kind, int photos) {
    return curve(kind).stream().filter(row -> row.photos() == photos).findFirst();
  }

  private static Named named(Row row) {
    String model =
        switch (row.start()) {
          case "knn" -> "k-NN";
          case "empty" -> "random start";
          default -> "trained";
        };
    String user =
        row.shift() != null
            ? row.shift()
            : row.newLabels() == 1 ? "1 new label" : row.newLabels() + " new labels";
    return new Named(
        row,
        row.defaults().equals("copied") ? model + ", copied defaults" : model,
        user,
        row.worst() == null ? "" : String.join(" + ", row.worst()));
  }

  /** One new label, by its photos. */
  List<Chart> charts() {
    if (forecast == null) {
      return List.of();
    }
    Axis photos = Axis.logarithmic("photos of the new label");
    List<Series> means = new ArrayList<>();
    List<Kind> kinds = kinds();
    for (Kind kind : kinds) {
      means.add(series(kind.name(), means.size(), 0, kind, PhoneView::mean));
    }
    List<Series> parts = new ArrayList<>();
    for (Kind kind : kinds) {
      if (kind.start().equals("trained") && kind.defaults().equals("shipped")) {
        int colour = kinds.indexOf(kind);
        parts.add(part("new label, " + kind.name(), colour, 0, kind, Row::newAccuracy));
        parts.add(part("old labels, " + kind.name(), colour, 1, kind, Row::oldAccuracy));
      }
    }
    return Stream.of(
            Drawing.lines(
                "phone-means",
                "Harmonic mean of new and old labels by photos of one new label, with 95 % intervals",
                "The figures stand in the table below.",
                photos,
                Axis.share("harmonic mean"),
                means),
            Drawing.lines(
                "phone-parts",
                "The new label against the old ones, as shipped",
                "The figures stand in the table of all settings below.",
                photos,
                Axis.share("accuracy"),
                parts))
        .filter(chart -> !chart.isEmpty())
        .toList();
  }

  private Series part(String name, int colour, int step, Kind kind, ToDoubleFunction<Row> figure) {
    return series(
        name,
        colour,
        step,
        kind,
        row -> Point.of(row.photos(), rounded(figure.applyAsDouble(row))));
  }

  private Series series(String name, int colour, int step, Kind kind, Function<Row, Point> point) {
    return new Series(name, colour, step, curve(kind).stream().map(point).toList());
  }

  private static Point mean(Row row) {
    return new Point(
        row.photos(),
        rounded(row.harmonicMean()),
        rounded(row.interval().low()),
        rounded(row.interval().high()),
        null,
        null);
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
