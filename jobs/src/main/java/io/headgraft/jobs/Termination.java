package io.headgraft.jobs;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What becomes of a command that is ended from outside (SIGTERM, Ctrl-C): one line says so, no
 * stack trace of what broke off, and the process exits as such processes do, with 128 and the
 * signal's number. The command has a few seconds to put its end on record.
 */
final class Termination extends Thread {

  private static final int GRACE_SECONDS = 10;

  private final PrintWriter err;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean begun;

  private Termination(PrintWriter err) {
    super("termination");
    this.err = err;
  }

  /** Watches over the process from now on. */
  static Termination watch(PrintWriter err) {
    Termination termination = new Termination(err);
    Runtime.getRuntime().addShutdownHook(termination);
    return termination;
  }

  /** Whether the process is being ended from outside. */
  boolean begun() {
    return begun;
  }

  /** The command has come to its end, by itself or because it was broken off. */
  void commandEnded() {
    ended.countDown();
  }

  @Override
  public void run() {
    if (ended.getCount() == 0) {
      return;
    }
    begun = true;
    err.println();
    err.println(
        "headgraft: ended by a signal; what has been committed is kept, and the next run goes on from there");
    try {
      if (!ended.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
        err.println("headgraft: warning: the run had no time to put its end on record");
      }
    } catch (InterruptedException e) {
      currentThread().interrupt();
    }
  }
}
