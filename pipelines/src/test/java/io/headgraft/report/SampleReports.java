package io.headgraft.report;

import io.headgraft.dataset.RejectedFile;
import io.headgraft.evaluation.Comparison;
import io.headgraft.evaluation.Interval;
import io.headgraft.evaluation.Metrics;
import io.headgraft.evaluation.Probabilities;
import io.headgraft.evaluation.Reliability.Bin;
import io.headgraft.evaluation.Wilson;
import io.headgraft.head.CurvePoint;
import io.headgraft.head.Trial;
import io.headgraft.image.Rejection;
import io.headgraft.personalization.Forecast;
import io.headgraft.report.Report.Answer;
import io.headgraft.report.Report.AugmentationEffect;
import io.headgraft.report.Report.BackboneFacts;
import io.headgraft.report.Report.DatasetFacts;
import io.headgraft.report.Report.EarlierRun;
import io.headgraft.report.Report.HeadReport;
import io.headgraft.report.Report.LearningCurve;
import io.headgraft.report.Report.LearningPoint;
import io.headgraft.report.Report.Mistake;
import io.headgraft.report.Report.Objective;
import io.headgraft.report.Report.Provenance;
import io.headgraft.report.Report.SeedSpread;
import io.headgraft.report.Report.Temperature;
import io.headgraft.report.ReportPhotos.PhotoVariants;
import io.headgraft.report.ReportPhotos.Variant;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** Reports of invented runs: full ones, small ones, and such as must not break the page. */
public final class SampleReports {

  static final String SCRIPT = "</script><script>alert(\"label\")</script>";
  static final String LONG = "a very long name ".repeat(59).strip();

  private static final List<String> HEADS = List.of("lbfgs", "sgd", "adam", "knn");
  private static final double[] PENALTIES = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
  private static final double[] RATES = {1e-4, 1e-3, 1e-2};

  private SampleReports() {}

  /** Ten labels, some of them hostile, and four heads with all that can be said of them. */
  static Report rich() {
    List<String> labels =
        List.of(
            "✊",
            "✌️",
            "🖐🏽",
            SCRIPT,
            "\"quoted\" & 'single'",
            "two\nlines",
            "\u202etfel-ot-thgir",
            LONG,
            "שלום",
            "nine");
    return of(labels, 206, "20261122T191056.651Z");
  }

  /** The ten digits of a sign language: what most reports look like. */
  public static Report digits() {
    return of(
        IntStream.range(0, 10).mapToObj(String::valueOf).toList(), 206, "20261122T191056.651Z");
  }

  /** More labels than a confusion matrix can have. */
  static Report manyLabels() {
    return of(
        IntStream.range(0, 100).mapToObj(k -> "species no. " + k).toList(),
        1500,
        "20261123T000000.000Z");
  }

  /** Two heads, fifteen test photos, no validation split. */
  static Report tiny() {
    List<String> labels = List.of("✊", "✌️", "🖐");
    List<HeadReport> heads =
        List.of(
            plain("lbfgs", 1.2, metrics(labels, 30, 1, 9), metrics(labels, 15, 0.93, 1)),
            plain("sgd", 4.9, metrics(labels, 30, 1, 9), metrics(labels, 15, 0.86, 2)));
    Comparison comparison =
        new Comparison(
            "lbfgs",
            "sgd",
            "test",
            15,
            15,
            12,
            2,
            1,
            1.0 / 15,
            new Interval(-0.2, 0.333),
            0.625,
            0.625,
            0.625,
            0.412,
            1187L,
            Comparison.Verdict.TOO_FEW_EXAMPLES);
    return new Report(
        "20261122T200000.000Z",
        new BackboneFacts("SqueezeNet.mlmodel", "5f1c", "flatten", true),
        new DatasetFacts(
            labels, 30, 0, 15, 1, "5-fold cross-validation of the training split", Map.of()),
        heads,
        List.of(comparison),
        List.of(),
        null,
        List.of(),
        List.of(),
        null);
  }

  /** A run on a data set without a test split. */
  static Report untested() {
    List<String> labels = List.of("cat", "dog");
    return with(
        tiny(),
        List.of(
            plain("lbfgs", 1.2, metrics(labels, 30, 1, 9), null),
            plain("sgd", 4.9, metrics(labels, 30, 1, 9), null)),
        new BackboneFacts("SqueezeNet.mlmodel", "5f1c", "flatten", true),
        labels);
  }

  /** A run with random weights. */
  static Report untrained() {
    Report tiny = tiny();
    return new Report(
        tiny.run(),
        new BackboneFacts("untrained", "0", "flatten", false),
        tiny.dataset(),
        tiny.heads(),
        tiny.comparisons(),
        List.of(),
        null,
        List.of(),
        List.of(),
        null);
  }

  private static Report with(
      Report report, List<HeadReport> heads, BackboneFacts backbone, List<String> labels) {
    return new Report(
        report.run(),
        backbone,
        new DatasetFacts(
            labels, 30, 0, 0, 1, "5-fold cross-validation of the training split", Map.of()),
        heads,
        List.of(),
        List.of(),
        null,
        List.of(),
        List.of(),
        null);
  }

  /** The same with what users make of the models. */
  static Report personalized(Report report) {
    List<Forecast.Row> rows = new ArrayList<>();
    double[] ours = {0.75, 0.92, 0.94};
    int[] photos = {1, 5, 20};
    for (int i = 0; i < photos.length; i++) {
      rows.add(phone("trained", "shipped", photos[i], 0, ours[i]));
      rows.add(phone("trained", "shipped", photos[i], 5, ours[i] + 0.03));
      rows.add(phone("trained", "copied", photos[i], 0, 0));
      rows.add(phone("empty", "shipped", photos[i], 5, 0.5));
      rows.add(phone("knn", "shipped", photos[i], 5, i == 0 ? 0.8 : 0.7));
    }
    return report.withPersonalization(
        new Forecast(rows, "test photos", 1490, 1e9, List.of("A note.")));
  }

  private static Forecast.Row phone(
      String start, String defaults, int photos, int replay, double mean) {
    return phone(
        start,
        defaults,
        photos,
        replay,
        mean,
        new Interval(Math.max(0, mean - 0.02), Math.min(1, mean + 0.02)));
  }

  /** One new label, whose worst case is hostile. */
  public static Forecast.Row phone(
      String start, String defaults, int photos, int replay, double mean, Interval interval) {
    return new Forecast.Row(
        start,
        defaults,
        photos,
        replay,
        1,
        null,
        20,
        10,
        mean == 0 ? 1 : mean,
        mean,
        mean,
        interval,
        0.02,
        0.25,
        0,
        0.005,
        List.of(SCRIPT),
        mean - 0.05);
  }

  /** No pictures. */
  static ReportPhotos noPhotos() {
    return new ReportPhotos(Map.of(), List.of());
  }

  /** A picture for each mistake, and the variants of three photos. */
  static ReportPhotos photos(Report report) {
    Map<String, byte[]> thumbnails = new HashMap<>();
    report.mistakes().forEach(m -> thumbnails.put(m.imageId(), jpeg(m.imageId().hashCode(), 96)));
    List<String> augmentations =
        List.of(
            "none",
            "horizontal-flip",
            "rotation(-11.3)",
            "crop(0.82, 0.1, 0.05)",
            "exposure(+0.41)",
            "colour(12, 1.2)",
            "blur(1.8)",
            "noise(0.04)");
    List<PhotoVariants> variants = new ArrayList<>();
    for (int photo = 0; photo < 3; photo++) {
      int seed = photo;
      variants.add(
          new PhotoVariants(
              report.dataset().labels().get(photo),
              augmentations.stream().map(a -> new Variant(a, jpeg(seed, 96))).toList()));
    }
    return new ReportPhotos(thumbnails, variants);
  }

  /** Files that were rejected, most of them for one reason. */
  static List<RejectedFile> rejected() {
    List<RejectedFile> files = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      files.add(
          new RejectedFile(
              "file:/photos/4/copy of IMG_%04d.jpg".formatted(i),
              "4",
              Rejection.DUPLICATE,
              "same bytes as file:/photos/4/IMG_%04d.jpg".formatted(i)));
    }
    files.add(
        new RejectedFile(
            "file:/photos/" + SCRIPT + ".jpg", SCRIPT, Rejection.CORRUPT, "ends after 312 bytes"));
    files.add(
        new RejectedFile(
            "file:/photos/" + LONG,
            LONG,
            Rejection.CONFLICTING_LABELS,
            "also labelled 5: " + LONG));
    files.add(
        new RejectedFile(
            "file:/photos/notes.txt", "", Rejection.NO_LABEL, "lies beside the label folders"));
    return files;
  }

  /** A comparison with its labels exchanged for others; figures as they are. */
  static Comparison comparison(
      String a, String b, double difference, Comparison.Verdict verdict, Long needed) {
    boolean significant = verdict != Comparison.Verdict.NO_SIGNIFICANT_DIFFERENCE;
    int onlyB = significant ? 3 : 8;
    return new Comparison(
        a,
        b,
        "test",
        206,
        206,
        206 - 7 - onlyB - (int) Math.round(206 * difference),
        onlyB + (int) Math.round(206 * difference),
        onlyB,
        difference,
        new Interval(difference - 0.024, difference + 0.024),
        significant ? 2.1e-4 : 0.815,
        significant ? 2.1e-4 : 0.815,
        significant ? 1.2e-3 : 1,
        0.052,
        needed,
        verdict);
  }

  private static Map<String, Object> settings(Object... keysAndValues) {
    Map<String, Object> settings = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      settings.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return settings;
  }

  /** A head without anything but its metrics. */
  static HeadReport plain(String name, double seconds, Metrics train, Metrics test) {
    return new HeadReport(
        name,
        Map.of("l2", 0.001),
        1,
        seconds,
        "one Spark task",
        train,
        null,
        test,
        train,
        List.of(),
        List.of(),
        null,
        null,
        null,
        List.of());
  }

  /** Metrics of random answers of which about so many are right. */
  static Metrics metrics(List<String> labels, int examples, double accuracy, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] truth = new int[examples];
    double[][] probabilities = new double[examples][];
    int wrong = (int) Math.round(examples * (1 - accuracy));
    for (int i = 0; i < examples; i++) {
      truth[i] = i % labels.size();
      int neighbour =
          (truth[i] + 1 + random.nextInt(Math.min(3, labels.size() - 1))) % labels.size();
      double[] logits = new double[labels.size()];
      for (int k = 0; k < logits.length; k++) {
        logits[k] = random.nextDouble() * 2;
      }
      logits[i * 7 % examples < wrong ? neighbour : truth[i]] += 3 + 4 * random.nextDouble();
      probabilities[i] = Probabilities.softmax(logits);
    }
    return Metrics.of(labels, truth, probabilities);
  }

  private static Report of(List<String> labels, int test, String run) {
    List<HeadReport> heads =
        List.of(
            lbfgs(labels, test),
            gradient("sgd", labels, test, 0.961, 151.7),
            gradient("adam", labels, test, 0.951, 139.2),
            knn(labels, test));
    return new Report(
        run,
        new BackboneFacts(
            "SqueezeNet.mlmodel", "9d2fc33abf653a6e8b2ee6cc63ede0e72ec67f44", "flatten", true),
        new DatasetFacts(labels, 1650, 206, test, 9, "the validation split", rejectedCounts()),
        heads,
        comparisons(),
        HEADS.stream().map(name -> new LearningCurve(name, learning(name))).toList(),
        new AugmentationEffect(
            "lbfgs",
            metrics(labels, test, 0.966, 41),
            metrics(labels, test, 0.942, 42),
            comparison(
                "with", "without", 0.024, Comparison.Verdict.NO_SIGNIFICANT_DIFFERENCE, 840L)),
        mistakes(labels),
        List.of(
            new EarlierRun(
                "previous",
                "20261121T191002.114Z",
                "sgd",
                metrics(labels, test, 0.951, 51),
                metrics(labels, test, 0.947, 52),
                comparison(
                    "lbfgs", "sgd", 0.019, Comparison.Verdict.NO_SIGNIFICANT_DIFFERENCE, 1300L)),
            new EarlierRun(
                "champion",
                "20261101T190958.020Z",
                "lbfgs",
                metrics(labels, test, 0.922, 53),
                null,
                null)),
        new Provenance(
            17,
            23,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            settings(
                "dataset",
                settings("seed", 1, "test", 0.1),
                "head",
                settings("names", HEADS, "note", SCRIPT)),
            Map.of(
                "java",
                "17.0.15+6",
                "os",
                "Linux 6.1.0",
                "architecture",
                "amd64",
                "processors",
                "2",
                "git",
                "63d8cfd8dc87")));
  }

  private static Map<Rejection, Integer> rejectedCounts() {
    Map<Rejection, Integer> counts = new EnumMap<>(Rejection.class);
    counts.put(Rejection.DUPLICATE, 1259);
    counts.put(Rejection.CORRUPT, 1);
    counts.put(Rejection.CONFLICTING_LABELS, 1);
    counts.put(Rejection.NO_LABEL, 1);
    counts.put(Rejection.EMPTY, 3);
    return counts;
  }

  private static List<Comparison> comparisons() {
    return List.of(
        comparison("lbfgs", "sgd", 0.00485, Comparison.Verdict.NO_SIGNIFICANT_DIFFERENCE, 21_340L),
        comparison("lbfgs", "adam", 0.0146, Comparison.Verdict.NO_SIGNIFICANT_DIFFERENCE, 2_410L),
        comparison("lbfgs", "knn", 0.0874, Comparison.Verdict.A_BETTER, 96L),
        comparison("sgd", "adam", 0.0097, Comparison.Verdict.NO_SIGNIFICANT_DIFFERENCE, 5_120L),
        comparison("sgd", "knn", 0.0825, Comparison.Verdict.A_BETTER, 104L),
        comparison("adam", "knn", 0.0728, Comparison.Verdict.A_BETTER, 131L));
  }

  private static HeadReport lbfgs(List<String> labels, int test) {
    List<Trial> sweep = new ArrayList<>();
    for (double l2 : PENALTIES) {
      sweep.add(
          new Trial(
              Map.of("l2", l2), 0.12 + 0.03 * off(l2, 1e-3), 0.966 - 0.012 * off(l2, 1e-3), 2.4));
    }
    return head(
        "lbfgs",
        labels,
        test,
        0.966,
        37.1,
        settings("l2", 1e-3, "tolerance", 1e-9, "iterations", 143),
        sweep,
        curve(143, 3.4, 0.021, 0.117, 0.966, false),
        null,
        new Objective(1e-3, 0.09012, 0.09012, 0, 3.1e-7));
  }

  private static HeadReport gradient(
      String name, List<String> labels, int test, double accuracy, double seconds) {
    List<Trial> sweep = new ArrayList<>();
    for (double rate : RATES) {
      for (double l2 : PENALTIES) {
        boolean diverged = rate == RATES[2] && l2 == PENALTIES[4];
        double worse = off(l2, 1e-3) + off(rate, 1e-3);
        sweep.add(
            new Trial(
                settings("l2", l2, "learning-rate", rate),
                diverged ? Double.NaN : 0.13 + 0.04 * worse,
                diverged ? Double.NaN : accuracy - 0.015 * worse,
                9.1));
      }
    }
    Map<String, Object> chosen =
        settings("l2", 1e-3, "learning-rate", 1e-3, "mini-batch-size", 32, "epochs", 60);
    return head(
        name,
        labels,
        test,
        accuracy,
        seconds,
        chosen,
        sweep,
        curve(60, 9.1, 0.028, name.equals("sgd") ? 0.124 : 0.131, accuracy, true),
        new SeedSpread(
            List.of(1L, 2L, 3L, 4L, 5L),
            List.of(0.956, 0.961, 0.961, 0.966, 0.951),
            List.of(0.124, 0.126, 0.122, 0.125, 0.131)),
        new Objective(1e-3, 0.09034, 0.09012, 2.2e-4, 4.6e-3));
  }

  private static HeadReport knn(List<String> labels, int test) {
    List<Trial> sweep = new ArrayList<>();
    for (String weighting : List.of("uniform", "inverse-distance")) {
      for (int k : new int[] {1, 3, 5, 9, 17, 33}) {
        sweep.add(
            new Trial(
                settings("k", k, "weighting", weighting),
                0.4 + 0.05 * off(k, 5),
                0.879 - 0.02 * off(k, 5) - (weighting.equals("uniform") ? 0.01 : 0),
                0.6));
      }
    }
    HeadReport head =
        head(
            "knn",
            labels,
            test,
            0.879,
            7.2,
            settings("k", 5, "weighting", "inverse-distance"),
            sweep,
            List.of(),
            null,
            null);
    return new HeadReport(
        head.name(),
        head.hyperparameters(),
        head.fits(),
        head.seconds(),
        "distances in blocks on 2 Spark tasks",
        head.train(),
        head.validation(),
        head.test(),
        head.selection(),
        head.sweep(),
        head.curve(),
        null,
        null,
        null,
        head.reliability());
  }

  private static double off(double value, double best) {
    return Math.abs(Math.log10(value / best));
  }

  private static HeadReport head(
      String name,
      List<String> labels,
      int test,
      double accuracy,
      double seconds,
      Map<String, Object> chosen,
      List<Trial> sweep,
      List<CurvePoint> curve,
      SeedSpread seeds,
      Objective objective) {
    Metrics held = metrics(labels, 206, accuracy + 0.004, name.hashCode());
    return new HeadReport(
        name,
        chosen,
        sweep.size() + (seeds == null ? 1 : 6),
        seconds,
        "on the driver, " + sweep.size() + " settings in parallel",
        metrics(labels, 1650, 0.999, name.hashCode() + 1),
        held,
        metrics(labels, test, accuracy, name.hashCode() + 2),
        held,
        sweep,
        curve,
        seeds,
        objective,
        new Temperature(
            1.214, false, false, 0.124, 0.119, 0.021, 0.012, 0.131, 0.127, 0.024, 0.017),
        reliability(test, accuracy));
  }

  private static List<CurvePoint> curve(
      int epochs, double seconds, double train, double held, double accuracy, boolean batches) {
    return IntStream.rangeClosed(1, epochs)
        .mapToObj(
            epoch -> {
              double left = Math.exp(-8.0 * epoch / epochs);
              return new CurvePoint(
                  epoch,
                  seconds * epoch / epochs,
                  train + 2.2 * left,
                  batches ? train + 2.3 * left : Double.NaN,
                  held + 2.1 * left,
                  accuracy - 0.8 * left);
            })
        .toList();
  }

  private static List<Bin> reliability(int test, double accuracy) {
    int[] counts = {4, 6, 9, 21, test - 40};
    return IntStream.range(0, counts.length)
        .mapToObj(
            k -> {
              double confidence = 0.4 + 0.145 * k;
              int right = (int) Math.round(counts[k] * Math.min(accuracy, confidence * 0.97));
              return new Bin(
                  0.3 + 0.14 * k,
                  0.44 + 0.14 * k,
                  counts[k],
                  confidence,
                  (double) right / counts[k],
                  Wilson.interval(right, counts[k]));
            })
        .toList();
  }

  private static List<LearningPoint> learning(String head) {
    double best =
        switch (head) {
          case "lbfgs" -> 0.966;
          case "sgd" -> 0.961;
          case "adam" -> 0.951;
          default -> 0.879;
        };
    return Stream.of(1, 2, 5, 10, 20, 50, 100, 165)
        .map(
            photos -> {
              double accuracy = best - 0.45 / Math.sqrt(photos);
              return new LearningPoint(
                  photos,
                  photos * 10,
                  accuracy,
                  Wilson.interval((int) Math.round(accuracy * 206), 206),
                  0.1 + 1.4 / Math.sqrt(photos));
            })
        .toList();
  }

  private static List<Mistake> mistakes(List<String> labels) {
    List<Mistake> mistakes = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      String label = labels.get(i * 3 % labels.size());
      String other = labels.get((i * 3 + 1) % labels.size());
      String path =
          "file:/photos/"
              + (i == 2 ? LONG + "/" + SCRIPT : "test/" + i % 5)
              + "/IMG_11%02d.JPG".formatted(i);
      mistakes.add(
          new Mistake(
              "id" + i,
              path,
              label,
              List.of(
                  new Answer("lbfgs", other, 0.982 - 0.03 * i, 0.011),
                  new Answer("sgd", other, 0.951 - 0.03 * i, 0.024),
                  new Answer("adam", i % 2 == 0 ? label : other, 0.533, i % 2 == 0 ? 0.533 : 0.1),
                  new Answer("knn", other, 0.8, 0.2))));
    }
    return mistakes;
  }

  /** A picture that does not compress well, so that it is as long as a photo. */
  static byte[] jpeg(int seed, int side) {
    SplittableRandom random = new SplittableRandom(seed);
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = image.createGraphics();
    canvas.setPaint(
        new GradientPaint(
            0,
            0,
            new Color(random.nextInt(1 << 24)),
            side,
            side,
            new Color(random.nextInt(1 << 24))));
    canvas.fillRect(0, 0, side, side);
    for (int i = 0; i < 6; i++) {
      canvas.setColor(new Color(random.nextInt(1 << 24)));
      canvas.fillOval(random.nextInt(side), random.nextInt(side), side / 3, side / 4);
    }
    canvas.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "jpg", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
