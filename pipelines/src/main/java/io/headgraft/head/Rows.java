package io.headgraft.head;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Standardized rows in memory.
 *
 * @param features [row][feature]
 * @param labels [row]
 * @param weights [row], what each counts; 1 in the mean over all training rows
 */
record Rows(float[][] features, int[] labels, float[] weights) implements Serializable {

  int size() {
    return labels.length;
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
