package io.headgraft.report;

import io.headgraft.evaluation.Interval;
import io.headgraft.evaluation.Metrics;
import io.headgraft.evaluation.Reliability.Bin;
import io.headgraft.head.CurvePoint;
import io.headgraft.head.Trial;
import io.headgraft.report.Drawing.Axis;
import io.headgraft.report.Drawing.Chart;
import io.headgraft.report.Drawing.Point;
import io.headgraft.report.Drawing.Series;
import io.headgraft.report.Report.HeadReport;
import io.headgraft.report.Report.LearningCurve;
import io.headgraft.report.Report.LearningPoint;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The charts of a report. */
final class Charts {

  /** What a sweep is drawn against: the first of these that it varies. */
  private static final List<String> SWEPT = List.of("l2", "learning-rate", "k");

  /** What a training comes to by itself. */
  private static final Set<String> OUTCOMES = Set.of("epochs", "iterations", "gradient-norm");

  private static final String ENDS = "Where each training ended stands in the table below.";
  private static final double CHOSEN_RADIUS = 7;
  private static final double LARGEST_RADIUS = 11;
  private static final double LEAST_RADIUS = 3;

  private final Report report;

  Charts(Report report) {
    this.report = report;
  }

  /** The heads' accuracies on the test split with their intervals. */
  Chart intervals() {
    List<Series> series = new ArrayList<>();
    for (HeadReport head : report.heads()) {
      if (head.test() != null) {
        Metrics test = head.test();
        Interval interval = test.accuracyInterval();
        Point point =
            new Point(series.size(), test.accuracy(), interval.low(), interval.high(), null, null);
        series.add(new Series(name(head), index(head.name()), 0, List.of(point)));
      }
    }
    return new Chart(
        "intervals",
        "intervals",
        "Accuracy on the test photos, with 95 % intervals",
        "The accuracies of the table above and their intervals, one bar a head.",
        Axis.linear(""),
        Axis.linear("accuracy"),
        series);
  }

  /** Loss and accuracy while the heads were trained. */
  List<Chart> curves() {
    Axis epoch = Axis.linear("epoch (L-BFGS: iteration)");
    Axis seconds = Axis.logarithmic("seconds");
    return drawn(
        List.of(
            loss("loss-by-epoch", "Loss by epoch", epoch, CurvePoint::epoch),
            loss("loss-by-seconds", "Loss by seconds", seconds, CurvePoint::seconds),
            accuracy("accuracy-by-epoch", "by epoch", epoch, CurvePoint::epoch),
            accuracy("accuracy-by-seconds", "by seconds", seconds, CurvePoint::seconds)));
  }

  private Chart loss(String id, String title, Axis axis, ToDoubleFunction<CurvePoint> x) {
    List<Series> series = new ArrayList<>(lines(", held out", 0, x, CurvePoint::validationLoss));
    series.addAll(lines(", training", 1, x, CurvePoint::trainLoss));
    return Drawing.lines(id, title, ENDS, axis, lossAxis("cross entropy, nats", series), series);
  }

  private Chart accuracy(String id, String by, Axis axis, ToDoubleFunction<CurvePoint> x) {
    return Drawing.lines(
        id,
        "Accuracy on held-out photos " + by,
        ENDS,
        axis,
        Axis.linear("accuracy"),
        lines("", 0, x, CurvePoint::validationAccuracy));
  }

  /** Logarithmic if the losses differ by an order of magnitude. */
  private static Axis lossAxis(String title, List<Series> series) {
    var losses =
        series.stream()
            .flatMap(line -> line.points().stream())
            .mapToDouble(Point::y)
            .filter(loss -> Double.isFinite(loss) && loss > 0)
            .summaryStatistics();
    return losses.getMax() >= 10 * losses.getMin() ? Axis.logarithmic(title) : Axis.linear(title);
  }

  private List<Series> lines(
      String of, int step, ToDoubleFunction<CurvePoint> x, ToDoubleFunction<CurvePoint> y) {
    return report.heads().stream()
        .map(
            head ->
                new Series(
                    name(head) + of,
                    index(head.name()),
                    step,
                    head.curve().stream()
                        .map(
                            p -> Point.of(rounded(x.applyAsDouble(p)), rounded(y.applyAsDouble(p))))
                        .toList()))
        .toList();
  }

  /** Accuracy and log-loss of the settings that were tried for a head. */
  List<Chart> sweep(HeadReport head) {
    Map<String, List<Object>> varied = varied(head.sweep());
    return SWEPT.stream()
        .filter(varied::containsKey)
        .findFirst()
        .map(
            key ->
                drawn(
                    List.of(
                        sweep(head, key, "accuracy", Trial::accuracy),
                        sweep(head, key, "log-loss", Trial::logLoss))))
        .orElse(List.of());
  }

  private Chart sweep(HeadReport head, String key, String measure, ToDoubleFunction<Trial> y) {
    Map<String, List<Trial>> lines =
        head.sweep().stream()
            .filter(trial -> trial.hyperparameters().get(key) instanceof Number)
            .sorted(Comparator.comparingDouble(trial -> number(trial, key)))
            .collect(
                Collectors.groupingBy(
                    trial -> others(head, trial, key), LinkedHashMap::new, Collectors.toList()));
    List<Series> series = new ArrayList<>();
    lines.forEach(
        (setting, trials) ->
            series.add(
                new Series(
                    setting.isEmpty() ? name(head) : setting,
                    index(head.name()),
                    series.size(),
                    trials.stream().map(t -> point(head, t, key, y)).toList())));
    return Drawing.lines(
        "sweep-%d-%s".formatted(index(head.name()), measure),
        "%s: %s by %s".formatted(name(head), measure, title(key)),
        "Every setting stands in the table below. The chosen setting has the large point.",
        Axis.logarithmic(title(key)),
        measure.equals("accuracy") ? Axis.linear(measure) : lossAxis(measure + ", nats", series),
        series);
  }

  private static Point point(HeadReport head, Trial trial, String key, ToDoubleFunction<Trial> y) {
    boolean chosen = chosen(head, trial);
    return new Point(
        number(trial, key),
        rounded(y.applyAsDouble(trial)),
        null,
        null,
        chosen ? CHOSEN_RADIUS : null,
        chosen ? "chosen" : null);
  }

  private static String title(String key) {
    return key.equals("l2") ? "L2 penalty" : key.replace('-', ' ');
  }

  /** Whether this setting became the head's. */
  static boolean chosen(HeadReport head, Trial trial) {
    return trial.hyperparameters().entrySet().stream()
        .filter(setting -> !OUTCOMES.contains(setting.getKey()))
        .allMatch(
            setting ->
                String.valueOf(setting.getValue())
                    .equals(String.valueOf(head.hyperparameters().get(setting.getKey()))));
  }

  private static double number(Trial trial, String key) {
    return ((Number) trial.hyperparameters().get(key)).doubleValue();
  }

  /** What else the sweep varies, as text: the settings of a line. */
  private static String others(HeadReport head, Trial trial, String key) {
    return varied(head.sweep()).keySet().stream()
        .filter(name -> !name.equals(key) && !OUTCOMES.contains(name))
        .map(name -> name + " " + Figures.setting(trial.hyperparameters().get(name)))
        .collect(Collectors.joining(", "));
  }

  /** The values of each hyper-parameter that has more than one. */
  private static Map<String, List<Object>> varied(List<Trial> trials) {
    Map<String, List<Object>> values = new LinkedHashMap<>();
    for (Trial trial : trials) {
      trial
          .hyperparameters()
          .forEach((key, value) -> values.computeIfAbsent(key, k -> new ArrayList<>()).add(value));
    }
    values.values().removeIf(all -> all.stream().distinct().count() < 2);
    return values;
  }

  /** How good the heads are with fewer photos. */
  List<Chart> learning() {
    Axis photos = Axis.logarithmic("training photos a label, at most");
    List<Series> losses = learning(p -> Point.of(p.photosPerLabel(), rounded(p.logLoss())));
    return drawn(
        List.of(
            Drawing.lines(
                "learning-accuracy",
                "Accuracy by training photos a label, with 95 % intervals",
                "The accuracies stand in the table below.",
                photos,
                Axis.linear("accuracy"),
                learning(Charts::accuracy)),
            Drawing.lines(
                "learning-loss",
                "Log-loss by training photos a label",
                "The accuracies stand in the table below, the losses in report.json.",
                photos,
                lossAxis("log-loss, nats", losses),
                losses)));
  }

  private static Point accuracy(LearningPoint point) {
    Interval interval = point.interval();
    return new Point(
        point.photosPerLabel(),
        rounded(point.accuracy()),
        interval == null ? null : rounded(interval.low()),
        interval == null ? null : rounded(interval.high()),
        null,
        null);
  }

  private List<Series> learning(Function<LearningPoint, Point> point) {
    return report.learningCurves().stream().map(curve -> learning(curve, point)).toList();
  }

  private Series learning(LearningCurve curve, Function<LearningPoint, Point> point) {
    return new Series(
        Figures.head(curve.head()),
        index(curve.head()),
        0,
        curve.points().stream().map(point).toList());
  }

  /** How often a head is right when it is so sure, a chart a head. */
  List<Chart> reliability() {
    return drawn(
        report.heads().stream()
            .filter(head -> !head.reliability().isEmpty())
            .map(this::reliability)
            .toList());
  }

  private Chart reliability(HeadReport head) {
    int most = head.reliability().stream().mapToInt(Bin::count).max().orElseThrow();
    List<Point> points =
        head.reliability().stream().map(bin -> point(bin, (double) bin.count() / most)).toList();
    Series ideal = new Series("as sure as right", -1, 1, List.of(Point.of(0, 0), Point.of(1, 1)));
    return Drawing.lines(
        "reliability-" + index(head.name()),
        name(head),
        "The bins stand in the table below.",
        Axis.share("mean confidence"),
        Axis.share("accuracy"),
        List.of(new Series(name(head), index(head.name()), 0, points), ideal));
  }

  /** The area of the point is proportional to the photos in the bin. */
  private static Point point(Bin bin, double share) {
    return new Point(
        rounded(bin.meanConfidence()),
        rounded(bin.accuracy()),
        rounded(bin.accuracyInterval().low()),
        rounded(bin.accuracyInterval().high()),
        Math.max(LEAST_RADIUS, LARGEST_RADIUS * Math.sqrt(share)),
        "%s photos, accuracy %s to %s"
            .formatted(
                Figures.count(bin.count()),
                Figures.decimal(bin.accuracyInterval().low()),
                Figures.decimal(bin.accuracyInterval().high())));
  }

  private static List<Chart> drawn(List<Chart> charts) {
    return charts.stream().filter(chart -> !chart.isEmpty()).toList();
  }

  private int index(String head) {
    return report.heads().stream().map(HeadReport::name).toList().indexOf(head);
  }

  private static String name(HeadReport head) {
    return Figures.head(head.name());
  }

  /** To five digits: no chart shows more, and the page stays small. */
  private static double rounded(double value) {
    return Double.isFinite(value)
        ? new BigDecimal(value).round(new MathContext(5)).doubleValue()
        : value;
  }
}
