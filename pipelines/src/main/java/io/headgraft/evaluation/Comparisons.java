package io.headgraft.evaluation;

import io.headgraft.evaluation.Comparison.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compares classifiers, each with each, on one split.
 *
 * <p>One is called better than another only if two things agree: {@link McNemar}'s test by groups,
 * adjusted by {@link Holm}'s method for the number of pairs, at 5 %, and the {@link
 * ClusterBootstrap} interval of the difference, which must not contain 0. The test keeps its level
 * with few examples and few groups, where the bootstrap does not; the interval is about the
 * difference itself, whereas the test supposes that the classifiers could change places.
 *
 * <p>Otherwise it depends on the number of examples whether that says anything: if a difference of
 * {@link Options#resolution} would not have shown in 80 of 100 cases, there are too few.
 */
public final class Comparisons {

  private static final double LEVEL = 0.05;

  private final String split;
  private final int[] truth;
  private final int[] groupOfExample;
  private final int[] groupSizes;

  /**
   * What a classifier predicts.
   *
   * @param name of the classifier
   * @param labels an example: the index of the label predicted. Not copied
   */
  public record Predictions(String name, int[] labels) {}

  /**
   * How to compare.
   *
   * @param resolution the smallest difference of accuracy that matters, above 0 and at most 1
   * @param replicates of the bootstrap, at least 39; 10,000 give bounds to two digits
   * @param seed of the bootstrap: the same seed, the same intervals
   */
  public record Options(double resolution, int replicates, long seed) {

    /** Rejects what is out of range. */
    public Options {
      if (!(resolution > 0 && resolution <= 1)) {
        throw new IllegalArgumentException(
            "A resolution lies above 0 and is at most 1, not " + resolution);
      }
      if (replicates < 39) {
        throw new IllegalArgumentException(
            "A 95 % interval needs at least 39 bootstrap replicates, not " + replicates);
      }
    }
  }

  /**
   * Prepares comparisons on a split.
   *
   * @param split its name
   * @param truth an example: the index of its label; at least one example
   * @param groups an example: its group. Examples of one group need not be independent of each
   *     other
   */
  public Comparisons(String split, int[] truth, String[] groups) {
    if (truth.length == 0) {
      throw new IllegalArgumentException("No examples: nothing can be compared on an empty split");
    }
    if (truth.length != groups.length) {
      throw new IllegalArgumentException(
          "%d examples, but groups of %d".formatted(truth.length, groups.length));
    }
    this.split = split;
    this.truth = truth.clone();
    Map<String, Integer> indices = new HashMap<>();
    groupOfExample =
        Arrays.stream(groups)
            .mapToInt(group -> indices.computeIfAbsent(group, g -> indices.size()))
            .toArray();
    groupSizes = new int[indices.size()];
    for (int group : groupOfExample) {
      groupSizes[group]++;
    }
  }

  /**
   * The comparison of each classifier with each that follows it: a with b, a with c, b with c.
   *
   * @param classifiers one prediction an example each; fewer than two have no comparison
   */
  public List<Comparison> of(List<Predictions> classifiers, Options options) {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < classifiers.size(); i++) {
      checkExamples(classifiers.get(i));
      for (int j = 0; j < i; j++) {
        pairs.add(pair(classifiers.get(j), classifiers.get(i)));
      }
    }
    double[] holm = Holm.adjust(pairs.stream().mapToDouble(Pair::groupedP).toArray());
    Interval[] intervals =
        new ClusterBootstrap(groupSizes, options.replicates, options.seed)
            .intervals(pairs.stream().map(Pair::differences).toArray(int[][]::new));
    List<Comparison> comparisons = new ArrayList<>();
    for (int k = 0; k < pairs.size(); k++) {
      comparisons.add(
          comparison(pairs.get(k), intervals[k], holm[k], pairs.size(), options.resolution));
    }
    return List.copyOf(comparisons);
  }

  private void checkExamples(Predictions predictions) {
    if (predictions.labels.length != truth.length) {
      throw new IllegalArgumentException(
          "%d examples, but %d predictions of %s"
              .formatted(truth.length, predictions.labels.length, predictions.name));
    }
  }

  /** Two classifiers counted. Differences are by group, a's hits minus b's. */
  private record Pair(
      String a,
      String b,
      int bothRight,
      int onlyA,
      int onlyB,
      int[] differences,
      double mcnemarP,
      double groupedP) {}

  private Pair pair(Predictions a, Predictions b) {
    int bothRight = 0;
    int onlyA = 0;
    int onlyB = 0;
    int[] differences = new int[groupSizes.length];
    for (int i = 0; i < truth.length; i++) {
      boolean rightA = a.labels[i] == truth[i];
      boolean rightB = b.labels[i] == truth[i];
      bothRight += rightA && rightB ? 1 : 0;
      onlyA += rightA && !rightB ? 1 : 0;
      onlyB += rightB && !rightA ? 1 : 0;
      differences[groupOfExample[i]] += (rightA ? 1 : 0) - (rightB ? 1 : 0);
    }
    double mcnemarP = McNemar.midP(onlyA, onlyB);
    double groupedP =
        groupSizes.length == truth.length ? mcnemarP : McNemar.midPOfGroups(differences);
    return new Pair(a.name, b.name, bothRight, onlyA, onlyB, differences, mcnemarP, groupedP);
  }

  private Comparison comparison(
      Pair pair, Interval interval, double holmP, int pairs, double resolution) {
    PairedSampleSize sampleSize = new PairedSampleSize(LEVEL / pairs);
    double detectable = detectableDifference(pair, sampleSize);
    return new Comparison(
        pair.a,
        pair.b,
        split,
        truth.length,
        groupSizes.length,
        pair.bothRight,
        pair.onlyA,
        pair.onlyB,
        (double) (pair.onlyA - pair.onlyB) / truth.length,
        interval,
        pair.mcnemarP,
        pair.groupedP,
        holmP,
        detectable,
        examplesNeeded(pair, sampleSize),
        verdict(interval, holmP, detectable <= resolution));
  }

  private static Verdict verdict(Interval interval, double holmP, boolean enoughExamples) {
    if (holmP < LEVEL && interval.low() > 0) {
      return Verdict.A_BETTER;
    }
    if (holmP < LEVEL && interval.high() < 0) {
      return Verdict.B_BETTER;
    }
    return enoughExamples ? Verdict.NO_SIGNIFICANT_DIFFERENCE : Verdict.TOO_FEW_EXAMPLES;
  }

  private double detectableDifference(Pair pair, PairedSampleSize sampleSize) {
    int units = (int) independentExamples();
    int discordant = (int) Math.ceil((double) units * (pair.onlyA + pair.onlyB) / truth.length);
    return sampleSize.detectableDifference(units, Wilson.interval(discordant, units).high());
  }

  private Long examplesNeeded(Pair pair, PairedSampleSize sampleSize) {
    if (pair.onlyA == pair.onlyB) {
      return null;
    }
    double examples =
        sampleSize.examples(
            Math.abs(pair.onlyA - pair.onlyB) / (double) truth.length,
            (pair.onlyA + pair.onlyB) / (double) truth.length);
    return (long) Math.ceil(examples * truth.length / independentExamples());
  }

  /**
   * How many independent examples say as much as these if those of one group are all alike: (Σ
   * m)²/Σ m² with group sizes m, the number of groups where all are of one size (L. Kish, "Survey
   * Sampling" (1965), section 5.4).
   */
  private double independentExamples() {
    double squares = Arrays.stream(groupSizes).mapToDouble(m -> (double) m * m).sum();
    return (double) truth.length * truth.length / squares;
  }
}
