package io.headgraft.personalization;

import io.headgraft.head.Examples;
import io.headgraft.image.Augmentation;
import java.io.Serializable;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The photos that users and makers have.
 *
 * @param labels of the data set, in the order of their indices
 * @param pool training rows with their variants, then held-out photos
 * @param training how many of them are training rows
 * @param augmentations [training row], what was done to it
 * @param testedOn what the held-out photos are, for people
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them, or changes them.
public record ForecastPhotos(
    List<String> labels, Examples pool, int training, Augmentation[] augmentations, String testedOn)
    implements Serializable {

  /** Training rows that meet a condition. */
  int[] training(IntPredicate wanted) {
    return IntStream.range(0, training).filter(wanted).toArray();
  }

  /** Held-out photos that meet a condition. */
  int[] heldOut(IntPredicate wanted) {
    return IntStream.range(training, pool.size()).filter(wanted).toArray();
  }

  /** Photos as they are of a label. */
  int[] originals(int label) {
    return training(i -> pool.labels()[i] == label && pool.variants()[i] == 0);
  }
}
