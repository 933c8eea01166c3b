package io.headgraft.personalization;

import io.headgraft.personalization.Episode.Setting;
import io.headgraft.personalization.PhoneRecipe.Front;
import io.headgraft.personalization.PhoneRecipe.Models;
import io.headgraft.personalization.PhoneRecipe.Neighbors;
import io.headgraft.personalization.PhoneRecipe.Start;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * All episodes of one world: the models are made once, then each user begins with them anew. What
 * is drawn follows from the world and the number of the draw, so it is the same on every machine;
 * settings of one draw share its photos, fewer of them being the first of more.
 */
final class Play {

  private final Part part;
  private final ForecastPhotos photos;
  private final ForecastOptions options;
  private final Models models;
  private final IdentityHashMap<Front, FrontRows> rows = new IdentityHashMap<>();
  private final Distances toNew;
  private final Distances toOld;

  /**
   * What a task has to do.
   *
   * @param index of the world among all
   * @param draws [number of photos], as the options name them: episodes of it in this world
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares them, or changes them.
  record Part(World world, int index, int[] draws) implements Serializable {}

  Play(Part part, ForecastPhotos photos, PhoneRecipe recipe, ForecastOptions options) {
    this.part = part;
    this.photos = photos;
    this.options = options;
    this.models =
        recipe.models(
            part.world().known(),
            photos.pool().rows(part.world().makers()).labelled(part.world().classes()));
    int[] examples = examples();
    int[] needed = concat(examples, concat(part.world().newTest(), part.world().oldTest()));
    for (Start start : models.starts()) {
      front(start.front(), needed);
    }
    FrontRows neighbors = front(models.neighbors().front(), needed);
    this.toNew = distances(neighbors, part.world().newTest(), examples);
    this.toOld = distances(neighbors, part.world().oldTest(), examples);
  }

  private FrontRows front(Front front, int[] needed) {
    return rows.computeIfAbsent(front, own -> new FrontRows(own, photos.pool().features(), needed));
  }

  private static Distances distances(FrontRows rows, int[] tested, int[] examples) {
    return new Distances(rows.of(tested), examples, rows.of(examples));
  }

  /** All rows that are learnt from in some episode. */
  private int[] examples() {
    IntStream.Builder all = IntStream.builder();
    all(
        (draw, replay, count) ->
            Arrays.stream(
                    concat(
                        drawn(part.world().user(), draw, count),
                        replayed(draw, stored(models.neighbors(), replay))))
                .forEach(all));
    return all.build().distinct().toArray();
  }

  List<Episode> episodes() {
    List<Episode> episodes = new ArrayList<>();
    for (Start start : models.starts()) {
      Answers before = answers(start, part.world().oldTest());
      all((draw, replay, count) -> episodes.add(train(start, before, draw, replay, count)));
    }
    all((draw, replay, count) -> episodes.add(neighbors(draw, replay, count)));
    return episodes;
  }

  private interface Each {
    void play(int draw, int replay, int count);
  }

  private void all(Each each) {
    for (int p = 0; p < options.photos().size(); p++) {
      for (int draw = 0; draw < part.draws()[p]; draw++) {
        for (int replay : options.replay()) {
          each.play(draw, replay, options.photos().get(p));
        }
      }
    }
  }

  private Episode train(Start start, Answers before, int draw, int replay, int count) {
    int[] learnt = concat(drawn(part.world().user(), draw, count), replayed(draw, replay));
    DeviceOptions own = start.options();
    DeviceOptions seeded =
        new DeviceOptions(
            own.rule(),
            own.learningRate(),
            own.miniBatchSize(),
            own.epochs(),
            own.shuffle(),
            options.seed() + draw);
    float[][] features = rows.get(start.front()).of(learnt);
    Start trained =
        new Start(
            start.start(),
            start.defaults(),
            start.front(),
            DeviceTrainer.train(
                    start.layers(), features, classes(learnt), seeded, UpdateHandlers.NONE)
                .layers(),
            own);
    int batches = (learnt.length + own.miniBatchSize() - 1) / own.miniBatchSize();
    double products = (double) features[0].length * start.layers().head().outputs();
    return episode(
        setting(start.start(), start.defaults(), replay, count),
        draw,
        before,
        answers(trained, part.world().newTest()),
        answers(trained, part.world().oldTest()),
        // Forwards and backwards.
        2 * products * batches * own.miniBatchSize() * own.epochs());
  }

  /** Known examples: as many as are replayed, or as the model ships with if these are more. */
  private Episode neighbors(int draw, int replay, int count) {
    Neighbors model = models.neighbors();
    int[] old = replayed(draw, stored(model, replay));
    int[] all = concat(old, drawn(part.world().user(), draw, count));
    return episode(
        setting("knn", "shipped", replay, count),
        draw,
        votes(toOld, old, part.world().oldTest()),
        votes(toNew, all, part.world().newTest()),
        votes(toOld, all, part.world().oldTest()),
        0);
  }

  private static int stored(Neighbors model, int replay) {
    return Math.max(replay, model.examples());
  }

  private Setting setting(String start, String defaults, int replay, int count) {
    return new Setting(
        part.world().shift(), part.world().newLabels(), start, defaults, replay, count);
  }

  private Episode episode(
      Setting setting,
      int draw,
      Answers before,
      Answers newAfter,
      Answers oldAfter,
      double multiplyAdds) {
    return new Episode(
        setting,
        part.index(),
        draw,
        newAfter.accuracy(),
        oldAfter.accuracy(),
        before.accuracy(),
        oldAfter.logLossWith(newAfter),
        before.shareBehind(part.world().known().size()),
        multiplyAdds);
  }

  private Answers answers(Start model, int[] photoRows) {
    return Answers.ofLogits(
        DeviceTrainer.logits(model.layers(), rows.get(model.front()).of(photoRows)),
        classes(photoRows));
  }

  private Answers votes(Distances distances, int[] examples, int[] photoRows) {
    Neighbors model = models.neighbors();
    int classes = part.world().known().size() + part.world().newLabels();
    return Answers.of(
        new Votes(model.k(), model.uniform(), classes)
            .of(distances.of(examples), classes(examples), photoRows.length),
        classes(photoRows));
  }

  private int[] classes(int[] photoRows) {
    return Arrays.stream(photoRows)
        .map(row -> part.world().classes()[photos.pool().labels()[row]])
        .toArray();
  }

  private int[] replayed(int draw, int count) {
    return count == 0 ? new int[0] : drawn(part.world().old(), ~draw, count);
  }

  /** Some rows of each label; where there are fewer, all. */
  private int[] drawn(int[][] byLabel, int draw, int count) {
    SplittableRandom random =
        new SplittableRandom((options.seed() * 1_000_003L + part.index()) * 1_000_003L + draw);
    return Arrays.stream(byLabel)
        .map(some -> shuffled(some, random))
        .flatMapToInt(some -> Arrays.stream(some).limit(count))
        .toArray();
  }

  static int[] shuffled(int[] values, SplittableRandom random) {
    int[] shuffled = values.clone();
    for (int i = shuffled.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int value = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = value;
    }
    return shuffled;
  }

  private static int[] concat(int[] a, int[] b) {
    return IntStream.concat(Arrays.stream(a), Arrays.stream(b)).toArray();
  }
}
