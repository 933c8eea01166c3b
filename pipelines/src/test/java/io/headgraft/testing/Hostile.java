package io.headgraft.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.sun.management.ThreadMXBean;
import io.headgraft.HeadgraftException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** What a reader may do with a file that is meant to harm it. */
public final class Hostile {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** What a fuzz test tries in one run, which takes minutes. */
  public static final int INPUTS = 100_000;

  /** A run on a slow machine ends all the same. */
  public static final String LONGEST = "30m";

  private static final long ALLOWANCE = 512L << 20;

  private static final int CHANGES = 6;
  private static final int LEAST_BYTES = 100;
  private static final int MOST_BYTES = 2_000;

  private Hostile() {}

  /**
   * Writes the inputs that a fuzzer begins with, as {@link MessageMutator#file} reads them: bytes
   * to change messages by, and the small messages themselves. Without them it would try inputs of a
   * few bytes first.
   */
  public static void writeInputs(Path folder, List<? extends Message> messages) throws IOException {
    Files.createDirectories(folder);
    Random random = new Random(1);
    for (int i = 0; i < CHANGES; i++) {
      byte[] changes = new byte[1 << (6 + i)];
      random.nextBytes(changes);
      changes[changes.length - 1] = 1;
      Files.write(folder.resolve("changes-" + i), changes);
    }
    for (int i = 0; i < messages.size(); i++) {
      byte[] message = messages.get(i).toByteArray();
      if (message.length >= LEAST_BYTES && message.length <= MOST_BYTES) {
        Files.write(folder.resolve("message-" + i), Arrays.copyOf(message, message.length + 1));
      }
    }
  }

  /**
   * Reads a file: it is taken, or refused with a message, and no more than three times its length
   * and 512 MiB are allocated for it, given back or not.
   */
  public static void read(byte[] file, Consumer<byte[]> reader) {
    long most = 3L * file.length + ALLOWANCE;
    if (allocated(file, reader) > most) {
      // The first reading may load classes, which a fuzzer rewrites on the way at a great expense.
      assertThat(allocated(file, reader)).isLessThanOrEqualTo(most);
    }
  }

  private static long allocated(byte[] file, Consumer<byte[]> reader) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    attempt(() -> reader.accept(file));
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  /** Goes one way through a reader, which may end in a refusal; others can be gone after it. */
  public static void attempt(Runnable way) {
    try {
      way.run();
    } catch (HeadgraftException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
