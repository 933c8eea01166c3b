package io.headgraft.head;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * What settings are chosen with: the validation split, or where there is none, a cross-validation
 * of the training split whose folds keep groups together and are balanced over the labels (R.
 * Kohavi, "A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection",
 * IJCAI 1995).
 */
public final class Folds {

  private final int size;
  private final IntFunction<Fold> fold;
  private final int[] labels;
  private final String description;

  Folds(int size, IntFunction<Fold> fold, int[] labels, String description) {
    this.size = size;
    this.fold = fold;
    this.labels = labels;
    this.description = description;
  }

  /** How many folds there are; one with a validation split. */
  public int size() {
    return size;
  }

  /** One fold, made anew: only one needs to be in memory at a time. */
  Fold get(int number) {
    return fold.apply(number);
  }

  /** The labels of the held-out examples of all folds, in the order of the folds. */
  public int[] labels() {
    return labels.clone();
  }

  /** What the settings are chosen on, for people. */
  public String description() {
    return description;
  }

  /**
   * A cross-validation. Fewer folds than wanted come of it if there are fewer groups.
   *
   * @param examples with their variants; only variant 0 is held out
   */
  static Folds of(List<String> labels, Examples examples, ClassWeights weights, int wanted) {
    Map<String, Integer> folds = assign(examples, wanted);
    int size = (int) folds.values().stream().distinct().count();
    int[] heldOut =
        IntStream.range(0, size)
            .mapToObj(number -> heldOut(examples, folds, number).labels())
            .flatMapToInt(IntStream::of)
            .toArray();
    return new Folds(
        size,
        number ->
            new Fold(
                TrainingSet.Local.of(
                    labels,
                    examples.where(i -> folds.get(examples.groups()[i]) != number),
                    weights),
                heldOut(examples, folds, number)),
        heldOut,
        "%d-fold cross-validation of the training split".formatted(size));
  }

  private static Examples heldOut(Examples examples, Map<String, Integer> folds, int number) {
    return examples.where(
        i -> examples.variants()[i] == 0 && folds.get(examples.groups()[i]) == number);
  }

  /** The fold of each group: those of one label are dealt out in turn. */
  private static Map<String, Integer> assign(Examples examples, int wanted) {
    Map<Integer, TreeMap<String, Integer>> groups = new TreeMap<>();
    Map<String, Integer> known = new HashMap<>();
    for (int i = 0; i < examples.size(); i++) {
      int label = examples.labels()[i];
      String group = examples.groups()[i];
      if (known.putIfAbsent(group, label) == null) {
        groups.computeIfAbsent(label, unused -> new TreeMap<>()).put(group, label);
      }
    }
    List<String> dealt = new ArrayList<>();
    groups.values().forEach(names -> dealt.addAll(names.keySet()));
    Map<String, Integer> folds = new HashMap<>();
    for (int i = 0; i < dealt.size(); i++) {
      folds.put(dealt.get(i), i % wanted);
    }
    return folds;
  }
}
