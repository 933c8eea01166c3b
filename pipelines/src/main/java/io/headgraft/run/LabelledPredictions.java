package io.headgraft.run;

import io.headgraft.HeadgraftException;
import io.headgraft.evaluation.Metrics;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** What a model says of labelled images, whose labels it need not know. */
final class LabelledPredictions {

  /** Far wider than rounding, far narrower than what is no distribution. */
  private static final double SUM_TOLERANCE = 1e-3;

  /** In a message; ImageNet's networks have a thousand. */
  private static final int SHOWN_LABELS = 10;

  private final String model;
  private final List<String> labels;
  private final Map<String, Integer> indices = new HashMap<>();
  private final List<String> truth = new ArrayList<>();
  private final List<double[]> probabilities = new ArrayList<>();

  /**
   * Without images yet.
   *
   * @param model what to call it in messages
   * @param labels of the model, in the order of its probabilities
   */
  LabelledPredictions(String model, List<String> labels) {
    this.model = model;
    this.labels = labels;
    for (String label : labels) {
      // A data set's labels are in this form.
      indices.putIfAbsent(Normalizer.normalize(label, Normalizer.Form.NFC), indices.size());
    }
  }

  /**
   * Checks, before anything is classified, that the model is one for these images.
   *
   * @throws HeadgraftException if it knows none of their labels
   */
  void requireKnown(Collection<String> imageLabels) {
    if (imageLabels.stream().noneMatch(indices::containsKey)) {
      throw HeadgraftException.unusable(
          "%s knows the labels %s, the images have %s"
              .formatted(model, some(labels), some(new TreeSet<>(imageLabels))));
    }
  }

  private static String some(Collection<String> all) {
    return all.stream().limit(SHOWN_LABELS).toList()
        + (all.size() > SHOWN_LABELS ? " and %,d more".formatted(all.size() - SHOWN_LABELS) : "");
  }

  /**
   * Adds an image.
   *
   * @throws HeadgraftException if the probabilities are none
   */
  void add(String path, String label, float[] row) {
    double sum = 0;
    for (float probability : row) {
      // Not a number is not at least 0 either.
      sum += probability >= 0 ? probability : Double.NaN;
    }
    if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw HeadgraftException.unusable(
          "%s gives %s numbers that are no probabilities (sum %s): nothing can be measured"
              .formatted(model, path, sum));
    }
    double[] distribution = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      distribution[i] = row[i] / sum;
    }
    truth.add(label);
    probabilities.add(distribution);
  }

  int size() {
    return truth.size();
  }

  /** How many images have a label that the model knows. */
  int known() {
    return (int) truth.stream().filter(indices::containsKey).count();
  }

  /** How many images have each label that the model does not know. */
  Map<String, Integer> unknownLabels() {
    Map<String, Integer> unknown = new TreeMap<>();
    truth.stream()
        .filter(label -> !indices.containsKey(label))
        .forEach(label -> unknown.merge(label, 1, Integer::sum));
    return unknown;
  }

  /**
   * The metrics of all images. A label that the model does not know follows its own, with
   * probability 0: its images count as wrong. Log-loss and AUC are those of the other images, since
   * an impossible label would cost a number that is made up. The model has to know the label of at
   * least one image.
   */
  Metrics metrics() {
    List<String> unknown = List.copyOf(unknownLabels().keySet());
    int[] known =
        IntStream.range(0, truth.size()).filter(i -> indices.containsKey(truth.get(i))).toArray();
    Metrics ofKnown = metrics(known, labels);
    if (unknown.isEmpty()) {
      return ofKnown;
    }
    List<String> both = new ArrayList<>(labels);
    both.addAll(unknown);
    Metrics ofAll = metrics(IntStream.range(0, truth.size()).toArray(), both);
    return new Metrics(
        ofAll.examples(),
        ofAll.accuracy(),
        ofAll.accuracyInterval(),
        ofKnown.logLoss(),
        ofAll.brier(),
        ofAll.ece(),
        ofAll.macroF1(),
        ofKnown.macroAuc(),
        ofAll.confusion(),
        ofAll.perLabel());
  }

  private Metrics metrics(int[] images, List<String> names) {
    int[] indicesOfTruth = new int[images.length];
    double[][] rows = new double[images.length][];
    for (int i = 0; i < images.length; i++) {
      String label = truth.get(images[i]);
      indicesOfTruth[i] = indices.containsKey(label) ? indices.get(label) : names.indexOf(label);
      rows[i] = Arrays.copyOf(probabilities.get(images[i]), names.size());
    }
    return Metrics.of(names, indicesOfTruth, rows);
  }
}
