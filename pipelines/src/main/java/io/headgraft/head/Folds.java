package io.headgraft.head;

import io.headgraft.HeadgraftException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private final List<Examples> heldOut;
  private final IntFunction<Fold> folds;
  private final IntFunction<Folds> smaller;
  private final int mostPhotosOfALabel;
  private final String description;

  private Folds(
      List<Examples> heldOut,
      IntFunction<Fold> folds,
      IntFunction<Folds> smaller,
      int mostPhotosOfALabel,
      String description) {
    this.heldOut = heldOut;
    this.folds = folds;
    this.smaller = smaller;
    this.mostPhotosOfALabel = mostPhotosOfALabel;
    this.description = description;
  }

  /**
   * One fold in memory.
   *
   * @param labels in the order of their indices
   * @param train what is trained on, with its variants
   * @param validation what is held out, at least one
   * @param weights what a row of each label counts
   */
  public static Folds validation(
      List<String> labels, Examples train, Examples validation, ClassWeights weights) {
    return local(
        labels,
        List.of(train),
        List.of(validation),
        weights,
        "%,d images of the validation split".formatted(validation.size()));
  }

  /** The same where the training rows are on Spark. */
  static Folds validation(IntFunction<TrainingSet> train, int photos, Examples validation) {
    return new Folds(
        List.of(validation),
        number -> new Fold(train.apply(number), photos, validation),
        null,
        photos,
        "%,d images of the validation split".formatted(validation.size()));
  }

  /**
   * A cross-validation. Fewer folds than wanted come of it if there are fewer groups.
   *
   * @param examples with their variants; only variant 0 is held out
   * @throws HeadgraftException if all are of one group
   */
  static Folds crossValidation(
      List<String> labels, Examples examples, ClassWeights weights, int wanted) {
    Map<String, Integer> numbers = deal(examples, wanted);
    int size = Math.min(wanted, numbers.size());
    if (size < 2) {
      throw HeadgraftException.unusable(
          "All training images are of one group, '%s', and there is no validation split to choose settings with: name more groups, or set dataset.validation"
              .formatted(examples.groups()[0]));
    }
    List<Examples> train = new ArrayList<>();
    List<Examples> heldOut = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int number = i;
      train.add(examples.where(row -> numbers.get(examples.groups()[row]) != number));
      heldOut.add(
          examples.where(
              row ->
                  examples.variants()[row] == 0 && numbers.get(examples.groups()[row]) == number));
    }
    return local(
        labels,
        train,
        heldOut,
        weights,
        "%d-fold cross-validation of the %,d images of the training split"
            .formatted(size, heldOut.stream().mapToInt(Examples::size).sum()));
  }

  private static Folds local(
      List<String> labels,
      List<Examples> train,
      List<Examples> heldOut,
      ClassWeights weights,
      String description) {
    return new Folds(
        heldOut,
        i ->
            new Fold(
                LocalTrainingSet.of(labels, train.get(i), weights),
                train.get(i).images(),
                heldOut.get(i)),
        photos ->
            local(
                labels,
                train.stream().map(examples -> examples.atMost(photos)).toList(),
                heldOut,
                weights,
                description),
        train.stream().mapToInt(Examples::mostImagesOfALabel).max().orElse(0),
        description);
  }

  /** The fold of each group: the groups of each label are dealt out in turn. */
  private static Map<String, Integer> deal(Examples examples, int wanted) {
    Map<Integer, TreeMap<String, Integer>> groups = new TreeMap<>();
    Map<String, Integer> known = new HashMap<>();
    for (int i = 0; i < examples.size(); i++) {
      String group = examples.groups()[i];
      if (known.putIfAbsent(group, examples.labels()[i]) == null) {
        groups
            .computeIfAbsent(examples.labels()[i], label -> new TreeMap<>())
            .put(group, examples.labels()[i]);
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

  /** How many folds there are; one with a validation split. */
  public int size() {
    return heldOut.size();
  }

  /** One fold, made anew: only one needs to be in memory at a time. */
  Fold get(int number) {
    return folds.apply(number);
  }

  /** The labels of the held-out examples of all folds, in the order of the folds. */
  public int[] labels() {
    return heldOut.stream().flatMapToInt(examples -> IntStream.of(examples.labels())).toArray();
  }

  /**
   * The same folds with fewer photos to train on; none if those are on Spark.
   *
   * @param photos of each label, at most
   */
  Optional<Folds> atMost(int photos) {
    return smaller == null ? Optional.empty() : Optional.of(smaller.apply(photos));
  }

  /** Of the photos that any fold trains on. */
  int mostPhotosOfALabel() {
    return mostPhotosOfALabel;
  }

  /** What the settings are chosen on, for people. */
  public String description() {
    return description;
  }
}
