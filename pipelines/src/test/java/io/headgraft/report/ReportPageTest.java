package io.headgraft.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.evaluation.Metrics;
import io.headgraft.head.Trial;
import io.headgraft.personalization.Forecast;
import io.headgraft.report.Report.HeadReport;
import io.headgraft.report.Report.Mistake;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReportPageTest {

  private static final int PICTURES = 3 << 20;

  @Test
  void theVerdictStandsFirstAndIsReadWithoutAScript() {
    String page = page(SampleReports.digits());

    assertThat(text(page.substring(page.indexOf("<h1>"), page.indexOf("</h1>"))))
        .isEqualTo(
            "L-BFGS 0.966, SGD 0.961: no significant difference on 206 photos; SGD took 4.1× as long.");
    assertThat(page)
        .contains("<html lang=\"en\">", "<title>Headgraft report 20261122T191056.651Z</title>");
  }

  @Test
  void aFullReportHasEverySection() {
    assertThat(headings(page(SampleReports.rich()), "h2"))
        .containsExactly(
            "Heads",
            "Is the difference real?",
            "Tuning",
            "Training",
            "How sure, and how often right",
            "More photos, more variants",
            "Labels",
            "Photos",
            "Compared with earlier runs",
            "Provenance");
    assertThat(headings(page(SampleReports.rich()), "h3"))
        .containsExactly(
            "L-BFGS",
            "SGD",
            "Adam",
            "k-NN",
            "With and without augmentation",
            "What is taken for what",
            "Precision and recall",
            "Worst mistakes",
            "Variants",
            "Files that are not used");
  }

  @Test
  void aSmallReportHasOnlyWhatThereIs() {
    assertThat(headings(page(SampleReports.tiny()), "h2"))
        .containsExactly("Heads", "Is the difference real?", "Tuning", "Labels", "Provenance");
    assertThat(headings(page(SampleReports.untested()), "h2"))
        .containsExactly("Heads", "Tuning", "Labels", "Provenance");
  }

  @Test
  void whatHappensOnThePhoneIsForecast() {
    String page = page(SampleReports.personalized(SampleReports.digits()));

    assertThat(headings(page, "h2")).contains("What happens on the phone");
    assertThat(text(page))
        .contains(
            "Ask for 5 photos of a new label: the model then knows 92.0 % of the new label’s photos and 92.0 % of the old ones’ (harmonic mean 0.920, 95 % interval 0.900 to 0.940), and more photos hardly help; give each update 5 old photos of each known label too, which brings the harmonic mean to 0.950.",
            "The k-NN model, given the same photos, is the better choice for new + old photos a label of 1 + 5.",
            "With raw features and the defaults that are commonly copied the harmonic mean would be 0.000 after 20 photos (100.0 % of the new label’s photos right, 0.0 % of the old ones’), as shipped it is 0.940.",
            "A note.");
    assertThat(rows(page, "phone"))
        .contains(
            "5 0.920 (0.900 to 0.940) 0.950 (0.930 to 0.970) 0.700 (0.680 to 0.720) 0.000 (0.000 to 0.020) 0.500 (0.480 to 0.520)");
    assertThat(page).doesNotContain(SampleReports.SCRIPT);
    assertThat(headings(page(SampleReports.digits()), "h2"))
        .doesNotContain("What happens on the phone");
  }

  @Test
  void aForecastThatCouldNotBeMadeSaysWhy() {
    String page =
        page(
            SampleReports.digits()
                .withPersonalization(Forecast.none("The data set has no <photos>.")));

    assertThat(page).contains("The data set has no &lt;photos&gt;.");
    assertThat(rows(page, "phone")).isEmpty();
  }

  @Test
  void aHeadIsARow() {
    assertThat(rows(page(SampleReports.tiny()), "heads"))
        .contains(
            "L-BFGS 0.933 14/15 0.702 to 0.988 0.299 0.128 0.061 0.933 0.993 1.2 s 1",
            "SGD 0.867 13/15 0.621 to 0.963 0.774 0.265 0.146 0.866 0.900 4.9 s 1");
  }

  @Test
  void aPairIsARow() {
    assertThat(rows(page(SampleReports.digits()), "difference"))
        .contains(
            "L-BFGS against SGD no significant difference +0.5 −1.9 to +2.9 9 8 0.815 0.815 1.000 5.2 about 21,000",
            "L-BFGS against k-NN L-BFGS is better +8.7 +6.3 to +11.1 21 3 < 0.001 < 0.001 0.001 5.2 about 96");
  }

  @Test
  void howTheHeadsWereTrainedIsSaid() {
    String page = page(SampleReports.digits());

    assertThat(rows(page, "tuning"))
        .contains(
            "L-BFGS l2 0.001 tolerance 1.00 × 10⁻⁹ iterations 143 5 on the driver, 5 settings in parallel",
            "0.1 0.01 diverged – 9.1 s",
            "0.001 0.001 0.130 0.961 9.1 s chosen");
    assertThat(text(page))
        .contains(
            "The heads were not tuned equally. Settings tried: L-BFGS 5, SGD 15, Adam 15, k-NN, the baseline, 12.");
    assertThat(rows(page, "training"))
        .contains(
            "SGD 1.00 × 10⁻³ 9.03 × 10⁻² 9.01 × 10⁻² 2.20 × 10⁻⁴ 4.60 × 10⁻³",
            "SGD 1, 2, 3, 4, 5 0.951 · 0.959 · 0.966 0.122 · 0.126 · 0.131",
            "L-BFGS 143 3.4 s 0.022 – 0.118 0.966");
    assertThat(rows(page, "calibration"))
        .contains(
            "SGD 1.214 0.124 → 0.119 0.021 → 0.012 0.131 → 0.127 0.024 → 0.017 no: all other figures are without it");
    assertThat(rows(page, "data"))
        .contains(
            "5 50 0.765 (0.705 to 0.820) 0.760 (0.700 to 0.815) 0.750 (0.684 to 0.802) 0.678 (0.613 to 0.740)");
  }

  @Test
  void theBaselineIsTunedInItsOwnWay() {
    Report digits = SampleReports.digits();
    Report report =
        new Report(
            digits.run(),
            digits.backbone(),
            digits.dataset(),
            digits.heads().subList(1, 4),
            List.of(),
            List.of(),
            null,
            List.of(),
            List.of(),
            null);

    assertThat(text(page(report)))
        .contains("Equal tuning. Settings tried: SGD 15, Adam 15, k-NN, the baseline, 12.");
    assertThat(text(page(SampleReports.tiny())))
        .contains("No head was tuned: each was trained with the setting of the configuration.");
  }

  @Test
  void epochsThatATrainingStoppedAfterDivideNoLine() {
    List<Trial> sweep =
        IntStream.of(1, 2, 3)
            .mapToObj(
                k ->
                    new Trial(
                        Map.of("l2", 0.1 * k, "learning-rate", 0.01, "epochs", 7 * k),
                        0.1 * k,
                        0.9,
                        1))
            .toList();
    HeadReport tiny = SampleReports.tiny().heads().get(0);
    Report report =
        with(
            new HeadReport(
                "sgd",
                Map.of("l2", 0.2, "learning-rate", 0.01, "epochs", 15),
                3,
                1,
                "",
                tiny.train(),
                null,
                tiny.test(),
                tiny.selection(),
                sweep,
                List.of(),
                null,
                null,
                null,
                List.of()));

    assertThat(page(report))
        .contains("\"name\":\"SGD\",\"head\":0,\"step\":0")
        .doesNotContain("\"step\":1");
    assertThat(rows(page(report), "tuning")).filteredOn(row -> row.endsWith(" chosen")).hasSize(2);
  }

  @Test
  void earlierRunsAreRows() {
    assertThat(rows(page(SampleReports.digits()), "earlier"))
        .contains(
            "previous 20261121T191002.114Z SGD 0.951 of 206 0.947 of 206 0.395 Today’s L-BFGS 0.966, the earlier head 0.947: no significant difference on 206 photos",
            "champion 20261101T190958.020Z L-BFGS 0.922 of 206 – – Not compared: other features or labels, or no test photos.");
  }

  @Test
  void figuresOfAnUntrainedBackboneAreNotMistakenForOthers() {
    String page = page(SampleReports.untrained());

    assertThat(text(page.substring(page.indexOf("<header>"), page.indexOf("<h1>"))))
        .startsWith(
            "The backbone is untrained. Its weights are random: these figures show that the chain works, and say nothing about the photos.");
    assertThat(page(SampleReports.tiny())).doesNotContain("role=\"alert\"");
  }

  @Test
  void namesStayNames() {
    String page = page(SampleReports.rich());

    assertThat(page)
        .doesNotContain(SampleReports.SCRIPT)
        .contains("&lt;/script&gt;&lt;script&gt;alert(&quot;label&quot;)&lt;/script&gt;")
        .contains("&quot;quoted&quot; &amp; &#39;single&#39;")
        .contains(">\u202etfel-ot-thgir</bdi>")
        .contains("✌️")
        .contains("<code>e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855</code>");
    assertThat(count(page, "<script")).isEqualTo(3);
    assertThat(count(page, "</script")).isEqualTo(3);
  }

  @Test
  void aSettingCannotEndTheScript() {
    List<Trial> sweep =
        IntStream.of(1, 3, 5)
            .mapToObj(
                k ->
                    new Trial(
                        Map.of("k", k, "weighting", SampleReports.SCRIPT + k), 0.1 * k, 0.9, 1))
            .toList();
    HeadReport tiny = SampleReports.tiny().heads().get(0);
    Report report =
        with(
            new HeadReport(
                "knn",
                Map.of("k", 3),
                3,
                1,
                "",
                tiny.train(),
                null,
                tiny.test(),
                tiny.selection(),
                sweep,
                List.of(),
                null,
                null,
                null,
                List.of()));
    String page = page(report);

    assertThat(page)
        .contains("weighting \\u003c/script\\u003e\\u003cscript\\u003ealert(\\\"label\\\")");
    assertThat(count(page, "</script")).isEqualTo(3);
  }

  @Test
  void nothingIsLoadedFromElsewhere() {
    String page = page(SampleReports.rich());

    assertThat(attributes(page, "src"))
        .isNotEmpty()
        .allMatch(uri -> uri.startsWith("data:image/jpeg;base64,"));
    assertThat(attributes(page, "href")).containsExactly("data:,");
    assertThat(page)
        .contains("default-src 'none'; img-src data:; style-src 'sha256-")
        .contains("Chart.js v4")
        .contains("Released under the MIT License")
        .doesNotContain("sourceMappingURL", "@import", "url(");
  }

  @Test
  void listsOfRejectedFilesHaveAnEnd() {
    String page = page(SampleReports.rich());

    assertThat(text(page))
        .contains("1,259 × the same image is there more than once")
        .contains("And 1,239 more in rejected.jsonl.")
        .contains("3 × the file is empty Their names are in rejected.jsonl.")
        .contains("1 × the same image has different labels");
    assertThat(page).contains("copy of IMG_0019.jpg").doesNotContain("copy of IMG_0020.jpg");
  }

  @Test
  void picturesHaveALimit() {
    Report report = withMistakes(120);
    Map<String, byte[]> pictures = new HashMap<>();
    report.mistakes().forEach(mistake -> pictures.put(mistake.imageId(), new byte[60_000]));

    String page = page(report, new ReportPhotos(pictures, List.of()));

    // 80,023 characters each: 39 have room.
    assertThat(count(page, "<img ")).isEqualTo(39);
    assertThat(text(page)).contains("61 pictures are left out, to keep this page small.");
    assertThat(text(page)).contains("And 20 more in report.json.");
    assertThat(page.length() - page(SampleReports.tiny()).length())
        .isBetween(39 * 80_000, PICTURES + 100_000);
  }

  @Test
  void aMistakeWithoutAPictureIsShownAllTheSame() {
    String page = page(withMistakes(2));

    assertThat(count(page, "no picture")).isEqualTo(2);
    assertThat(text(page)).doesNotContain("pictures are left out");
  }

  @Test
  void manyLabelsHaveNoMatrix() {
    String page = page(SampleReports.manyLabels());

    assertThat(page).doesNotContain("class=\"matrix");
    assertThat(text(page))
        .contains("the most confused labels, test photos; 31 more pairs are in report.json");
    assertThat(rows(page, "labels")).contains("species no. 0 species no. 2 1 0.067");
  }

  @Test
  void headsThatMakeNoMistakesConfuseNothing() {
    List<String> labels = IntStream.range(0, 40).mapToObj(String::valueOf).toList();
    Metrics perfect = SampleReports.metrics(labels, 80, 1, 1);
    Report tiny = SampleReports.tiny();
    Report report =
        new Report(
            tiny.run(),
            tiny.backbone(),
            new Report.DatasetFacts(labels, 80, 0, 80, 1, "", Map.of()),
            List.of(SampleReports.plain("lbfgs", 1, perfect, perfect)),
            List.of(),
            List.of(),
            null,
            List.of(),
            List.of(),
            null);

    assertThat(text(page(report))).contains("L-BFGS : no test photos were confused.");
  }

  @Test
  void whetherTheModelsGoLiveIsSaidWithItsFigures() {
    List<Report.Condition> conditions =
        List.of(
            new Report.Condition("placeholder-wins", 0, 0, true, "takes 0 of 15"),
            new Report.Condition("recall-drop", 0.25, 0.1, false, "label '<b>': 3 of 12"));
    String page = page(SampleReports.tiny().withGate(new Report.Gate("r0", conditions)));

    assertThat(headings(page, "h2")).contains("Do the models go live?");
    assertThat(text(page))
        .contains("No: the models of run r0 stay live, for 1 of 2 conditions are not met.");
    assertThat(rows(page, "gate"))
        .contains(
            "placeholder-wins yes 0 0 takes 0 of 15",
            "recall-drop no 0.25 0.1 label &#39;<b>&#39;: 3 of 12");
    assertThat(gateVerdict("r0", conditions.subList(0, 1)))
        .contains("Yes: the models take the place of those of run r0.");
    assertThat(gateVerdict(null, conditions.subList(0, 1)))
        .contains("Yes: the models are the first to go live.");
    assertThat(gateVerdict(null, conditions)).contains("No: nothing goes live, for 1 of 2");
  }

  private static String gateVerdict(String champion, List<Report.Condition> conditions) {
    return text(page(SampleReports.tiny().withGate(new Report.Gate(champion, conditions))));
  }

  @Test
  void theSameReportIsTheSamePage() {
    assertThat(page(SampleReports.rich())).isEqualTo(page(SampleReports.rich()));
  }

  private static Report with(HeadReport head) {
    Report tiny = SampleReports.tiny();
    return new Report(
        tiny.run(),
        tiny.backbone(),
        tiny.dataset(),
        List.of(head),
        List.of(),
        List.of(),
        null,
        List.of(),
        List.of(),
        null);
  }

  private static Report withMistakes(int count) {
    Report tiny = SampleReports.tiny();
    List<Mistake> mistakes =
        IntStream.range(0, count)
            .mapToObj(i -> new Mistake("id" + i, "/photos/" + i + ".jpg", "✊", List.of()))
            .toList();
    return new Report(
        tiny.run(),
        tiny.backbone(),
        tiny.dataset(),
        tiny.heads(),
        tiny.comparisons(),
        List.of(),
        null,
        mistakes,
        List.of(),
        null);
  }

  private static String page(Report report) {
    return page(
        report,
        report.mistakes().size() == 9 ? SampleReports.photos(report) : SampleReports.noPhotos());
  }

  private static String page(Report report, ReportPhotos photos) {
    return new String(
        ReportPage.html(
            report, photos, report.mistakes().size() == 9 ? SampleReports.rejected() : List.of()),
        StandardCharsets.UTF_8);
  }

  private static List<String> headings(String page, String level) {
    return matches(page, "<%1$s>(.*?)</%1$s>".formatted(level)).stream()
        .map(ReportPageTest::text)
        .toList();
  }

  private static List<String> rows(String page, String section) {
    String start = page.substring(page.indexOf("id=\"" + section + "\""));
    int end = start.indexOf("</section>");
    return matches(start.substring(0, end), "<tr.*?>(.*?)</tr>").stream()
        .map(ReportPageTest::text)
        .toList();
  }

  private static List<String> attributes(String page, String name) {
    String markup = page.replaceAll("(?s)<script.*?</script>", "");
    return matches(markup, " " + name + "=\"([^\"]*)\"");
  }

  private static List<String> matches(String text, String pattern) {
    return Pattern.compile(pattern, Pattern.DOTALL)
        .matcher(text)
        .results()
        .map((MatchResult m) -> m.group(1))
        .toList();
  }

  private static String text(String html) {
    return html.replaceAll("(?s)<(script|style).*?</\\1>", " ")
        .replaceAll("<[^>]*>", " ")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
        .replaceAll("\\s+", " ")
        .strip();
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }
}
