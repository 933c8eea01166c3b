package io.headgraft.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.headgraft.HeadgraftException;
import java.lang.management.ManagementFactory;
import java.util.function.Consumer;

/** What a reader may do with a file that is meant to harm it. */
public final class Hostile {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static final long ALLOWANCE = 512L << 20;

  private Hostile() {}

  /**
   * Reads a file: it is taken, or refused with a message, and no more than three times its length
   * and 512 MiB are allocated for it, given back or not.
   */
  public static void read(byte[] file, Consumer<byte[]> reader) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      reader.accept(file);
    } catch (HeadgraftException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
        .isLessThanOrEqualTo(3L * file.length + ALLOWANCE);
  }
}
