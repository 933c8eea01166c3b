package io.headgraft.personalization;

import io.headgraft.head.SoftmaxLayer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * What nearest neighbours say: the shares of the votes of the k nearest examples by the squared
 * Euclidean distance, by one over which they count unless all count the same.
 */
final class Votes {

  private final int k;
  private final boolean uniform;
  private final int classes;

  Votes(int k, boolean uniform, int classes) {
    this.k = k;
    this.uniform = uniform;
    this.classes = classes;
  }

  /**
   * The shares of each class.
   *
   * @param examples [example][feature]; may be none
   * @param labels [example], their classes
   * @param photos [photo][feature]
   * @return [photo]; null where there is no example
   */
  double[][] of(float[][] examples, int[] labels, float[][] photos) {
    if (examples.length == 0) {
      return new double[photos.length][];
    }
    // |a − b|² = |a|² − 2 (ab − |b|² / 2): the products are those of a layer whose rows are the
    // examples, and no photo's order of them needs its own |a|².
    float[] halves = new float[examples.length];
    for (int i = 0; i < examples.length; i++) {
      halves[i] = (float) (-square(examples[i]) / 2);
    }
    double[][] nearness = SoftmaxLayer.logits(examples, halves, photos);
    double[][] votes = new double[photos.length][];
    for (int i = 0; i < photos.length; i++) {
      votes[i] = votes(nearness[i], labels, square(photos[i]));
    }
    return votes;
  }

  private double[] votes(double[] nearness, int[] labels, double square) {
    int[] nearest =
        IntStream.range(0, nearness.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -nearness[i]))
            .limit(k)
            .mapToInt(Integer::intValue)
            .toArray();
    double[] votes = new double[classes];
    double smallest = distance(nearness[nearest[0]], square);
    for (int i : nearest) {
      double distance = distance(nearness[i], square);
      votes[labels[i]] += uniform ? 1 : distance == smallest ? 1 : smallest / distance;
    }
    double sum = Arrays.stream(votes).sum();
    return Arrays.stream(votes).map(vote -> vote / sum).toArray();
  }

  private static double distance(double nearness, double square) {
    return Math.max(0, square - 2 * nearness);
  }

  private static double square(float[] row) {
    double sum = 0;
    for (float value : row) {
      sum += (double) value * value;
    }
    return sum;
  }
}
