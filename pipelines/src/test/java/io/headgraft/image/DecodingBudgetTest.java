package io.headgraft.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import org.junit.jupiter.api.Test;

class DecodingBudgetTest {

  /** Limits of their own, so that no other test waits. */
  private static final long LIMIT = 10_240_000;

  @Test
  void twoOfTheLargestFitAndAThirdWaits() throws Exception {
    ExecutorService third = Executors.newSingleThreadExecutor();
    CountDownLatch begun = new CountDownLatch(1);
    try (DecodingBudget.Share one = DecodingBudget.take(LIMIT, LIMIT)) {
      DecodingBudget.Share two = DecodingBudget.take(LIMIT, LIMIT);
      Future<?> waiting =
          third.submit(
              () -> {
                begun.countDown();
                DecodingBudget.take(1, LIMIT).close();
              });
      begun.await();
      assertThat(one.budget().availablePermits()).isZero();
      assertThat(waiting.isDone()).isFalse();
      two.close();
      waiting.get();
      assertThat(one.budget().availablePermits()).isEqualTo(10_000);
    } finally {
      third.shutdown();
    }
  }

  @Test
  void manyTasksNeverHaveMoreAtOnce() throws Exception {
    long limit = LIMIT + 1024;
    AtomicLong now = new AtomicLong();
    LongAccumulator most = new LongAccumulator(Long::max, 0);
    ExecutorService tasks = Executors.newFixedThreadPool(8);
    List<Future<?>> all = new ArrayList<>();
    for (int i = 1; i <= 200; i++) {
      long pixels = limit * (1 + i % 7) / 7;
      all.add(
          tasks.submit(
              () -> {
                try (DecodingBudget.Share share = DecodingBudget.take(pixels, limit)) {
                  most.accumulate(now.addAndGet(pixels));
                  now.addAndGet(-pixels);
                  return share.permits();
                }
              }));
    }
    for (Future<?> each : all) {
      each.get();
    }
    tasks.shutdown();
    assertThat(most.get()).isPositive().isLessThanOrEqualTo(2 * limit);
  }

  @Test
  void theLargestLimitCanBeCounted() {
    try (DecodingBudget.Share share = DecodingBudget.take(1L << 30, 1L << 30)) {
      assertThat(share.budget().availablePermits()).isEqualTo(1 << 20);
    }
  }

  @Test
  void whatTakesMoreMemoryCountsTwice() {
    BufferedImage photo = TestImages.photo(24, 16);
    BufferedImage translucent = new BufferedImage(24, 16, BufferedImage.TYPE_INT_ARGB);

    assertThat(cost(TestImages.jpeg(photo, false))).isEqualTo(24 * 16);
    assertThat(cost(TestImages.jpeg(photo, true))).isEqualTo(2 * 24 * 16);
    assertThat(cost(TestImages.file(photo, "png"))).isEqualTo(24 * 16);
    assertThat(cost(TestImages.file(translucent, "png"))).isEqualTo(2 * 24 * 16);
    assertThat(cost(TestImages.file(photo, "gif"))).isEqualTo(2 * 24 * 16);
    assertThat(cost(TestImages.file(photo, "bmp"))).isEqualTo(24 * 16);
    assertThat(cost(TestImages.tiff(24, 16, new byte[24 * 16 * 3]))).isEqualTo(24 * 16);
  }

  private static long cost(byte[] file) {
    return ImageHeader.read(file, new ImageOptions(LIMIT, LIMIT, Crop.SCALE_FILL)).cost();
  }
}
