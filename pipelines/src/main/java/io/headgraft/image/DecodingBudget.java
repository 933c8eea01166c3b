package io.headgraft.image;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Keeps the tasks of a JVM from decoding so many large pictures at the same time that its native
 * memory does not suffice: together they have twice the pixels that one may have, and whoever comes
 * next waits. Six bytes a pixel are enough for each of them, the picture and a copy that is turned
 * or mirrored; those that take more count twice. Of ordinary photos of 12 million pixels, sixteen
 * fit.
 */
final class DecodingBudget {

  /** A semaphore counts to 2^31 only. */
  private static final long PIXELS_A_PERMIT = 1024;

  /** One in practice: a JVM has one configuration. */
  private static final ConcurrentHashMap<Long, Semaphore> BUDGETS = new ConcurrentHashMap<>();

  /** A part of the budget, until it is closed. */
  record Share(Semaphore budget, int permits) implements AutoCloseable {

    @Override
    public void close() {
      budget.release(permits);
    }
  }

  private DecodingBudget() {}

  /**
   * Waits until a picture may be decoded; in the order in which they come, so that a large one is
   * not overtaken for ever.
   *
   * @param pixels that the picture counts for, at most twice {@code maxPixels}
   * @param maxPixels that a picture may have
   */
  static Share take(long pixels, long maxPixels) {
    Semaphore budget =
        BUDGETS.computeIfAbsent(maxPixels, most -> new Semaphore(2 * permits(most), true));
    int permits = permits(pixels);
    budget.acquireUninterruptibly(permits);
    return new Share(budget, permits);
  }

  private static int permits(long pixels) {
    return (int) ((pixels + PIXELS_A_PERMIT - 1) / PIXELS_A_PERMIT);
  }
}
