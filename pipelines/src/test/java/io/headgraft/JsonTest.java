package io.headgraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.evaluation.Interval;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {

  record Sample(String longName, Double macroAuc, double ece, Interval interval, double[] values) {}

  @Test
  void namesAreKebabCaseAndNullIsAbsent() {
    assertThat(Json.line(new Sample("a", null, 0.5, null, null)))
        .isEqualTo("{\"long-name\":\"a\",\"ece\":0.5}");
  }

  @Test
  void notANumberIsNull() {
    double none = Double.NaN;

    assertThat(Json.line(new Sample(null, none, none, null, new double[] {1, none, 2})))
        .isEqualTo("{\"macro-auc\":null,\"ece\":null,\"values\":[1.0,null,2.0]}");
    assertThat(Json.line(Map.of("infinite", Double.POSITIVE_INFINITY)))
        .isEqualTo("{\"infinite\":null}");
  }

  @Test
  void nullIsReadAsNotANumber() {
    Sample sample = read("{\"ece\": null}");

    assertThat(sample.ece()).isNaN();
    assertThat(sample.macroAuc()).isNull();
  }

  @Test
  void anIntervalIsAnArray() {
    assertThat(Json.line(new Interval(0.25, 0.75))).isEqualTo("[0.25,0.75]");
    assertThat(read("{\"interval\": [0.25, 0.75]}").interval()).isEqualTo(new Interval(0.25, 0.75));
  }

  @Test
  void prettyIsIndentedUtf8WithALastLineBreak() {
    assertThat(new String(Json.pretty(Map.of("label", "❤\uFE0F")), StandardCharsets.UTF_8))
        .isEqualTo(
            """
            {
              "label" : "❤\uFE0F"
            }
            """);
  }

  @Test
  void passesOverWhatItDoesNotKnow() {
    assertThat(read("{\"long-name\": \"a\", \"tomorrow\": [1]}").longName()).isEqualTo("a");
  }

  @Test
  void saysWhichFileCannotBeRead() {
    for (String text : List.of("{", "[]", "", "{\"interval\": [2, 1]}")) {
      assertThatThrownBy(() -> read(text))
          .isInstanceOfSatisfying(
              HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
          .hasMessageStartingWith("champion.json cannot be read: ");
    }
  }

  @Test
  void refusesWhatIsNoData() {
    assertThatThrownBy(() -> Json.line(new Object()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("No JSON can be made of class java.lang.Object");
    assertThatThrownBy(() -> Json.pretty(new Object()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("No JSON can be made of class java.lang.Object");
  }

  private static Sample read(String json) {
    return Json.read(json.getBytes(StandardCharsets.UTF_8), Sample.class, "champion.json");
  }
}
