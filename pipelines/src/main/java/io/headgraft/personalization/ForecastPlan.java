package io.headgraft.personalization;

import io.headgraft.head.Kernels;
import io.headgraft.personalization.Play.Part;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How often each world is played through: what the multiply-adds of a budget are enough for, by the
 * sizes of what is there, so that the same photos give the same plan on every machine.
 */
final class ForecastPlan {

  /** Intervals are as narrow as the label sets let them be by then. */
  private static final int MOST_ROUNDS = 3;

  /** Trained and empty, as shipped and copied. */
  private static final int STARTS = 4;

  private final List<World> worlds;
  private final ForecastPhotos photos;
  private final ForecastOptions options;
  private final PhoneRecipe recipe;

  /** What does not fit into the budget. */
  private final Set<Cell> leftOut = new LinkedHashSet<>();

  private final int rounds;

  /**
   * Users of one kind with as many photos.
   *
   * @param shift null where labels are added
   */
  private record Cell(int newLabels, String shift, int photos) {

    static Cell of(World world, int photos) {
      return new Cell(world.newLabels(), world.shift(), photos);
    }

    /** What the gate looks at is never left out. */
    boolean stays() {
      return newLabels == 1 && photos <= Forecast.REFERENCE_PHOTOS;
    }

    String text() {
      String user =
          shift != null ? shift : newLabels == 1 ? "1 new label" : newLabels + " new labels";
      return "%s with %d photo%s".formatted(user, photos, photos == 1 ? "" : "s");
    }
  }

  ForecastPlan(
      List<World> worlds, ForecastPhotos photos, ForecastOptions options, PhoneRecipe recipe) {
    this.worlds = worlds;
    this.photos = photos;
    this.options = options;
    this.recipe = recipe;
    double budget = options.multiplyAdds() - models();
    Map<Cell, Double> round = round();
    while (sum(round) > budget && round.keySet().stream().anyMatch(cell -> !cell.stays())) {
      Cell costliest =
          round.keySet().stream()
              .filter(cell -> !cell.stays())
              .max(Comparator.comparing(round::get))
              .orElseThrow();
      leftOut.add(costliest);
      round.remove(costliest);
    }
    this.rounds = rounds(round, budget);
  }

  /** What models take, and what stands in front of their trained layers. */
  private double models() {
    return worlds.stream()
        .mapToDouble(
            world ->
                recipe.work(world.makers().length, features(), world.known().size()) + front(world))
        .sum();
  }

  /** The multiply-adds of it all, about. */
  double work() {
    double work = models();
    for (Part part : parts()) {
      for (int p = 0; p < part.draws().length; p++) {
        work += part.draws()[p] * work(part.world(), options.photos().get(p));
      }
    }
    return work;
  }

  /** What each cell takes for its least number of episodes. */
  private Map<Cell, Double> round() {
    Map<Cell, Double> round = new LinkedHashMap<>();
    for (int i = 0; i < worlds.size(); i++) {
      for (int p = 0; p < options.photos().size(); p++) {
        int draws = draws(i, p, 1);
        if (draws > 0) {
          int count = options.photos().get(p);
          round.merge(
              Cell.of(worlds.get(i), count), draws * work(worlds.get(i), count), Double::sum);
        }
      }
    }
    return round;
  }

  private static double sum(Map<Cell, Double> round) {
    return round.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Of the users that add labels, for their worlds are many, and the gate looks at them. */
  private int rounds(Map<Cell, Double> round, double budget) {
    double adding =
        round.entrySet().stream()
            .filter(each -> each.getKey().shift() == null)
            .mapToDouble(Map.Entry::getValue)
            .sum();
    double spare = budget - sum(round);
    return 1 + (int) Math.max(0, Math.min(MOST_ROUNDS - 1, spare / Math.max(1, adding)));
  }

  /** The parts that tasks play through. */
  List<Part> parts() {
    return IntStream.range(0, worlds.size())
        .mapToObj(i -> new Part(worlds.get(i), i, draws(i)))
        .toList();
  }

  /** What the budget is not enough for, in a sentence. */
  Optional<String> missing() {
    return leftOut.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Left out, for personalize.forecast-seconds is not enough for so many labels: %s."
                .formatted(leftOut.stream().map(Cell::text).collect(Collectors.joining(", "))));
  }

  private int[] draws(int world) {
    return IntStream.range(0, options.photos().size())
        .map(p -> draws(world, p, worlds.get(world).shift() == null ? rounds : 1))
        .toArray();
  }

  /** So many that each setting has its episodes. */
  private int draws(int i, int p, int times) {
    World world = worlds.get(i);
    int count = options.photos().get(p);
    if (world.photos() < count || leftOut.contains(Cell.of(world, count))) {
      return 0;
    }
    long like =
        worlds.stream().filter(other -> other.isLike(world) && other.photos() >= count).count();
    return (int) (((long) times * options.episodes() + like - 1) / like);
  }

  /** The multiply-adds of a draw in a world. */
  private double work(World world, int count) {
    int outputs = world.known().size() + recipe.placeholders(world.known().size());
    double products = (double) features() * outputs;
    double tested = world.newTest().length + world.oldTest().length;
    double work = 0;
    for (int replay : options.replay()) {
      double learnt = (double) world.user().length * count + (double) replay * world.old().length;
      work += STARTS * products * (2 * (learnt + Kernels.ROWS) * recipe.epochs() + tested);
    }
    return work;
  }

  /** As if it whitened: one product a feature each way. */
  private double front(World world) {
    long like = worlds.stream().filter(other -> other.isLike(world)).count();
    int draws = (int) (MOST_ROUNDS * ((options.episodes() + like - 1) / like));
    double rows = world.newTest().length + world.oldTest().length;
    rows += drawn(world.user(), draws * most(options.photos()));
    rows += drawn(world.old(), draws * most(options.replay()));
    return rows * features() * features();
  }

  private static int most(List<Integer> counts) {
    return counts.stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  private static double drawn(int[][] byLabel, int most) {
    return Arrays.stream(byLabel).mapToDouble(rows -> Math.min(rows.length, most)).sum();
  }

  private int features() {
    return photos.pool().features()[0].length;
  }
}
