package io.headgraft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class VisibleTextTest {

  @Test
  void controlsAreShownByTheirNumber() {
    assertThat(VisibleText.of("\u001b[2J\u0007 \u0000 \u007f \u009b31m \u2028"))
        .isEqualTo("\\u001b[2J\\u0007 \\u0000 \\u007f \\u009b31m \\u2028");
  }

  @Test
  void textCannotTurnWhatFollowsIt() {
    assertThat(VisibleText.of("\u202egnp.exe \u2066x\u2069"))
        .isEqualTo("\\u202egnp.exe \\u2066x\\u2069");
  }

  @Test
  void ordinaryTextStays() {
    String text = "❤\uFE0F 👩\u200D💻 \u05d0\u200f \u0627 日本語 C:\\u0041 $1 %";
    assertThat(VisibleText.of(text)).isEqualTo(text);
    assertThat(VisibleText.line(text)).isEqualTo(text);
  }

  @Test
  void linesStayLinesOrBecomeOne() {
    assertThat(VisibleText.of("a\n\tb\r\nc\rd")).isEqualTo("a\n\tb\r\nc\\rd");
    assertThat(VisibleText.line("a\n\tb\r\nc\rd")).isEqualTo("a\\n\\tb\\r\\nc\\rd");
  }

  /** What is escaped outside of JSON's own escapes is the same text to its readers. */
  @Test
  void jsonStaysWhatItIs() {
    String label = "\u0085 \u202e \u001b \n \\ \"";
    String line = VisibleText.of(Json.line(new String[] {label}));

    assertThat(line).doesNotContain("\u0085", "\u202e");
    assertThat(Json.read(line.getBytes(StandardCharsets.UTF_8), String[].class, "line"))
        .containsExactly(label);
  }
}
