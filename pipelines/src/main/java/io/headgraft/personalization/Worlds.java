package io.headgraft.personalization;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** The worlds in which labels are left out of the model, for its user to add them. */
final class Worlds {

  /** One label more or less tells little; all of them are left out, one by one, up to so many. */
  private static final int SINGLES = 20;

  /** Sets of several labels, of which there are too many. */
  private static final int SETS = 5;

  /** A model knows at least so many labels. */
  private static final int LEAST_KNOWN = 2;

  private final ForecastPhotos photos;
  private final ForecastOptions options;
  private final MakerRows makers;

  /** The labels that have training photos and held-out ones, in order. */
  private final int[] usable;

  Worlds(ForecastPhotos photos, ForecastOptions options, MakerRows makers) {
    this.photos = photos;
    this.options = options;
    this.makers = makers;
    this.usable =
        IntStream.range(0, photos.labels().size())
            .filter(label -> photos.originals(label).length > 0)
            .filter(label -> photos.heldOut(i -> photos.pool().labels()[i] == label).length > 0)
            .toArray();
  }

  /** How many labels there are. */
  int labels() {
    return usable.length;
  }

  /** Sets of labels to leave out, each so many of those that may be; none if too few are left. */
  List<int[]> leftOut(int newLabels) {
    if (usable.length - newLabels < LEAST_KNOWN) {
      return List.of();
    }
    SplittableRandom random = new SplittableRandom(options.seed() * 31 + newLabels);
    if (newLabels == 1) {
      int[] some = usable.length <= SINGLES ? usable : Play.shuffled(usable, random);
      return Arrays.stream(some).limit(SINGLES).mapToObj(label -> new int[] {label}).toList();
    }
    // Of each shuffle as many sets as it holds, so that all labels have their turn.
    Set<List<Integer>> sets = new LinkedHashSet<>();
    for (int i = 0; i < 10 * SETS && sets.size() < SETS; i++) {
      int[] order = Play.shuffled(usable, random);
      for (int at = 0; at + newLabels <= order.length && sets.size() < SETS; at += newLabels) {
        sets.add(Arrays.stream(order, at, at + newLabels).sorted().boxed().toList());
      }
    }
    return sets.stream().map(set -> set.stream().mapToInt(Integer::intValue).toArray()).toList();
  }

  /** The world in which some labels are left out. */
  World without(int[] added) {
    List<Integer> left = Arrays.stream(added).boxed().toList();
    int[] known = IntStream.of(usable).filter(label -> !left.contains(label)).toArray();
    int[] classes = new int[photos.labels().size()];
    Arrays.fill(classes, -1);
    IntStream.range(0, known.length).forEach(k -> classes[known[k]] = k);
    IntStream.range(0, added.length).forEach(k -> classes[added[k]] = known.length + k);
    IntPredicate isKnown = row -> of(row, classes) >= 0 && of(row, classes) < known.length;
    return new World(
        names(added),
        null,
        names(known),
        classes,
        makers.some(isKnown),
        IntStream.of(added).mapToObj(photos::originals).toArray(int[][]::new),
        IntStream.of(known).mapToObj(photos::originals).toArray(int[][]::new),
        photos.heldOut(row -> of(row, classes) >= known.length),
        photos.heldOut(isKnown));
  }

  private int of(int row, int[] classes) {
    return classes[photos.pool().labels()[row]];
  }

  private List<String> names(int[] labels) {
    return IntStream.of(labels).mapToObj(photos.labels()::get).toList();
  }

  /** The worlds of users who have the known labels, but other photos. */
  List<World> shifted() {
    List<World> worlds = new ArrayList<>();
    for (Shift shift : Shift.of(photos)) {
      shifted(shift).ifPresent(worlds::add);
    }
    return worlds;
  }

  private Optional<World> shifted(Shift shift) {
    int[] user = photos.training(shift::isUsers);
    Set<Integer> both = new TreeSet<>();
    IntStream.of(usable)
        .filter(label -> has(label, user, row -> shift.learns(row)))
        .filter(label -> has(label, user, row -> !shift.learns(row)))
        .filter(label -> photos.training(row -> shift.isMakers(row) && is(row, label)).length > 0)
        .forEach(both::add);
    if (both.size() < LEAST_KNOWN) {
      return Optional.empty();
    }
    int[] known = both.stream().mapToInt(Integer::intValue).toArray();
    int[] classes = new int[photos.labels().size()];
    Arrays.fill(classes, -1);
    IntStream.range(0, known.length).forEach(k -> classes[known[k]] = k);
    IntPredicate isKnown = row -> of(row, classes) >= 0;
    return Optional.of(
        new World(
            List.of(),
            shift.name(),
            names(known),
            classes,
            makers.some(row -> isKnown.test(row) && shift.isMakers(row)),
            IntStream.of(known)
                .mapToObj(
                    label ->
                        IntStream.of(user)
                            .filter(row -> is(row, label) && shift.learns(row))
                            .toArray())
                .toArray(int[][]::new),
            IntStream.of(known)
                .mapToObj(
                    label ->
                        IntStream.of(photos.originals(label)).filter(shift::isMakers).toArray())
                .toArray(int[][]::new),
            IntStream.of(user).filter(row -> isKnown.test(row) && !shift.learns(row)).toArray(),
            photos.heldOut(isKnown)));
  }

  private boolean has(int label, int[] rows, IntPredicate wanted) {
    return IntStream.of(rows).anyMatch(row -> is(row, label) && wanted.test(row));
  }

  private boolean is(int row, int label) {
    return photos.pool().labels()[row] == label;
  }
}
