package io.headgraft.personalization;

import java.util.Arrays;

/**
 * What nearest neighbours say: the shares of the votes of the k nearest examples, which count by
 * one over the squared distance unless all count the same.
 */
record Votes(int k, boolean uniform, int classes) {

  /**
   * The shares of each class.
   *
   * @param distances [example][photo], squared; of equal ones the first is nearer
   * @param labels [example], their classes
   * @param photos how many there are
   * @return [photo]; null where there is no example
   */
  double[][] of(double[][] distances, int[] labels, int photos) {
    double[][] votes = new double[photos][];
    for (int photo = 0; photo < photos && distances.length > 0; photo++) {
      votes[photo] = votes(nearest(distances, photo), distances, labels, photo);
    }
    return votes;
  }

  /** The places of the nearest, the nearest first. */
  private int[] nearest(double[][] distances, int photo) {
    int[] nearest = new int[Math.min(k, distances.length)];
    int found = 0;
    for (int i = 0; i < distances.length; i++) {
      int at = found;
      while (at > 0 && distances[i][photo] < distances[nearest[at - 1]][photo]) {
        at--;
      }
      if (at < nearest.length) {
        found = Math.min(found + 1, nearest.length);
        System.arraycopy(nearest, at, nearest, at + 1, found - 1 - at);
        nearest[at] = i;
      }
    }
    return nearest;
  }

  private double[] votes(int[] nearest, double[][] distances, int[] labels, int photo) {
    double[] votes = new double[classes];
    double smallest = distances[nearest[0]][photo];
    for (int i : nearest) {
      double distance = distances[i][photo];
      votes[labels[i]] += uniform ? 1 : distance == smallest ? 1 : smallest / distance;
    }
    double sum = Arrays.stream(votes).sum();
    return Arrays.stream(votes).map(vote -> vote / sum).toArray();
  }
}
