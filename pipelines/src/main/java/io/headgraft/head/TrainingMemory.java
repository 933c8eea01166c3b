package io.headgraft.head;

import io.headgraft.HeadgraftException;
import java.util.List;

/**
 * How much of the heap a training in this process takes, estimated from what is in memory at its
 * peak: the features as they were cached, standardized copies of them, what the objective and its
 * minimization work with. Estimated too high rather than too low: refused training can be mended, a
 * process that runs out of memory in the night cannot.
 *
 * @param rows of the training split, with its variants
 * @param heldOut images of the validation split
 * @param test images of the test split
 * @param features of a row
 * @param labels how many there are
 * @param cores that Spark's tasks run on in this process; 0 where they run in others
 */
record TrainingMemory(long rows, long heldOut, long test, int features, int labels, int cores) {

  /** What Spark, Delta and the network's classes hold themselves. */
  private static final long BASE = 256L << 20;

  /** Of an array of numbers, and the reference to it. */
  private static final long ARRAY = 24;

  /** Of the texts that go with a row: the image's id, its group. */
  private static final long TEXTS = 2 * 128;

  /**
   * Of rows: {@link LossSum.Local}'s ranges are counted with two of these each, in double
   * precision, beside their sums; a {@link RowTile} is smaller.
   */
  private static final int BLOCK = 64;

  /**
   * Vectors as long as the parameters: L-BFGS's corrections, three each, and what it steps with.
   */
  private static final int VECTORS = 3 * Lbfgs.CORRECTIONS + 11;

  /**
   * Before anything is collected: the rows, and Spark's copy of them where it is in this process.
   */
  long toLoad() {
    return BASE + raw() + (cores > 0 ? copy(rows + heldOut + test) : 0);
  }

  /**
   * At the peak of the training.
   *
   * @param options whose heads are trained
   */
  long toTrain(HeadOptions options) {
    List<String> names = options.names();
    long everything = copy(rows + heldOut);
    long fold = copy(rows);
    boolean sweptOnSpark = names.contains("sgd") || names.contains("adam");
    long sent = sweptOnSpark ? copy(rows) : names.contains("knn") ? sliced() : 0;
    return BASE + raw() + everything + fold + Math.max(sent, minimization(options));
  }

  private long raw() {
    return copy(rows + heldOut + test) + (rows + heldOut + test) * TEXTS;
  }

  private long copy(long count) {
    return count * ((long) features * Float.BYTES + ARRAY);
  }

  /** Tasks that carry their rows, as they were serialized and as they are read again. */
  private long sliced() {
    return 2 * Math.min(copy(rows), cores * copy(NearestNeighbours.ROWS_A_TASK));
  }

  /** Also of the heads of a sweep, which begin from each other. */
  private long minimization(HeadOptions options) {
    long parameters = labels * (features + 1L) * Double.BYTES;
    long range = 2L * BLOCK * features * Double.BYTES + (long) BLOCK * labels * Double.BYTES;
    long covariance = (long) features * features * Double.BYTES;
    long heads =
        (options.lbfgs().l2().size() + options.lbfgs().refinements())
            * Math.max(1L, heldOut == 0 ? options.folds() : 1);
    return 2 * LossSum.Local.RANGES * (range + parameters)
        + 2 * covariance
        + (VECTORS + heads) * parameters;
  }

  /** Refuses what would not fit, before it is collected. */
  void requireFitsToLoad(long heap, HeadOptions options) {
    require("Holding", toLoad(), heap, options);
  }

  /** Refuses what would not fit, before it is trained on. */
  void requireFitsToTrain(long heap, HeadOptions options) {
    require("Training on", toTrain(options), heap, options);
  }

  private void require(String what, long needed, long heap, HeadOptions options) {
    if (needed > heap) {
      throw HeadgraftException.unusable(
          "%s %,d rows of %,d features in one process takes about %,d MiB, and its heap has %,d MiB: give it more (--driver-memory with spark-submit, HEADGRAFT_JAVA_OPTS=-Xmx with the launcher), extract fewer augment.variants, or set head.memory, which is %,d, below %,d, the bytes of these features: then Spark trains on them where they are"
              .formatted(
                  what,
                  rows,
                  features,
                  mebibytes(needed),
                  heap >> 20,
                  options.memory(),
                  rows * features * Float.BYTES));
    }
  }

  private static long mebibytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }
}
