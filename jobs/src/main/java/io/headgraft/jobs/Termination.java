package io.headgraft.jobs;

import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.service.launcher.IrqHandler;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;

/**
 * What becomes of a command that is ended from outside (SIGTERM, Ctrl-C): one line says so, no
 * stack trace of what broke off, and the process exits as such processes do, with 128 and the
 * signal's number. The command has a few seconds to put its end on record.
 */
final class Termination extends Thread {

  private static final int GRACE_SECONDS = 10;

  /** A process is ended once only. */
  private static volatile Ending bySignal;

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

  /**
   * Notes from now on which signal it is that ends the process, and has the log fall silent then:
   * all that Spark says of what breaks off is that it does.
   */
  static void noteSignals() {
    for (String signal : List.of(IrqHandler.CONTROL_C, IrqHandler.SIGTERM, "HUP")) {
      new IrqHandler(
              signal,
              received -> {
                bySignal =
                    new Ending(
                        128 + received.getNumber(),
                        "ended by SIG%s before it was done".formatted(received.getName()));
                Configurator.setAllLevels("", Level.OFF);
                System.exit(bySignal.exitCode());
              })
          .bind();
    }
  }

  /** How the process ends, if a signal has been noted. */
  static Optional<Ending> bySignal() {
    return Optional.ofNullable(bySignal);
  }

  /** Whether the process is being ended from outside. */
  boolean begun() {
    return begun || bySignal != null;
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
    err.printf(
        "headgraft: %s; what has been committed is kept, and the next run goes on from there%n",
        bySignal().map(Ending::error).orElse("ended by a signal"));
    try {
      if (!ended.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
        err.println("headgraft: warning: the run had no time to put its end on record");
      }
    } catch (InterruptedException e) {
      currentThread().interrupt();
    }
  }
}
