package io.headgraft.head;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Standardized rows in memory.
 *
 * @param features [row][feature]
 * @param labels [row]
 * @param weights [row], what each counts; 1 in the mean over all training rows
 */
public record Rows(float[][] features, int[] labels, float[] weights) implements Serializable {

  /** Rows that all count the same. */
  public static Rows unweighted(float[][] features, int[] labels) {
    float[] weights = new float[labels.length];
    Arrays.fill(weights, 1);
    return new Rows(features, labels, weights);
  }

  int size() {
    return labels.length;
  }

  /** Neighbouring rows. */
  Rows slice(int from, int to) {
    return new Rows(
        Arrays.copyOfRange(features, from, to),
        Arrays.copyOfRange(labels, from, to),
        Arrays.copyOfRange(weights, from, to));
  }

  /** Adds all that a training depends on. */
  void update(MessageDigest digest) {
    for (int i = 0; i < size(); i++) {
      ByteBuffer row = ByteBuffer.allocate((features[i].length + 2) * Float.BYTES);
      row.asFloatBuffer().put(features[i]).put(weights[i]).put(Float.intBitsToFloat(labels[i]));
      digest.update(row);
    }
  }
}
