package io.headgraft.head;

import io.headgraft.features.Progress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * The baseline: nothing is trained, but how many neighbours vote, and how, is chosen. By accuracy,
 * then by log-loss: a few votes make many probabilities 0, which no log-loss survives.
 */
public final class NearestNeighboursTrainer implements HeadTrainer<Setting.Neighbours> {

  private final HeadOptions.Knn options;
  private final JavaSparkContext spark;

  /** Prepares training. */
  public NearestNeighboursTrainer(HeadOptions.Knn options, JavaSparkContext spark) {
    this.options = options;
    this.spark = spark;
  }

  @Override
  public String name() {
    return "knn";
  }

  @Override
  public String how(TrainingSet data) {
    return "by Spark tasks on parts of the rows";
  }

  @Override
  public Choice<Setting.Neighbours> choose(Folds folds, Progress progress) {
    long start = System.nanoTime();
    List<Setting.Neighbours> settings =
        options.neighbours().stream()
            .flatMap(
                k ->
                    options.weightings().stream()
                        .map(weighting -> new Setting.Neighbours(k, weighting)))
            .toList();
    List<List<double[]>> heldOut = new ArrayList<>();
    settings.forEach(setting -> heldOut.add(new ArrayList<>()));
    int most = settings.stream().mapToInt(Setting.Neighbours::k).max().orElseThrow();
    for (int i = 0; i < folds.size(); i++) {
      try (Fold fold = folds.get(i)) {
        NearestNeighbours.Neighbour[][] nearest =
            NearestNeighbours.nearest(
                NearestNeighbours.references(fold.train(), spark), fold.heldOutFeatures(), most);
        for (NearestNeighbours.Neighbour[] neighbours : nearest) {
          for (int j = 0; j < settings.size(); j++) {
            heldOut.get(j).add(logarithms(neighbours, settings.get(j), fold));
          }
        }
      }
      progress.update(i + 1, folds.size());
    }
    List<Scores> scores =
        heldOut.stream()
            .map(logits -> Scores.of(folds.labels(), logits.toArray(double[][]::new)))
            .toList();
    int best =
        IntStream.range(0, settings.size())
            .boxed()
            .min(
                Comparator.comparing(
                    scores::get,
                    Comparator.comparingDouble(Scores::accuracy)
                        .reversed()
                        .thenComparingDouble(Scores::logLoss)))
            .orElseThrow();
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Choice<>(
        settings.get(best),
        IntStream.range(0, settings.size())
            .mapToObj(i -> trial(settings.get(i), scores.get(i), seconds / settings.size()))
            .toList(),
        folds.size(),
        seconds,
        heldOut.get(best).toArray(double[][]::new),
        List.of(),
        List.of());
  }

  private static Trial trial(Setting.Neighbours setting, Scores scores, double seconds) {
    return new Trial(setting.toMap(), scores.logLoss(), scores.accuracy(), seconds);
  }

  private static double[] logarithms(
      NearestNeighbours.Neighbour[] neighbours, Setting.Neighbours setting, Fold fold) {
    double[] votes = NearestNeighbours.votes(neighbours, setting, fold.train().labels().size());
    return Arrays.stream(votes).map(StrictMath::log).toArray();
  }

  @Override
  public NearestNeighbours train(TrainingSet data, Setting.Neighbours setting) {
    return new NearestNeighbours(
        setting,
        data.standardization(),
        data.labels().size(),
        NearestNeighbours.references(data, spark));
  }
}
