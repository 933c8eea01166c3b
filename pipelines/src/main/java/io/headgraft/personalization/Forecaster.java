package io.headgraft.personalization;

import io.headgraft.personalization.Play.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Plays through what users do with a model: a Spark task a world, on cached features. The same
 * photos and settings give the same forecast, whatever Spark's tasks run on.
 */
public final class Forecaster {

  /** Of one row a label nothing can be learnt of how photos of a label differ. */
  private static final int LEAST_ROWS = 2;

  private final JavaSparkContext spark;
  private final ForecastOptions options;
  private final PhoneRecipe recipe;

  /** Prepares a forecast. */
  public Forecaster(JavaSparkContext spark, ForecastOptions options, PhoneRecipe recipe) {
    this.spark = spark;
    this.options = options;
    this.recipe = recipe;
  }

  /** Plays it through. */
  public Forecast of(ForecastPhotos photos) {
    List<World> worlds = worlds(photos);
    if (worlds.isEmpty()) {
      return Forecast.none(
          "Nothing was played through: it takes three labels with training and held-out photos, and a placeholder.");
    }
    ForecastPlan plan = new ForecastPlan(worlds, photos, options, recipe);
    List<Part> parts = plan.parts();
    Broadcast<ForecastPhotos> broadcast = spark.broadcast(photos);
    try {
      PhoneRecipe own = recipe;
      ForecastOptions settings = options;
      List<Episode> episodes =
          spark
              .parallelize(parts, parts.size())
              .map(part -> new Play(part, broadcast.value(), own, settings).episodes())
              .collect()
              .stream()
              .flatMap(List::stream)
              .toList();
      return new Forecast(
          new EpisodeMeans(worlds, options).rows(episodes),
          photos.testedOn(),
          (int) worlds.stream().mapToInt(world -> world.makers().length).average().orElse(0),
          Forecast.PHONE,
          Stream.concat(notes(worlds).stream(), plan.missing().stream()).toList());
    } finally {
      broadcast.destroy();
    }
  }

  /** The multiply-adds that it takes, about; by the sizes of what there is. */
  public double work(ForecastPhotos photos) {
    return new ForecastPlan(worlds(photos), photos, options, recipe).work();
  }

  List<World> worlds(ForecastPhotos photos) {
    // First without limit: what each may have depends on how many there are.
    List<int[]> sets = sets(new Worlds(photos, options, new MakerRows(photos, Integer.MAX_VALUE)));
    int most = mostRows(photos, sets.size() + Shift.of(photos).size());
    Worlds limited = new Worlds(photos, options, new MakerRows(photos, most));
    List<World> worlds = new ArrayList<>(sets.stream().map(limited::without).toList());
    worlds.addAll(limited.shifted());
    worlds.removeIf(world -> world.makers().length < LEAST_ROWS * world.known().size());
    return worlds;
  }

  private List<int[]> sets(Worlds worlds) {
    List<int[]> sets = new ArrayList<>();
    for (int newLabels : options.newLabels()) {
      for (int[] set : worlds.leftOut(newLabels)) {
        if (recipe.placeholders(worlds.labels() - set.length) >= set.length) {
          sets.add(set);
        }
      }
    }
    return sets;
  }

  /** Rows of a model such that making all models takes half of the budget. */
  private int mostRows(ForecastPhotos photos, int worlds) {
    int features = photos.pool().features()[0].length;
    int labels = photos.labels().size();
    double perWorld = options.multiplyAdds() / 2 / Math.max(1, worlds);
    double none = recipe.work(0, features, labels);
    double rows = (perWorld - none) / (recipe.work(1, features, labels) - none);
    return (int) Math.max(0, Math.min(rows, Integer.MAX_VALUE));
  }

  private List<String> notes(List<World> worlds) {
    List<String> notes = new ArrayList<>();
    List<String> shifts =
        worlds.stream().map(World::shift).filter(s -> s != null).distinct().toList();
    if (shifts.contains("another group")) {
      notes.add(
          "Another group: the user has the photos of one group of the data set, of which the model was made without; half of them are learnt from, half are tested on.");
    }
    if (shifts.contains("mirrored") || shifts.contains("darker")) {
      notes.add(
          "The data set has no groups to take for users. Mirrored and darker users have cached variants of training photos that are mirrored, or at least a quarter of a stop darker, and otherwise changed as variants are; the model is made of the other half of the photos, without variants that are mirrored, or darker. No photo was taken by another person or camera.");
    }
    if (shifts.isEmpty()) {
      notes.add(
          "Users with the known labels and other photos were not played through: the data set has no groups, and none of the rows at hand is of a variant that is mirrored or darker.");
    }
    return notes;
  }
}
