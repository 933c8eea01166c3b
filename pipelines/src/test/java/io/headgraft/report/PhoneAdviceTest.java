package io.headgraft.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.evaluation.Interval;
import io.headgraft.personalization.Forecast;
import java.util.List;
import org.junit.jupiter.api.Test;

class PhoneAdviceTest {

  @Test
  void oldPhotosMayDoHarmWithFewNewOnesAndGoodWithMany() {
    assertThat(
            advice(
                row("trained", 3, 0, 0.90),
                row("trained", 3, 5, 0.25),
                row("knn", 3, 5, 0.42),
                row("trained", 20, 0, 0.92),
                row("trained", 20, 5, 0.95),
                row("knn", 20, 5, 0.81)))
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .startsWith("Ask for 3 photos of a new label: ")
                    .endsWith(
                        ", and more photos hardly help; leave old photos out: 5 old photos of each known label beside them make it worse (0.250)."),
            second ->
                assertThat(second)
                    .isEqualTo(
                        "With 20 photos, 5 old photos of each known label beside them are worth it: they bring the harmonic mean to 0.950."),
            third ->
                assertThat(third)
                    .isEqualTo("The k-NN model, given the same photos, is nowhere better."));
  }

  @Test
  void neighboursAreComparedWithWhatTrainingMakesOfTheSamePhotos() {
    assertThat(
            advice(
                row("trained", 3, 0, 0.40),
                row("trained", 3, 5, 0.30),
                row("knn", 3, 5, 0.42),
                row("trained", 20, 0, 0.92),
                row("knn", 20, 0, 0.10),
                row("knn", 20, 5, 0.81)))
        .contains(
            "The k-NN model, given the same photos, is the better choice for new + old photos a label of 3 + 5.");
  }

  @Test
  void whatOldPhotosChangeLittleIsNotPraised() {
    assertThat(
            advice(
                row("trained", 3, 0, 0.90),
                row("trained", 3, 5, 0.91),
                row("trained", 20, 0, 0.91),
                row("trained", 20, 5, 0.92)))
        .singleElement()
        .asString()
        .endsWith("5 old photos of each known label beside them change little (0.910).");
  }

  @Test
  void withoutNewLabelsThereIsNone() {
    assertThat(PhoneAdvice.of(Forecast.none("No photos."))).isEmpty();
  }

  private static List<String> advice(Forecast.Row... rows) {
    return PhoneAdvice.of(new Forecast(List.of(rows), "test photos", 100, 1e9, List.of()));
  }

  private static Forecast.Row row(String start, int photos, int replay, double mean) {
    return SampleReports.phone(
        start, "shipped", photos, replay, mean, new Interval(mean - 0.02, mean + 0.02));
  }
}
