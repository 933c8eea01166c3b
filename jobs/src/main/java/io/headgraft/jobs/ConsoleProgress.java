package io.headgraft.jobs;

import io.headgraft.features.Progress;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

/** Shows on stderr how far a long work is: a bar on a terminal, a line now and then elsewhere. */
final class ConsoleProgress implements Progress {

  private static final int BAR = 30;
  private static final long NANOS_BETWEEN_LINES = 10_000_000_000L;

  /** From the cursor to the end of the line: the last text may have been longer. */
  private static final String CLEAR = "\u001b[K";

  private final PrintWriter err;
  private final String what;
  private final String unit;
  private final boolean terminal;
  private final LongSupplier nanoTime;
  private final long start;
  private long lastLine;
  private long lastDone;

  /**
   * Begins now.
   *
   * @param what is done: extract
   * @param unit of what is counted: images
   */
  @SuppressWarnings("SystemConsoleNull") // Spark 3.5 runs on Java 17, where null still tells
  ConsoleProgress(PrintWriter err, String what, String unit) {
    // The bar moves the cursor, which nothing may do that has a label or a file's name in it.
    this(
        System.console() == null ? err : new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        what,
        unit,
        System.console() != null,
        System::nanoTime);
  }

  ConsoleProgress(
      PrintWriter err, String what, String unit, boolean terminal, LongSupplier nanoTime) {
    this.err = err;
    this.what = what;
    this.unit = unit;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
    this.lastLine = start;
  }

  @Override
  public synchronized void update(long done, long total) {
    if (done == lastDone) {
      return;
    }
    lastDone = done;
    boolean finished = done >= total;
    long now = nanoTime.getAsLong();
    if (terminal) {
      int filled = (int) (done * BAR / Math.max(1, total));
      String bar = "#".repeat(filled) + " ".repeat(BAR - filled);
      err.print("\r[" + bar + "] " + text(done, total, now) + CLEAR);
      err.print(finished ? System.lineSeparator() : "");
      err.flush();
    } else if (finished || now - lastLine >= NANOS_BETWEEN_LINES) {
      lastLine = now;
      err.println(text(done, total, now));
    }
  }

  private String text(long done, long total, long now) {
    double seconds = Math.max(1e-9, (now - start) / 1e9);
    double rate = done / seconds;
    String counts = "%s: %,d of %,d %s, ".formatted(what, done, total, unit);
    return done >= total
        ? counts + "%s a second, in %s".formatted(rate(rate), duration(seconds))
        : counts + "%s a second, %s left".formatted(rate(rate), duration((total - done) / rate));
  }

  private static String rate(double rate) {
    return (rate < 1 ? "%.2f" : rate < 10 ? "%.1f" : "%,.0f").formatted(rate);
  }

  private static String duration(double exact) {
    long seconds = Math.round(exact);
    if (seconds < 60) {
      return seconds + " s";
    }
    return seconds < 3600
        ? "%d min %d s".formatted(seconds / 60, seconds % 60)
        : "%,d h %d min".formatted(seconds / 3600, seconds % 3600 / 60);
  }
}
