package io.headgraft.report;

import io.headgraft.personalization.Forecast;
import io.headgraft.personalization.Forecast.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a forecast comes to for the people who build the app: sentences of its own figures. */
final class PhoneAdvice {

  /** A harmonic mean that is better by less is not worth another photo. */
  private static final double WORTH = 0.02;

  private final List<Row> alone;
  private final List<Row> replayed;
  private final Forecast forecast;

  private PhoneAdvice(Forecast forecast) {
    this.forecast = forecast;
    this.alone = forecast.curve("trained", "shipped", 0);
    this.replayed =
        forecast.episodes().stream()
            .filter(row -> row.replay() > 0 && row.is("trained", "shipped", row.replay(), 1))
            .toList();
  }

  /** In order of importance; none where no label was added. */
  static List<String> of(Forecast forecast) {
    PhoneAdvice advice = new PhoneAdvice(forecast);
    if (advice.alone.isEmpty()) {
      return List.of();
    }
    List<String> sentences = new ArrayList<>(List.of(advice.photos()));
    advice.more().ifPresent(sentences::add);
    advice.neighbors().ifPresent(sentences::add);
    advice.copied().ifPresent(sentences::add);
    return sentences;
  }

  /** The fewest photos with which it is hardly worse than the best. */
  private static Optional<Row> enough(List<Row> rows) {
    return rows.stream().filter(row -> row.harmonicMean() >= best(rows) - WORTH).findFirst();
  }

  private static double best(List<Row> rows) {
    return rows.stream().mapToDouble(Row::harmonicMean).max().orElse(0);
  }

  /** How many photos to ask for, and whether old ones should go with them. */
  private String photos() {
    Row enough = enough(alone).orElseThrow();
    return "Ask for %s of a new label: the model then knows %s of the new label’s photos and %s of the old ones’ (harmonic mean %s, 95 %% interval %s to %s)%s; %s"
        .formatted(
            photos(enough.photos()),
            percent(enough.newAccuracy()),
            percent(enough.oldAccuracy()),
            Figures.decimal(enough.harmonicMean()),
            Figures.decimal(enough.interval().low()),
            Figures.decimal(enough.interval().high()),
            enough.equals(alone.get(alone.size() - 1)) ? "" : ", and more photos hardly help",
            replay(enough));
  }

  private String replay(Row without) {
    Optional<Row> with =
        replayed.stream().filter(row -> row.photos() == without.photos()).findFirst();
    if (with.isEmpty()) {
      return "whether old photos beside them help was not measured.";
    }
    double gain = with.get().harmonicMean() - without.harmonicMean();
    String old = photos(with.get().replay()).replace("photo", "old photo") + " of each known label";
    if (gain >= WORTH) {
      return "give each update %s too, which brings the harmonic mean to %s."
          .formatted(old, Figures.decimal(with.get().harmonicMean()));
    }
    return gain > -WORTH
        ? "%s beside them change little (%s)."
            .formatted(old, Figures.decimal(with.get().harmonicMean()))
        : "leave old photos out: %s beside them make it worse (%s)."
            .formatted(old, Figures.decimal(with.get().harmonicMean()));
  }

  /** What more photos and old ones together come to, where neither helps by itself. */
  private Optional<String> more() {
    Row alreadyEnough = enough(alone).orElseThrow();
    return enough(replayed)
        .filter(row -> row.photos() > alreadyEnough.photos())
        .filter(row -> row.harmonicMean() >= alreadyEnough.harmonicMean() + WORTH)
        .map(
            row ->
                "With %s, %s of each known label beside them are worth it: they bring the harmonic mean to %s."
                    .formatted(
                        photos(row.photos()),
                        photos(row.replay()).replace("photo", "old photo"),
                        Figures.decimal(row.harmonicMean())));
  }

  /** Where k-NN, given the same photos, is ahead of training with all of them or the new ones. */
  private Optional<String> neighbors() {
    List<String> better = new ArrayList<>();
    int compared = 0;
    for (Row row : forecast.episodes()) {
      if (row.shift() != null || row.newLabels() != 1 || !row.start().equals("knn")) {
        continue;
      }
      List<Row> trained =
          Stream.concat(alone.stream(), replayed.stream())
              .filter(other -> other.photos() == row.photos() && other.replay() <= row.replay())
              .toList();
      compared += trained.isEmpty() ? 0 : 1;
      if (!trained.isEmpty() && row.harmonicMean() > best(trained)) {
        better.add("%d + %d".formatted(row.photos(), row.replay()));
      }
    }
    if (compared == 0) {
      return Optional.empty();
    }
    return Optional.of(
        better.isEmpty()
            ? "The k-NN model, given the same photos, is nowhere better."
            : better.size() == compared
                ? "The k-NN model, given the same photos, is always better: ship that."
                : "The k-NN model, given the same photos, is the better choice for new + old photos a label of %s."
                    .formatted(better.stream().collect(Collectors.joining(", "))));
  }

  private Optional<String> copied() {
    Row ours = alone.get(alone.size() - 1);
    return forecast.curve("trained", "copied", 0).stream()
        .filter(row -> row.photos() == ours.photos())
        .findFirst()
        .map(
            row ->
                "With raw features and the defaults that are commonly copied the harmonic mean would be %s after %s (%s of the new label’s photos right, %s of the old ones’), as shipped it is %s."
                    .formatted(
                        Figures.decimal(row.harmonicMean()),
                        photos(row.photos()),
                        percent(row.newAccuracy()),
                        percent(row.oldAccuracy()),
                        Figures.decimal(ours.harmonicMean())));
  }

  private static String photos(int count) {
    return count == 1 ? "1 photo" : Figures.count(count) + " photos";
  }

  private static String percent(double share) {
    return Figures.size(share) + " %";
  }
}
