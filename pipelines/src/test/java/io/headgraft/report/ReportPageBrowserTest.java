package io.headgraft.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.testing.Chromium;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/**
 * The page in a real browser. Pages and pictures of them are left in {@code target/report}; {@code
 * docs/report.png} is its {@code digits.png}.
 */
class ReportPageBrowserTest {

  private static final Path FOLDER =
      Path.of(System.getProperty("headgraft.root"), "pipelines/target/report");
  private static final Map<String, Report> REPORTS =
      Map.of(
          "rich", SampleReports.rich(),
          "digits", SampleReports.digits(),
          "phone", SampleReports.personalized(SampleReports.digits()),
          "many", SampleReports.manyLabels(),
          "tiny", SampleReports.tiny(),
          "untested", SampleReports.untested(),
          "untrained", SampleReports.untrained());

  private static Chromium chromium;

  @BeforeAll
  static void start() throws IOException {
    Files.createDirectories(FOLDER);
    for (Map.Entry<String, Report> report : REPORTS.entrySet()) {
      boolean full = !report.getValue().mistakes().isEmpty();
      ReportPhotos photos =
          full ? SampleReports.photos(report.getValue()) : SampleReports.noPhotos();
      Files.write(
          file(report.getKey()),
          ReportPage.html(report.getValue(), photos, full ? SampleReports.rejected() : List.of()));
    }
    chromium = Chromium.start();
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"rich,19", "digits,19", "phone,21", "many,19", "tiny,1", "untested,0", "untrained,1"})
  void thePageNeedsNothingButItself(String report, int charts) {
    chromium.console();
    chromium.requests();
    show(report, 1280, "light");

    assertThat(chromium.console()).isEmpty();
    assertThat(chromium.requests().stream().filter(uri -> !uri.startsWith("data:")))
        .containsExactly(file(report).toUri().toString());
    assertThat(drawn()).hasSize(charts).allMatch(share -> share > 0.01);
  }

  @Test
  void chartsHaveTheColoursOfTheScheme() {
    show("digits", 1280, "light");
    Object light = chromium.evaluate(COLOURS);
    chromium.show(1280, "dark");

    assertThat(light).isEqualTo(List.of("#59636e", "#0067a5"));
    assertThat(chromium.evaluate(COLOURS)).isEqualTo(List.of("#a3adb8", "#5bb5ec"));
    assertThat(chromium.console()).isEmpty();
  }

  @Test
  void aHeaderSortsItsTableBothWays() {
    show("digits", 1280, "light");

    assertThat(heads()).containsExactly("L-BFGS", "SGD", "Adam", "k-NN");
    click("accuracy");
    assertThat(heads()).containsExactly("k-NN", "Adam", "SGD", "L-BFGS");
    assertThat(sorted()).isEqualTo("accuracy ascending");
    click("accuracy");
    assertThat(heads()).containsExactly("L-BFGS", "SGD", "Adam", "k-NN");
    assertThat(sorted()).isEqualTo("accuracy descending");
    click("head");
    assertThat(heads()).containsExactly("Adam", "k-NN", "L-BFGS", "SGD");
    assertThat(sorted()).isEqualTo("head ascending");
  }

  @Test
  void theKeyboardSortsToo() {
    show("digits", 1280, "light");
    chromium.evaluate("document.querySelectorAll('#heads th button')[8].focus()");

    chromium.type(Keys.TAB);
    chromium.type(Keys.ENTER);

    assertThat(sorted()).isEqualTo("time ascending");
    assertThat(heads()).containsExactly("k-NN", "L-BFGS", "Adam", "SGD");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rich", "digits", "many", "tiny", "untested", "untrained"})
  void aPhoneIsWideEnough(String report) throws IOException {
    for (String scheme : List.of("light", "dark")) {
      show(report, 360, scheme);
      chromium.evaluate(
          "document.querySelectorAll('details').forEach((some) => { some.open = true; })");
      chromium.show(360, scheme);

      assertThat(chromium.evaluate("return document.scrollingElement.scrollWidth")).isEqualTo(360L);
      assertThat(overlaps()).isEmpty();
      picture(report, "-360-" + scheme, null, null);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rich", "many", "untrained"})
  void noTextLiesOnOtherText(String report) throws IOException {
    for (String scheme : List.of("light", "dark")) {
      show(report, 1280, scheme);

      assertThat(overlaps()).isEmpty();
      picture(report, "-1280-" + scheme, null, null);
    }
  }

  @Test
  void theFirstScreenHoldsVerdictAndHeads() throws IOException {
    show("digits", 1000, "light");

    assertThat(
            chromium.evaluate(
                "return document.querySelector('#intervals').getBoundingClientRect().bottom + 0.5"))
        .asInstanceOf(InstanceOfAssertFactories.DOUBLE)
        .isLessThan(640);
    picture("digits", "", 1000, 612);
  }

  /** For people to look at. */
  private static void picture(String report, String name, Integer width, Integer height)
      throws IOException {
    Files.write(FOLDER.resolve(report + name + ".png"), chromium.picture(width, height));
  }

  private static void show(String report, int width, String scheme) {
    chromium.show(width, scheme);
    chromium.open(file(report));
    chromium.show(width, scheme);
  }

  private static Path file(String report) {
    return FOLDER.resolve(report + ".html");
  }

  private static void click(String header) {
    chromium.evaluate(
        "[...document.querySelectorAll('#heads th button')].find((b) => b.textContent === arguments[0]).click()",
        header);
  }

  private static Object sorted() {
    return chromium.evaluate(
        "const th = document.querySelectorAll('#heads th[aria-sort]');"
            + "return th[0].textContent + ' ' + th[0].getAttribute('aria-sort')");
  }

  @SuppressWarnings("unchecked")
  private static List<String> heads() {
    return (List<String>)
        chromium.evaluate(
            "return [...document.querySelector('#heads table').tBodies[0].rows].map((row) => row.cells[0].textContent)");
  }

  /** The share of the pixels that each chart has drawn on. */
  @SuppressWarnings("unchecked")
  private static List<Double> drawn() {
    return ((List<Number>)
            chromium.evaluate(
                """
                return [...document.querySelectorAll('canvas')].map((canvas) => {
                  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                  return data.filter((value, i) => i % 4 === 3 && value > 0).length / (data.length / 4);
                });
                """))
        .stream().map(Number::doubleValue).toList();
  }

  private static final String COLOURS =
      """
      const chart = Chart.getChart('loss-by-epoch');
      const hex = (colour) => Chart.helpers.color(colour).hexString().toLowerCase();
      return [hex(chart.options.color), hex(chart.data.datasets[0].borderColor)];
      """;

  /** Pieces of text that lie on each other, as far as they are visible. */
  @SuppressWarnings("unchecked")
  private static List<String> overlaps() {
    return (List<String>)
        chromium.evaluate(
            """
            const pieces = [];
            const texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
            while (texts.nextNode()) {
              const node = texts.currentNode;
              if (node.data.trim() === '' || node.parentElement.closest('.hidden')) continue;
              if (!node.parentElement.checkVisibility()) continue; // In closed details.
              const range = document.createRange();
              range.selectNodeContents(node);
              for (const rect of range.getClientRects()) {
                let { left, right, top, bottom } = rect;
                for (let box = node.parentElement; box; box = box.parentElement) {
                  if (getComputedStyle(box).overflow === 'visible') continue;
                  const clip = box.getBoundingClientRect();
                  left = Math.max(left, clip.left);
                  right = Math.min(right, clip.right);
                  top = Math.max(top, clip.top);
                  bottom = Math.min(bottom, clip.bottom);
                }
                // The line box is higher than the letters.
                top += 3;
                bottom -= 3;
                if (right - left > 1 && bottom - top > 1) pieces.push({ left, right, top, bottom, node });
              }
            }
            pieces.sort((a, b) => a.top - b.top);
            const overlaps = [];
            pieces.forEach((a, i) => {
              for (let k = i + 1; k < pieces.length && pieces[k].top < a.bottom; k++) {
                const b = pieces[k];
                if (a.node !== b.node && a.left < b.right - 1 && b.left < a.right - 1) {
                  overlaps.push(a.node.data + ' | ' + b.node.data);
                }
              }
            });
            return overlaps;
            """);
  }
}
