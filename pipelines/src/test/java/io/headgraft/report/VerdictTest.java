package io.headgraft.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.evaluation.Comparison;
import io.headgraft.evaluation.Interval;
import io.headgraft.evaluation.Metrics;
import io.headgraft.report.Report.HeadReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTest {

  private static final List<String> LABELS = List.of("cat", "dog");

  @Test
  void noDifference() {
    assertThat(Verdict.of(SampleReports.digits()))
        .isEqualTo(
            "L-BFGS 0.966, SGD 0.961: no significant difference on 206 photos; SGD took 4.1× as long.");
  }

  @Test
  void tooFewPhotos() {
    assertThat(Verdict.of(SampleReports.tiny()))
        .isEqualTo(
            "L-BFGS 0.933, SGD 0.867: nothing can be concluded from 15 photos; a difference of 6.7 points would need about 1,200; SGD took 4.1× as long.");
  }

  @Test
  void theFirstIsBetter() {
    Report report =
        report(
            List.of(head("lbfgs", 30, 0.1, 0.95), head("sgd", 3, 0.1, 0.9)),
            comparison("lbfgs", 0.95, "sgd", 0.9, Comparison.Verdict.A_BETTER));

    assertThat(Verdict.of(report))
        .isEqualTo(
            "L-BFGS 0.950, SGD 0.900: L-BFGS is better on 200 photos, by 5.0 points (95 % interval 3.0 to 7.0); L-BFGS took 10× as long.");
  }

  @Test
  void theSecondIsBetterAndComesFirstInTheComparison() {
    Report report =
        report(
            List.of(head("sgd", 3, 0.1, 0.95), head("lbfgs", 3.1, 0.1, 0.9)),
            comparison("sgd", 0.95, "lbfgs", 0.9, Comparison.Verdict.A_BETTER));

    assertThat(Verdict.of(report))
        .isEqualTo(
            "SGD 0.950, L-BFGS 0.900: SGD is better on 200 photos, by 5.0 points (95 % interval 3.0 to 7.0); both took about as long.");
  }

  @Test
  void everyVerdictHasItsWords() {
    assertThat(Comparison.Verdict.values())
        .extracting(verdict -> Verdict.words(comparison("a", 0.9, "b", 0.9, verdict), "A", "B"))
        .containsExactly(
            "A is better", "B is better", "no significant difference", "too few photos to tell");
  }

  @Test
  void theChallengerIsTheOneWithTheLowerLossOnHeldOutPhotos() {
    List<HeadReport> heads =
        List.of(
            head("knn", 1, 0.05, 0.99),
            head("sgd", 3, 0.2, 0.97),
            head("adam", 6, 0.1, 0.93),
            head("lbfgs", 3, 0.1, 0.95));
    Report report =
        report(
            heads,
            comparison("sgd", 0.97, "lbfgs", 0.95, Comparison.Verdict.NO_SIGNIFICANT_DIFFERENCE),
            comparison("lbfgs", 0.95, "adam", 0.93, Comparison.Verdict.NO_SIGNIFICANT_DIFFERENCE));

    assertThat(Verdict.of(report))
        .isEqualTo(
            "L-BFGS 0.950, Adam 0.930: no significant difference on 200 photos; Adam took 2.0× as long.");
  }

  @Test
  void withoutLbfgsTheFirstTwoAreCompared() {
    Report report =
        report(
            List.of(
                head("knn", 0, 0.1, 0.9), head("sgd", 3, 0.1, 0.95), head("adam", 3, 0.01, 0.9)),
            comparison("knn", 0.9, "sgd", 0.95, Comparison.Verdict.NO_SIGNIFICANT_DIFFERENCE));

    assertThat(Verdict.of(report))
        .isEqualTo("k-NN 0.900, SGD 0.950: no significant difference on 200 photos.");
  }

  @Test
  void headsThatWereNotComparedStandSideBySide() {
    Report report =
        report(
            List.of(head("lbfgs", 3, 0.1, 0.9), head("sgd", 3, 0.1, 0.95)),
            comparison("sgd", 0.95, "knn", 0.9, Comparison.Verdict.A_BETTER));

    assertThat(Verdict.of(report)).isEqualTo("L-BFGS 0.900, SGD 0.950 on 200 photos.");
  }

  @Test
  void oneHead() {
    Report report = report(List.of(head("lbfgs", 3, 0.1, 0.9)));

    assertThat(Verdict.of(report))
        .isEqualTo(
            "L-BFGS 0.900 on 200 photos (95 % interval 0.851 to 0.934); there is no other head to compare it with.");
  }

  @Test
  void nothingTested() {
    assertThat(Verdict.of(SampleReports.untested()))
        .isEqualTo(
            "Nothing was tested: the data set has no test split. On the photos that the settings were chosen on: L-BFGS 1.000, SGD 1.000.");
  }

  @Test
  void noHead() {
    assertThat(Verdict.of(report(List.of()))).isEqualTo("No head was trained.");
  }

  private static Comparison comparison(
      String a, double accuracyOfA, String b, double accuracyOfB, Comparison.Verdict verdict) {
    double difference = accuracyOfA - accuracyOfB;
    int onlyA = 30 + (int) Math.round(200 * difference);
    return new Comparison(
        a,
        b,
        "test",
        200,
        200,
        (int) Math.round(200 * accuracyOfA) - onlyA,
        onlyA,
        30,
        difference,
        new Interval(difference - 0.02, difference + 0.02),
        0.013,
        0.013,
        0.026,
        0.033,
        null,
        verdict);
  }

  private static HeadReport head(
      String name, double seconds, double selectionLoss, double accuracy) {
    Metrics test = SampleReports.metrics(LABELS, 200, accuracy, 1);
    Metrics selection =
        new Metrics(
            10, 1, test.accuracyInterval(), selectionLoss, 0, 0, 1, 1, test.confusion(), List.of());
    return new HeadReport(
        name, Map.of(), 1, seconds, "", test, null, test, selection, List.of(), List.of(), null,
        null, null, List.of());
  }

  private static Report report(List<HeadReport> heads, Comparison... comparisons) {
    Report tiny = SampleReports.tiny();
    return new Report(
        tiny.run(),
        tiny.backbone(),
        tiny.dataset(),
        heads,
        List.of(comparisons),
        List.of(),
        null,
        List.of(),
        List.of(),
        null);
  }
}
