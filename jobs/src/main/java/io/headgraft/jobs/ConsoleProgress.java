package io.headgraft.jobs;

import io.headgraft.features.Progress;
import java.io.PrintWriter;

/** Shows on stderr how far a long work is: a bar on a terminal, a line now and then elsewhere. */
final class ConsoleProgress implements Progress {

  private static final int BAR = 30;
  private static final long NANOS_BETWEEN_LINES = 10_000_000_000L;

  private final PrintWriter err;
  private final String what;

  @SuppressWarnings("SystemConsoleNull") // Spark 3.5 runs on Java 17, where null still tells
  private final boolean terminal = System.console() != null;

  private final long start = System.nanoTime();
  private long lastLine = start;
  private long lastDone;

  ConsoleProgress(PrintWriter err, String what) {
    this.err = err;
    this.what = what;
  }

  @Override
  public synchronized void update(long done, long total) {
    if (done == lastDone) {
      return;
    }
    lastDone = done;
    boolean finished = done >= total;
    if (terminal) {
      int filled = (int) (done * BAR / Math.max(1, total));
      err.print("\r[" + "#".repeat(filled) + " ".repeat(BAR - filled) + "] " + text(done, total));
      err.print(finished ? System.lineSeparator() : "");
      err.flush();
    } else if (finished || System.nanoTime() - lastLine > NANOS_BETWEEN_LINES) {
      lastLine = System.nanoTime();
      err.println(text(done, total));
    }
  }

  private String text(long done, long total) {
    double rate = done / Math.max(1e-9, (System.nanoTime() - start) / 1e9);
    long left = Math.round((total - done) / Math.max(1e-9, rate));
    return "%s: %,d of %,d images, %.0f a second, %d s left   "
        .formatted(what, done, total, rate, left);
  }
}
