package io.headgraft.personalization;

import io.headgraft.image.Augmentation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * How one user's photos differ from those that a model is made of: another group of the data set
 * where it has groups, else what the cached variants show.
 *
 * @param name for people
 * @param users [training row], whether the user has it
 * @param makers [training row], whether the model is made of it
 * @param learnt [training row], whether the user learns from it; else it tests what was learnt
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them, or changes them.
record Shift(String name, boolean[] users, boolean[] makers, boolean[] learnt) {

  /** Of so many groups, each is a user; of more, the largest. */
  private static final int GROUPS = 5;

  /** Photos of a group that could teach and test something. */
  private static final int LEAST_PHOTOS = 8;

  /** A quarter of a stop darker is not to be seen; the usual variants go to 0.7. */
  private static final double DARKER = -0.25;

  boolean isUsers(int row) {
    return users[row];
  }

  boolean isMakers(int row) {
    return makers[row];
  }

  boolean learns(int row) {
    return learnt[row];
  }

  /** What there is in a data set. */
  static List<Shift> of(ForecastPhotos photos) {
    List<Shift> groups = groups(photos);
    if (!groups.isEmpty()) {
      return groups;
    }
    List<Shift> shifts = new ArrayList<>();
    add(shifts, photos, "mirrored", Shift::mirrors, Shift::mirrors);
    add(shifts, photos, "darker", each -> stops(each) <= DARKER, each -> stops(each) < 0);
    return shifts;
  }

  /** Groups of several labels; where each photo is its own group, there are none. */
  private static List<Shift> groups(ForecastPhotos photos) {
    Map<String, Integer> sizes = new HashMap<>();
    String[] groups = photos.pool().groups();
    for (int row : photos.training(i -> photos.pool().variants()[i] == 0)) {
      sizes.merge(groups[row], 1, Integer::sum);
    }
    return sizes.entrySet().stream()
        .filter(group -> group.getValue() >= LEAST_PHOTOS)
        .sorted(
            Map.Entry.<String, Integer>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(GROUPS)
        .map(group -> group(photos, group.getKey()))
        .toList();
  }

  private static Shift group(ForecastPhotos photos, String group) {
    boolean[] users = new boolean[photos.training()];
    boolean[] makers = new boolean[photos.training()];
    for (int row = 0; row < users.length; row++) {
      boolean own = photos.pool().groups()[row].equals(group);
      users[row] = own && photos.pool().variants()[row] == 0;
      makers[row] = !own;
    }
    return new Shift("another group", users, makers, everySecondImage(photos));
  }

  /**
   * One half of the photos is the maker's, without the variants that show the shift; of the other
   * half, the user has those that do, and learns from half of these photos.
   */
  private static void add(
      List<Shift> shifts,
      ForecastPhotos photos,
      String name,
      Predicate<Augmentation> shown,
      Predicate<Augmentation> hinted) {
    boolean[] half = everySecondImage(photos);
    boolean[] users = new boolean[half.length];
    boolean[] makers = new boolean[half.length];
    boolean any = false;
    for (int row = 0; row < half.length; row++) {
      users[row] = !half[row] && shown.test(photos.augmentations()[row]);
      makers[row] = half[row] && !hinted.test(photos.augmentations()[row]);
      any |= users[row];
    }
    if (any) {
      shifts.add(new Shift(name, users, makers, everySecondImageOf(photos, users)));
    }
  }

  private static boolean[] everySecondImage(ForecastPhotos photos) {
    boolean[] all = new boolean[photos.training()];
    Arrays.fill(all, true);
    return everySecondImageOf(photos, all);
  }

  /** Of each label every second image among some rows, in the order of their ids. */
  private static boolean[] everySecondImageOf(ForecastPhotos photos, boolean[] rows) {
    Map<Integer, Integer> counts = new HashMap<>();
    Map<String, Boolean> chosen = new HashMap<>();
    boolean[] second = new boolean[rows.length];
    for (int row : IntStream.range(0, rows.length).filter(i -> rows[i]).toArray()) {
      int label = photos.pool().labels()[row];
      second[row] =
          chosen.computeIfAbsent(
              photos.pool().imageIds()[row], id -> counts.merge(label, 1, Integer::sum) % 2 == 0);
    }
    return second;
  }

  private static boolean mirrors(Augmentation augmentation) {
    return augmentation.steps().stream().anyMatch(Augmentation.HorizontalFlip.class::isInstance);
  }

  private static double stops(Augmentation augmentation) {
    return augmentation.steps().stream()
        .filter(Augmentation.Exposure.class::isInstance)
        .mapToDouble(step -> ((Augmentation.Exposure) step).stops())
        .sum();
  }
}
