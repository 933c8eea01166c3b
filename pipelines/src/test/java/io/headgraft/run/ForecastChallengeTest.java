package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import io.headgraft.evaluation.Interval;
import io.headgraft.personalization.Forecast;
import io.headgraft.report.Report;
import io.headgraft.report.Report.Condition;
import io.headgraft.report.Report.Provenance;
import io.headgraft.report.SampleReports;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ForecastChallengeTest {

  @Test
  void aForecastThatIsWorseThanTheMarginAllowsFails() {
    Condition worse = condition(report(1, row(20, 0.84)), report(1, row(20, 0.90)));

    assertThat(worse.name()).isEqualTo("personalization-difference");
    assertThat(worse.value()).isCloseTo(-0.06, offset(1e-9));
    assertThat(worse.limit()).isEqualTo(-0.05);
    assertThat(worse.passed()).isFalse();
    assertThat(worse.detail())
        .isEqualTo(
            "a new label learnt from 20 photos of it alone: harmonic mean of new and old labels 0.840 (95 % interval 0.820 to 0.860) against the champion's 0.900 (0.880 to 0.920), forecast on the same data set; gate.personalization-margin allows -0.050");
    assertThat(condition(report(1, row(20, 0.86)), report(1, row(20, 0.90))).passed()).isTrue();
    assertThat(condition(report(1, row(20, 0.95)), report(1, row(20, 0.90))).passed()).isTrue();
  }

  @Test
  void onOtherDataOnlyWhatLiesBetweenTheIntervalsIsLost() {
    Condition near = condition(report(2, row(20, 0.84)), report(1, row(20, 0.90)));
    Condition far = condition(report(2, row(20, 0.70)), report(1, row(20, 0.90)));

    assertThat(near.value()).isCloseTo(-0.02, offset(1e-9));
    assertThat(near.passed()).isTrue();
    assertThat(far.passed()).isFalse();
    assertThat(far.detail()).contains("the data set of its day");
  }

  @Test
  void bothAreTakenAtTheSameNumberOfPhotos() {
    Condition condition =
        condition(report(1, row(5, 0.80)), report(1, row(5, 0.81), row(20, 0.95), row(50, 0.99)));

    assertThat(condition.passed()).isTrue();
    assertThat(condition.value()).isCloseTo(-0.01, offset(1e-9));
  }

  @Test
  void whatIsNotMeasuredIsSaid() {
    Report without = SampleReports.digits();

    assertThat(condition(report(1, row(20, 0.5)), without).detail())
        .isEqualTo("not measured: there is no forecast of a new label in the champion's run");
    assertThat(condition(without, report(1, row(20, 0.5))).detail())
        .isEqualTo("not measured: there is no forecast of a new label in the challenger's run");
    assertThat(new ForecastChallenge(without, Optional.of(without), 0.05).condition()).isEmpty();
    assertThat(new ForecastChallenge(without, Optional.empty(), 0.05).condition()).isEmpty();
  }

  private static Condition condition(Report challenger, Report champion) {
    return new ForecastChallenge(challenger, Optional.of(champion), 0.05).condition().orElseThrow();
  }

  private static Report report(long data, Forecast.Row... rows) {
    Report report = SampleReports.digits();
    return new Report(
            report.run(),
            report.backbone(),
            report.dataset(),
            report.heads(),
            report.comparisons(),
            report.learningCurves(),
            report.augmentation(),
            report.mistakes(),
            report.earlier(),
            new Provenance(data, 1, "pipeline", Map.of(), Map.of()))
        .withPersonalization(new Forecast(List.of(rows), "test photos", 100, 1e9, List.of()));
  }

  private static Forecast.Row row(int photos, double mean) {
    return SampleReports.phone(
        "trained", "shipped", photos, 0, mean, new Interval(mean - 0.02, mean + 0.02));
  }
}
