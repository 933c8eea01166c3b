package io.headgraft.run;

import io.headgraft.personalization.Forecast;
import io.headgraft.personalization.Forecast.Row;
import io.headgraft.report.Report;
import io.headgraft.report.Report.Condition;
import java.util.Locale;
import java.util.Optional;

/**
 * What users will make of a challenger against what they make of the champion, each as its own run
 * has forecast it.
 *
 * @param champion its report, if it is still there
 * @param margin that the harmonic mean may lie below the champion's
 */
record ForecastChallenge(Report challenger, Optional<Report> champion, double margin) {

  private static final String NAME = "personalization-difference";

  /** Nothing if nothing can be held against the champion in neither run. */
  Optional<Condition> condition() {
    Optional<Row> ours = reference(Optional.of(challenger), Forecast.REFERENCE_PHOTOS);
    Optional<Row> theirs = reference(champion, Forecast.REFERENCE_PHOTOS);
    if (ours.isEmpty() || theirs.isEmpty()) {
      return ours.isEmpty() && theirs.isEmpty()
          ? Optional.empty()
          : Optional.of(
              unmeasured(
                  "there is no forecast of a new label in the %s run"
                      .formatted(ours.isEmpty() ? "challenger's" : "champion's")));
    }
    // With fewer photos than the other had, it would be worse for that alone.
    int photos = Math.min(ours.get().photos(), theirs.get().photos());
    ours = reference(Optional.of(challenger), photos);
    theirs = reference(champion, photos);
    return Optional.of(
        ours.isEmpty() || theirs.isEmpty() || ours.get().photos() != theirs.get().photos()
            ? unmeasured("the two forecasts have no number of photos in common")
            : compared(ours.get(), theirs.get()));
  }

  private static Optional<Row> reference(Optional<Report> report, int photos) {
    return report.map(Report::personalization).flatMap(forecast -> forecast.reference(photos));
  }

  private Condition unmeasured(String why) {
    return new Condition(NAME, 0, -margin, true, "not measured: " + why);
  }

  private Condition compared(Row ours, Row theirs) {
    boolean same = sameData();
    double difference = ours.harmonicMean() - theirs.harmonicMean();
    double value =
        same || difference >= 0
            ? difference
            : Math.min(0, ours.interval().high() - theirs.interval().low());
    return new Condition(
        NAME,
        value,
        -margin,
        value >= -margin,
        String.format(
            Locale.ROOT,
            "a new label learnt from %d photos of it alone: harmonic mean of new and old labels %.3f (95 %% interval %.3f to %.3f) against the champion's %.3f (%.3f to %.3f), forecast on %s; gate.personalization-margin allows %+.3f",
            ours.photos(),
            ours.harmonicMean(),
            ours.interval().low(),
            ours.interval().high(),
            theirs.harmonicMean(),
            theirs.interval().low(),
            theirs.interval().high(),
            same
                ? "the same data set"
                : "the data set of its day, so only what lies between the intervals counts as lost",
            -margin));
  }

  private boolean sameData() {
    Report before = champion.orElseThrow();
    return challenger.provenance() != null
        && before.provenance() != null
        && challenger.provenance().datasetVersion() == before.provenance().datasetVersion();
  }
}
