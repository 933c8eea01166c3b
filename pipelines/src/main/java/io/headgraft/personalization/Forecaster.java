package io.headgraft.personalization;

import io.headgraft.personalization.Play.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Plays through what users do with a model: a Spark task a world, on cached features. The same
 * photos and settings give the same forecast, whatever Spark's tasks run on.
 */
public final class Forecaster {

  /**
   * Of making a model, how often its rows are gone through: iterations of L-BFGS there and back, in
   * double precision.
   */
  private static final double PASSES = 60;

  /** Of one row a label nothing can be learnt of how photos of a label differ. */
  private static final int LEAST_ROWS = 2;

  /** Intervals are as narrow as the label sets let them be by then. */
  private static final int MOST_ROUNDS = 3;

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
    List<Part> parts = parts(worlds, photos);
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
          notes(worlds));
    } finally {
      broadcast.destroy();
    }
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
    double features = photos.pool().features()[0].length;
    double perWorld = options.multiplyAdds() / 2 / Math.max(1, worlds);
    double perRow = features * (PASSES * photos.labels().size() + features);
    double rows = (perWorld - 3 * features * features * features) / perRow;
    return (int) Math.max(0, Math.min(rows, Integer.MAX_VALUE));
  }

  /** The least number of episodes of each setting, and more rounds as the budget allows. */
  List<Part> parts(List<World> worlds, ForecastPhotos photos) {
    double round = 0;
    double budget = options.multiplyAdds() / 2;
    int[][] draws = draws(worlds, 1);
    for (int i = 0; i < worlds.size(); i++) {
      round += work(worlds.get(i), draws[i], photos);
    }
    int rounds = (int) Math.max(1, Math.min(MOST_ROUNDS, budget / Math.max(1, round)));
    int[][] all = draws(worlds, rounds);
    return IntStream.range(0, worlds.size())
        .mapToObj(i -> new Part(worlds.get(i), i, all[i]))
        .toList();
  }

  /** [world][number of photos]: so many that each setting has its episodes. */
  private int[][] draws(List<World> worlds, int rounds) {
    int[][] draws = new int[worlds.size()][options.photos().size()];
    for (int p = 0; p < options.photos().size(); p++) {
      int photos = options.photos().get(p);
      for (int i = 0; i < draws.length; i++) {
        World world = worlds.get(i);
        long like =
            worlds.stream()
                .filter(other -> other.isLike(world) && other.photos() >= photos)
                .count();
        draws[i][p] =
            world.photos() >= photos
                ? (int) (((long) rounds * options.episodes() + like - 1) / like)
                : 0;
      }
    }
    return draws;
  }

  private double work(World world, int[] draws, ForecastPhotos photos) {
    double products =
        (double) photos.pool().features()[0].length
            * (world.known().size() + recipe.placeholders(world.known().size()));
    double tested = world.newTest().length + world.oldTest().length;
    double work = 0;
    for (int p = 0; p < draws.length; p++) {
      for (int replay : options.replay()) {
        double learnt =
            (double) world.user().length * options.photos().get(p)
                + (double) replay * world.old().length;
        // Trained and empty, as shipped and copied; and neighbours.
        work += draws[p] * products * 4 * (2 * learnt * recipe.epochs() + tested);
        work += draws[p] * photos.pool().features()[0].length * learnt * tested;
      }
    }
    return work;
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
          "Users with the known labels and other photos were not played through: the data set has no groups, and its cached variants are neither mirrored nor darker.");
    }
    return notes;
  }
}
