package io.headgraft.report;

import io.headgraft.Json;
import io.headgraft.dataset.RejectedFile;
import io.headgraft.evaluation.Comparison;
import io.headgraft.evaluation.Metrics;
import io.headgraft.head.CurvePoint;
import io.headgraft.head.Trial;
import io.headgraft.image.Rejection;
import io.headgraft.report.Drawing.Chart;
import io.headgraft.report.Report.Answer;
import io.headgraft.report.Report.HeadReport;
import io.headgraft.report.Report.LearningPoint;
import io.headgraft.report.Report.Mistake;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the template of the page is filled with. Its records are public for the template only. */
final class PageModel {

  private static final String BASELINE = "knn";
  private static final int MOST_MISTAKES = 100;
  private static final int MOST_REJECTED = 20;

  private final Report report;
  private final Charts charts;
  private final List<Chart> drawn = new ArrayList<>();

  PageModel(Report report) {
    this.report = report;
    this.charts = new Charts(report);
  }

  /**
   * A head, or something else that is compared with one.
   *
   * @param index among the report's heads, which gives it its colour; negative if it is none
   */
  public record Key(int index, String name) {}

  /**
   * A head.
   *
   * @param settings its hyper-parameters
   * @param measured its metrics on the test photos, or on the held-out ones if there are no others
   */
  public record HeadView(
      Key key,
      HeadReport report,
      List<Setting> settings,
      Metrics measured,
      List<Confusions.Row> matrix,
      Confusions.Pairs pairs,
      Sweep sweep,
      CurvePoint end,
      Seeds seeds) {}

  /** A hyper-parameter. */
  public record Setting(String name, String value) {}

  /** The settings that were tried. */
  public record Sweep(List<Chart> charts, List<String> names, List<SweepRow> rows) {}

  /** A setting that was tried. */
  public record SweepRow(List<SweepCell> cells, Trial trial, boolean chosen) {}

  /**
   * The value of a hyper-parameter.
   *
   * @param number null if it is none
   */
  public record SweepCell(String text, Double number) {}

  /** What became of the chosen setting with several seeds. */
  public record Seeds(String seeds, Spread accuracy, Spread logLoss) {}

  /** The least, the mean and the largest of some values. */
  public record Spread(double low, double mean, double high) {

    static Spread of(List<Double> values) {
      var statistics = values.stream().mapToDouble(value -> value).summaryStatistics();
      return new Spread(statistics.getMin(), statistics.getAverage(), statistics.getMax());
    }
  }

  /** A comparison and what it came to. */
  public record Pair(Key a, Key b, Comparison comparison, String verdict) {}

  /** How good the heads are with fewer photos. */
  public record Learning(List<Key> heads, List<LearningRow> rows) {}

  /**
   * So many photos.
   *
   * @param points one a head, if it was trained on so many
   */
  public record LearningRow(int photosPerLabel, int photos, List<Optional<LearningPoint>> points) {}

  /** A mistake, with its picture or null. */
  public record MistakeView(
      Mistake mistake, String folder, String file, String picture, List<AnswerView> answers) {}

  /** What a head said. */
  public record AnswerView(Key key, Answer answer, boolean right) {}

  /** A photo's variants. */
  public record VariantsView(String label, List<VariantView> variants) {}

  /** A variant with its picture or null. */
  public record VariantView(String augmentation, String picture) {}

  /**
   * Files that are not used for one reason.
   *
   * @param more files that are not listed
   */
  public record Rejected(Rejection reason, int count, List<RejectedFile> files, int more) {}

  /** An earlier run. */
  public record Earlier(Report.EarlierRun run, String head, String verdict) {}

  /** Whether the models go live, in a sentence, and what that rests on. */
  public record GateView(String verdict, List<ConditionRow> rows) {}

  /** A condition. */
  public record ConditionRow(Report.Condition condition, String value, String limit) {}

  /** All of it. */
  Map<String, Object> of(ReportPhotos photos, List<RejectedFile> rejected, long pictureLimit) {
    Thumbnails thumbnails = new Thumbnails(pictureLimit);
    Map<String, Object> model = new HashMap<>();
    List<HeadView> heads = report.heads().stream().map(this::head).toList();
    model.put("report", report);
    model.put("verdict", Verdict.of(report));
    model.put("heads", heads);
    model.put("tested", heads.stream().anyMatch(head -> head.report().test() != null));
    model.put("pairs", report.comparisons().stream().map(this::pair).toList());
    model.put("clusters", clusters());
    model.put("gate", gate());
    PhoneView phone = new PhoneView(report.personalization());
    model.put("phone", phone.shown());
    model.put("phoneCharts", drawn(phone.charts()));
    model.put("tuning", tuning());
    model.put("intervals", drawn(Stream.of(charts.intervals()).filter(c -> !c.isEmpty()).toList()));
    model.put("curves", drawn(charts.curves()));
    model.put("learningCharts", drawn(charts.learning()));
    model.put("learning", learning());
    model.put("reliability", drawn(charts.reliability()));
    model.put("augmentation", augmentation());
    model.put(
        "augmentationHead",
        report.augmentation() == null ? null : Figures.head(report.augmentation().head()));
    model.put("longLabels", report.dataset().labels().stream().anyMatch(PageModel::isLong));
    model.put("mistakes", mistakes(photos, thumbnails));
    model.put("moreMistakes", Math.max(0, report.mistakes().size() - MOST_MISTAKES));
    model.put("variants", variants(photos, thumbnails));
    model.put("leftOut", thumbnails.leftOut());
    model.put("rejected", rejected(rejected));
    model.put("earlier", report.earlier().stream().map(this::earlier).toList());
    model.put("provenance", report.provenance());
    model.put("environment", environment());
    model.put("configuration", configuration());
    model.put("charts", List.copyOf(drawn));
    return model;
  }

  private List<Chart> drawn(List<Chart> some) {
    drawn.addAll(some);
    return some;
  }

  private HeadView head(HeadReport head) {
    Metrics measured =
        Stream.of(head.test(), head.validation(), head.selection())
            .filter(metrics -> metrics != null)
            .findFirst()
            .orElse(head.train());
    List<String> labels = report.dataset().labels();
    List<CurvePoint> curve = head.curve();
    return new HeadView(
        key(head.name()),
        head,
        settings(head.hyperparameters()),
        measured,
        Confusions.matrix(labels, measured),
        Confusions.pairs(labels, measured),
        sweep(head),
        curve.isEmpty() ? null : curve.get(curve.size() - 1),
        seeds(head.seeds()));
  }

  private Key key(String name) {
    int index = report.heads().stream().map(HeadReport::name).toList().indexOf(name);
    return new Key(index, Figures.head(name));
  }

  private static List<Setting> settings(Map<String, Object> hyperparameters) {
    return hyperparameters.entrySet().stream()
        .map(setting -> new Setting(setting.getKey(), Figures.setting(setting.getValue())))
        .toList();
  }

  private Sweep sweep(HeadReport head) {
    Set<String> names = new LinkedHashSet<>();
    head.sweep().forEach(trial -> names.addAll(trial.hyperparameters().keySet()));
    List<SweepRow> rows =
        head.sweep().stream()
            .map(trial -> new SweepRow(cells(names, trial), trial, Charts.chosen(head, trial)))
            .toList();
    return new Sweep(drawn(charts.sweep(head)), List.copyOf(names), rows);
  }

  private static List<SweepCell> cells(Set<String> names, Trial trial) {
    return names.stream()
        .map(name -> trial.hyperparameters().get(name))
        .map(
            value ->
                value == null
                    ? new SweepCell(Figures.NONE, null)
                    : new SweepCell(
                        Figures.setting(value),
                        value instanceof Number number ? number.doubleValue() : null))
        .toList();
  }

  private static Seeds seeds(Report.SeedSpread spread) {
    return spread == null
        ? null
        : new Seeds(
            spread.seeds().stream().map(String::valueOf).collect(Collectors.joining(", ")),
            Spread.of(spread.accuracies()),
            Spread.of(spread.logLosses()));
  }

  private Pair pair(Comparison comparison) {
    Key a = key(comparison.a());
    Key b = key(comparison.b());
    return new Pair(a, b, comparison, Verdict.words(comparison, a.name(), b.name()));
  }

  /** What the bootstrap draws, in a sentence; null if nothing was compared. */
  private String clusters() {
    if (report.comparisons().isEmpty()) {
      return null;
    }
    Comparison comparison = report.comparisons().get(0);
    return comparison.groups() == comparison.examples()
        ? "Each photo is a group of its own: the bootstrap draws photos, and both p are the same."
        : "The %s photos come in %s groups; photos of one group are alike, so the bootstrap draws whole groups, and Holm’s p and the verdict rest on the p of groups."
            .formatted(Figures.count(comparison.examples()), Figures.count(comparison.groups()));
  }

  private GateView gate() {
    Report.Gate gate = report.gate();
    return gate == null
        ? null
        : new GateView(
            gateVerdict(gate),
            gate.conditions().stream()
                .map(
                    condition ->
                        new ConditionRow(
                            condition,
                            Figures.setting(condition.value()),
                            Figures.setting(condition.limit())))
                .toList());
  }

  private static String gateVerdict(Report.Gate gate) {
    if (gate.passed()) {
      return gate.champion() == null
          ? "Yes: the models are the first to go live."
          : "Yes: the models take the place of those of run %s.".formatted(gate.champion());
    }
    return (gate.champion() == null
            ? "No: nothing goes live, "
            : "No: the models of run %s stay live, ".formatted(gate.champion()))
        + "for %d of %d conditions are not met."
            .formatted(gate.failed().size(), gate.conditions().size());
  }

  /** Whether the heads had the same chance, in a sentence; that of the baseline is its own. */
  private String tuning() {
    List<HeadReport> heads = report.heads();
    if (heads.stream().allMatch(head -> head.sweep().size() < 2)) {
      return "No head was tuned: each was trained with the setting of the configuration.";
    }
    long different =
        heads.stream()
            .filter(head -> !head.name().equals(BASELINE))
            .map(head -> head.sweep().size())
            .distinct()
            .count();
    return (different <= 1 ? "Equal tuning" : "The heads were not tuned equally")
        + heads.stream()
            .map(
                head ->
                    Figures.head(head.name())
                        + (head.name().equals(BASELINE) ? ", the baseline, " : " ")
                        + Figures.count(head.sweep().size()))
            .collect(Collectors.joining(", ", ". Settings tried: ", "."));
  }

  private Learning learning() {
    SortedMap<Integer, Integer> sizes = new TreeMap<>();
    report
        .learningCurves()
        .forEach(curve -> curve.points().forEach(p -> sizes.put(p.photosPerLabel(), p.photos())));
    return new Learning(
        report.learningCurves().stream().map(curve -> key(curve.head())).toList(),
        sizes.entrySet().stream().map(e -> learning(e.getKey(), e.getValue())).toList());
  }

  private LearningRow learning(int photosPerLabel, int photos) {
    return new LearningRow(
        photosPerLabel,
        photos,
        report.learningCurves().stream()
            .map(
                curve ->
                    curve.points().stream()
                        .filter(point -> point.photosPerLabel() == photosPerLabel)
                        .findFirst())
            .toList());
  }

  private Pair augmentation() {
    return report.augmentation() == null
        ? null
        : new Pair(
            new Key(-1, "with variants"),
            new Key(-1, "without variants"),
            report.augmentation().comparison(),
            report.augmentation().comparison().sentence("With variants", "without variants"));
  }

  private static boolean isLong(String label) {
    return label.codePointCount(0, label.length()) > 3;
  }

  private List<MistakeView> mistakes(ReportPhotos photos, Thumbnails thumbnails) {
    return report.mistakes().stream()
        .limit(MOST_MISTAKES)
        .map(
            mistake -> mistake(mistake, thumbnails.uri(photos.thumbnails().get(mistake.imageId()))))
        .toList();
  }

  private MistakeView mistake(Mistake mistake, String picture) {
    int slash = mistake.path().lastIndexOf('/') + 1;
    return new MistakeView(
        mistake,
        mistake.path().substring(0, slash),
        mistake.path().substring(slash),
        picture,
        mistake.answers().stream()
            .map(
                answer ->
                    new AnswerView(
                        key(answer.head()), answer, answer.label().equals(mistake.label())))
            .toList());
  }

  private static List<VariantsView> variants(ReportPhotos photos, Thumbnails thumbnails) {
    return photos.variants().stream()
        .map(
            photo ->
                new VariantsView(
                    photo.label(),
                    photo.variants().stream()
                        .map(
                            variant ->
                                new VariantView(
                                    variant.augmentation(), thumbnails.uri(variant.jpeg())))
                        .toList()))
        .toList();
  }

  private List<Rejected> rejected(List<RejectedFile> files) {
    return Arrays.stream(Rejection.values())
        .map(
            reason ->
                rejected(reason, files.stream().filter(file -> file.reason() == reason).toList()))
        .filter(group -> group.count() > 0)
        .toList();
  }

  private Rejected rejected(Rejection reason, List<RejectedFile> files) {
    int count = Math.max(report.dataset().rejected().getOrDefault(reason, 0), files.size());
    List<RejectedFile> shown = files.stream().limit(MOST_REJECTED).toList();
    return new Rejected(reason, count, shown, count - shown.size());
  }

  private Earlier earlier(Report.EarlierRun run) {
    String verdict =
        run.comparison() == null
            ? null
            : run.comparison()
                .sentence("Today’s " + Figures.head(run.comparison().a()), "the earlier head");
    return new Earlier(run, Figures.head(run.head()), verdict);
  }

  private Map<String, String> environment() {
    return report.provenance() == null
        ? Map.of()
        : new TreeMap<>(report.provenance().environment());
  }

  private String configuration() {
    return report.provenance() == null
        ? null
        : new String(Json.pretty(report.provenance().configuration()), StandardCharsets.UTF_8)
            .strip();
  }
}
