package io.headgraft.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;

/** A process that takes leases, for tests that need more than one. */
public final class LeaseHolder {

  private LeaseHolder() {}

  /** {@code WORKDIR WAIT EXPIRY} (seconds), and what to do. */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    LeaseOptions options =
        new LeaseOptions(
            Duration.ofSeconds(Long.parseLong(args[1])),
            Duration.ofSeconds(Long.parseLong(args[2])));
    switch (args[3]) {
      case "count" -> count(folder, options, Integer.parseInt(args[4]));
      case "once" -> once(folder, options, Path.of(args[4]), args[5]);
      case "hold" -> hold(folder, options);
      default -> throw new IllegalArgumentException(args[3]);
    }
  }

  private static Lease acquire(Path folder, LeaseOptions options) {
    return Lease.acquire(
        WorkDirectory.open(folder.toString(), new Configuration()),
        "test",
        options,
        warning -> System.out.println("warning: " + warning));
  }

  /** Two that do this at the same time would lose counts. */
  private static void count(Path folder, LeaseOptions options, int times) throws Exception {
    Path counter = folder.resolve("counter");
    for (int i = 0; i < times; i++) {
      try (Lease lease = acquire(folder, options)) {
        int count = Files.exists(counter) ? Integer.parseInt(Files.readString(counter)) : 0;
        Thread.sleep(2);
        Files.writeString(counter, String.valueOf(count + 1));
        lease.check();
      }
    }
  }

  /** Starts with all others that wait for a file, and keeps what it gets until another is there. */
  private static void once(Path folder, LeaseOptions options, Path start, String name)
      throws Exception {
    // Loads the classes, so that all are as quick.
    acquire(folder.resolve(name), options).close();
    System.out.println("ready");
    await(start);
    try (Lease lease = acquire(folder, options)) {
      lease.directory().write("works-" + name, new byte[0]);
      System.out.println("works");
      await(folder.resolve("stop"));
    } catch (RuntimeException e) {
      System.out.println("leaves: " + e.getMessage());
    }
  }

  /** Keeps the lease until a file is there, and then wants to write. */
  private static void hold(Path folder, LeaseOptions options) throws Exception {
    Lease lease = acquire(folder, options);
    System.out.println("works");
    await(folder.resolve("go-on"));
    try {
      lease.directory().write("written", new byte[0]);
    } catch (RuntimeException e) {
      System.out.println("stops: " + e.getMessage());
    }
  }

  private static void await(Path file) throws IOException, InterruptedException {
    while (!Files.exists(file)) {
      Thread.sleep(1);
    }
  }
}
