package io.headgraft.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {

  private final AtomicLong seconds = new AtomicLong();
  private final StringWriter text = new StringWriter();

  private ConsoleProgress progress(boolean terminal) {
    return new ConsoleProgress(
        new PrintWriter(text, true),
        "extract",
        "images",
        terminal,
        () -> seconds.get() * 1_000_000_000L);
  }

  private void update(ConsoleProgress progress, long atSecond, long done, long total) {
    seconds.set(atSecond);
    progress.update(done, total);
  }

  @Test
  void elsewhereItIsALineEveryTenSeconds() {
    ConsoleProgress progress = progress(false);
    update(progress, 1, 16, 2062);
    update(progress, 10, 160, 2062);
    update(progress, 12, 200, 2062);
    update(progress, 19, 300, 2062);
    update(progress, 100, 300, 2062);
    update(progress, 1000, 301, 100_000);
    update(progress, 1001, 100_000, 100_000);

    assertThat(text.toString().lines())
        .containsExactly(
            "extract: 160 of 2,062 images, 16 a second, 1 min 59 s left",
            "extract: 301 of 100,000 images, 0.30 a second, 92 h 0 min left",
            "extract: 100,000 of 100,000 images, 100 a second, in 16 min 41 s");
  }

  @Test
  void onATerminalItIsABar() {
    ConsoleProgress progress = progress(true);
    update(progress, 2, 3, 9);
    update(progress, 4, 9, 9);

    assertThat(text)
        .hasToString(
            "\r[##########                    ] extract: 3 of 9 images, 1.5 a second, 4 s left\u001b[K"
                + "\r[##############################] extract: 9 of 9 images, 2.3 a second, in 4 s\u001b[K\n");
  }
}
