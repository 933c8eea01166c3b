package io.headgraft.head;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Labelled features in memory, in the order of image id and variant.
 *
 * @param features [row][feature], as the backbone gives them
 * @param labels [row], an index into the labels
 * @param imageIds [row]
 * @param groups [row], what keeps images together that are not independent
 * @param variants [row], 0 for the image as it is
 */
public record Examples(
    float[][] features, int[] labels, String[] imageIds, String[] groups, int[] variants)
    implements Serializable {

  /** The number of rows. */
  public int size() {
    return labels.length;
  }

  /** The rows of variant 0. */
  public Examples originals() {
    return where(i -> variants[i] == 0);
  }

  /** Some of the rows, in their order. */
  Examples where(IntPredicate wanted) {
    return rows(IntStream.range(0, size()).filter(wanted).toArray());
  }

  /**
   * The same rows with other indices of their labels.
   *
   * @param indices [label], what it becomes
   */
  public Examples labelled(int[] indices) {
    return new Examples(
        features, Arrays.stream(labels).map(i -> indices[i]).toArray(), imageIds, groups, variants);
  }

  /** Rows by their places. */
  public Examples rows(int[] rows) {
    return new Examples(
        Arrays.stream(rows).mapToObj(i -> features[i]).toArray(float[][]::new),
        Arrays.stream(rows).map(i -> labels[i]).toArray(),
        Arrays.stream(rows).mapToObj(i -> imageIds[i]).toArray(String[]::new),
        Arrays.stream(rows).mapToObj(i -> groups[i]).toArray(String[]::new),
        Arrays.stream(rows).map(i -> variants[i]).toArray());
  }

  /**
   * The rows of some images of each label: the first by their ids, which are as good as drawn,
   * being hashes.
   */
  public Examples atMost(int images) {
    Set<String> kept = new HashSet<>();
    idsByLabel().values().forEach(all -> all.stream().limit(images).forEach(kept::add));
    return where(i -> kept.contains(imageIds[i]));
  }

  /**
   * Up to so many rows, the same number of each label as far as there are so many: the first of
   * each label, then the second of each, and so on.
   */
  public Examples evenly(int rows) {
    Map<Integer, List<Integer>> byLabel = new TreeMap<>();
    for (int i = 0; i < size(); i++) {
      byLabel.computeIfAbsent(labels[i], label -> new ArrayList<>()).add(i);
    }
    int most = byLabel.values().stream().mapToInt(List::size).max().orElse(0);
    int[] chosen =
        IntStream.range(0, most)
            .boxed()
            .flatMap(
                round ->
                    byLabel.values().stream()
                        .filter(all -> round < all.size())
                        .map(all -> all.get(round)))
            .limit(rows)
            .mapToInt(Integer::intValue)
            .toArray();
    return rows(chosen);
  }

  /** Images evenly over the labels, with their variants, up to about so many rows. */
  public Examples imagesEvenly(int rows) {
    Examples originals = originals();
    int images = (int) ((long) originals.size() * rows / size());
    Set<String> kept = new HashSet<>(Arrays.asList(originals.evenly(images).imageIds));
    return where(i -> kept.contains(imageIds[i]));
  }

  int mostImagesOfALabel() {
    return idsByLabel().values().stream().mapToInt(TreeSet::size).max().orElse(0);
  }

  private Map<Integer, TreeSet<String>> idsByLabel() {
    Map<Integer, TreeSet<String>> ids = new HashMap<>();
    for (int i = 0; i < size(); i++) {
      ids.computeIfAbsent(labels[i], label -> new TreeSet<>()).add(imageIds[i]);
    }
    return ids;
  }

  /** How many images there are. */
  int images() {
    return (int) Arrays.stream(imageIds).distinct().count();
  }

  /** In the order of image id and variant. */
  Examples sorted() {
    return rows(
        IntStream.range(0, size())
            .boxed()
            .sorted(
                Comparator.comparing((Integer i) -> imageIds[i]).thenComparing(i -> variants[i]))
            .mapToInt(Integer::intValue)
            .toArray());
  }

  /** These rows, then others. */
  public Examples and(Examples others) {
    return new Examples(
        Stream.of(features, others.features).flatMap(Arrays::stream).toArray(float[][]::new),
        IntStream.concat(Arrays.stream(labels), Arrays.stream(others.labels)).toArray(),
        Stream.of(imageIds, others.imageIds).flatMap(Arrays::stream).toArray(String[]::new),
        Stream.of(groups, others.groups).flatMap(Arrays::stream).toArray(String[]::new),
        IntStream.concat(Arrays.stream(variants), Arrays.stream(others.variants)).toArray());
  }

  /**
   * The rows as a trainer takes them.
   *
   * @param weights of a row of each label
   */
  Rows standardized(Standardization standardization, float[] weights) {
    float[][] standardized = new float[size()][];
    float[] rowWeights = new float[size()];
    for (int i = 0; i < standardized.length; i++) {
      standardized[i] = standardization.applyInSinglePrecision(features[i]);
      rowWeights[i] = weights[labels[i]];
    }
    return new Rows(standardized, labels, rowWeights);
  }
}
