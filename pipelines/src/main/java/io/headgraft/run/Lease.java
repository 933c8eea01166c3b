package io.headgraft.run;

import io.headgraft.HeadgraftException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The right to be the one who writes to a work directory. It is renewed in the background; one that
 * was not renewed in time is taken over by whoever comes next, and its holder, should it still
 * live, stops before it writes anything more.
 *
 * <p>The clocks of machines that write to one directory have to agree within half of {@code
 * lock.expiry}. Between the look at the lease and the write behind it lies a moment in which a
 * process may be suspended for longer than that: Delta's versions and a folder for each run bound
 * what it could spoil then.
 */
public final class Lease implements AutoCloseable {

  private static final int RENEWALS_PER_EXPIRY = 4;
  private static final long FIRST_PAUSE_MILLIS = 20;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  private final WorkDirectory directory;
  private final LeaseQueue queue;
  private final LeaseQueue.Place place;
  private final Duration expiry;
  private final Consumer<String> warnings;
  private final ScheduledExecutorService heartbeat;
  private volatile long renewed;
  private volatile RuntimeException failure;

  private Lease(
      WorkDirectory directory,
      LeaseQueue queue,
      LeaseQueue.Place place,
      Duration expiry,
      Consumer<String> warnings) {
    this.directory = directory;
    this.queue = queue;
    this.place = place;
    this.expiry = expiry;
    this.warnings = warnings;
    this.renewed = System.nanoTime();
    this.heartbeat =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "headgraft-lease");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Takes the lease of a work directory.
   *
   * @param work the command, for those who come meanwhile
   * @param warnings is told whose lease was taken over, and why
   * @throws HeadgraftException if another holds it for longer than the options allow to wait
   */
  public static Lease acquire(
      WorkDirectory directory, String work, LeaseOptions options, Consumer<String> warnings) {
    long start = System.nanoTime();
    LeaseQueue queue = new LeaseQueue(directory, warnings);
    LeaseTicket ticket = LeaseTicket.of(UUID.randomUUID().toString(), work, options.expiry());
    Lease lease = new Lease(directory, queue, queue.enter(ticket), options.expiry(), warnings);
    try {
      if (System.nanoTime() - start > options.expiry().toNanos()) {
        // Its number may be lower than that of one who did not wait for it any more.
        throw lease.lost("taking it took longer than lock.expiry");
      }
      lease.startHeartbeat();
      lease.await(start, options.patience());
      lease.check();
      lease.directory().finishReplacement();
      return lease;
    } catch (RuntimeException e) {
      lease.close();
      throw e;
    }
  }

  private void startHeartbeat() {
    long period = expiry.toMillis() / RENEWALS_PER_EXPIRY;
    var unused =
        heartbeat.scheduleWithFixedDelay(this::renew, period, period, TimeUnit.MILLISECONDS);
  }

  private void renew() {
    long now = System.nanoTime();
    try {
      queue.renew(place, expiry);
      renewed = now;
    } catch (RuntimeException e) {
      // The next renewal may pass; if none does in time, check() says why.
      failure = e;
    }
  }

  private void await(long start, Duration wait) {
    long pause = FIRST_PAUSE_MILLIS;
    while (true) {
      // That is over in a moment, and no reason to leave.
      if (!queue.isSomeoneChoosing()) {
        Optional<LeaseTicket> holder = queue.firstBefore(place);
        if (holder.isEmpty()) {
          return;
        }
        if (System.nanoTime() - start >= wait.toNanos()) {
          throw HeadgraftException.unusable(
              "%s is written by %s: try again later, or give lock.wait more than %d seconds to wait for it"
                  .formatted(directory.uri(), holder.get().holder(), wait.toSeconds()));
        }
      }
      sleep(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a lease", e);
    }
  }

  /** The work directory, which refuses to be written to once the lease is lost. */
  public WorkDirectory directory() {
    return directory.guardedBy(this::check);
  }

  /**
   * To be called before each write.
   *
   * @throws HeadgraftException if the lease is lost
   */
  public void check() {
    if (System.nanoTime() - renewed > expiry.toNanos()) {
      throw lost(
          failure == null ? "it was not renewed in time" : "it could not be renewed: " + failure);
    }
    if (!queue.isValid(place)) {
      throw lost("another process has taken it over");
    }
  }

  private HeadgraftException lost(String reason) {
    return HeadgraftException.unusable(
        "The right to write to %s is lost, nothing more is written: %s"
            .formatted(directory.uri(), reason));
  }

  /** Gives it back. */
  @Override
  public void close() {
    heartbeat.shutdown();
    try {
      // A renewal that is under way would leave its file behind.
      if (!heartbeat.awaitTermination(expiry.toMillis(), TimeUnit.MILLISECONDS)) {
        heartbeat.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      queue.leave(place);
    } catch (RuntimeException e) {
      // What was to be done is done.
      warnings.accept("the lease expires by itself, it could not be given back: " + e.getMessage());
    }
  }
}
