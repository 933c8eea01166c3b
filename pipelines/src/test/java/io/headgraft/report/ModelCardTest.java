package io.headgraft.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.coreml.Inspection;
import io.headgraft.coreml.Inspection.Feature;
import io.headgraft.coreml.Inspection.Hyperparameter;
import io.headgraft.coreml.Inspection.Layer;
import io.headgraft.image.Crop;
import io.headgraft.report.ModelCard.ShippedFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ModelCardTest {

  private static final Pattern UNESCAPED_BAR = Pattern.compile("(?<!\\\\)\\|");

  @Test
  void saysWhatTheModelIsForAndHowGoodItIs() {
    Report report = SampleReports.digits();

    String card = card(report, "sgd", Crop.SCALE_FILL, updatable(report, true));

    assertThat(headings(card))
        .containsExactly(
            "Files",
            "Intended use",
            "Input",
            "Metrics",
            "Calibration",
            "Data",
            "Training on the device",
            "Limits",
            "Licence",
            "Predict",
            "Update",
            "Provenance");
    assertThat(card)
        .contains("in run `20261122T191056.651Z`")
        .contains(
            "| `first.mlmodel`, `first.mlpackage` | Tells \\| things apart | iOS 13 | 4,970,000 | `0a1b` | 2.50 × 10⁻⁷ |")
        .contains("has the placeholders user0, user1.")
        .contains("`photo`: image, 227 × 227, BGR.")
        .contains("Head: SGD (")
        .contains("Of 206 test photos, which nothing was trained on or chosen by:")
        .contains("| 0.961 |");
    assertThat(report.head("sgd").orElseThrow().test().accuracy()).isBetween(0.9605, 0.9615);
  }

  @Test
  void snippetsUseTheModelsOwnNames() {
    Report report = SampleReports.digits();

    String card = card(report, "sgd", Crop.CENTER_CROP, updatable(report, true));

    assertThat(card)
        .contains("inputDescriptionsByName[\"photo\"]")
        .contains("\"photo\": MLFeatureValue(imageAt:")
        .contains("\"trueName\": MLFeatureValue(string: photo.label)")
        .contains("such as `\"user0\"`")
        .contains("outputs are `name` (the label) and `nameProbability`")
        .contains("imageCropAndScaleOption = .centerCrop")
        .contains("VNImageCropAndScaleOption.centerCrop.rawValue")
        .doesNotContain("scaleFill");
  }

  @Test
  void tellsWhatHappensOnThePhone() {
    Report report = SampleReports.personalized(SampleReports.digits());

    String card = card(report, "sgd", Crop.SCALE_FILL, updatable(report, true));

    assertThat(headings(card)).contains("What happens on the phone");
    assertThat(card)
        .contains("Ask for 5 photos of a new label:", "give each update 5 old photos")
        .contains("| 5 | 0.920 (0.900 to 0.940) | 0.950 (0.930 to 0.970) |")
        .contains(".learningRate: 0.01,")
        .doesNotContain(".optimizer");
    assertThat(headings(card(report, "sgd", Crop.SCALE_FILL, plain(report))))
        .doesNotContain("What happens on the phone");
    assertThat(ModelCard.parameterKey("mini-batch-size")).isEqualTo("miniBatchSize");
  }

  @Test
  void aModelThatCannotBeTrainedHasNoUpdate() {
    Report report = SampleReports.digits();

    String card = card(report, "lbfgs", Crop.SCALE_FILL, plain(report));

    assertThat(headings(card))
        .doesNotContain("Training on the device", "Update")
        .contains("Predict");
    assertThat(card).contains("| iOS 11 |").doesNotContain("placeholder");
  }

  @Test
  void explainsTheRateByWhatTheLayerReads() {
    Report report = SampleReports.digits();

    assertThat(card(report, "sgd", Crop.SCALE_FILL, updatable(report, true)))
        .contains("| learning-rate | 0.01 | from 0.0 to 1.0 | The trainable layer reads standard");
    assertThat(card(report, "sgd", Crop.SCALE_FILL, updatable(report, false)))
        .contains("| learning-rate | 0.01 | from 0.0 to 1.0 | The trainable layer reads raw");
  }

  @Test
  void explainsTheLayersAroundTheTrainableOne() {
    Report report = SampleReports.digits();

    String card =
        card(
            report,
            "sgd",
            Crop.SCALE_FILL,
            updatable(report, "standardize", "whiten", "gamma", "fullyconnected0"));

    assertThat(card)
        .contains(
            "| learning-rate | 0.01 | from 0.0 to 1.0 | The trainable layer reads features of")
        .contains("It is that of labels that a user adds; the others learn slower. |")
        .contains("The fixed layer `whiten` behind it")
        .contains("The fixed layer `gamma` multiplies");
    assertThat(card(report, "sgd", Crop.SCALE_FILL, updatable(report, true)))
        .doesNotContain("`whiten`", "`gamma`");
  }

  @Test
  void hostileLabelsBreakNoTableAndMakeNoElement() {
    Report report = SampleReports.rich();

    String card = card(report, "lbfgs", Crop.SCALE_FILL, updatable(report, true));

    assertThat(card).doesNotContain("<script", "</script");
    List<List<String>> tables = tables(card);
    assertThat(tables).hasSizeGreaterThan(5);
    for (List<String> table : tables) {
      assertThat(table)
          .extracting(line -> UNESCAPED_BAR.matcher(line).results().count())
          .as(table.get(0))
          .containsOnly(UNESCAPED_BAR.matcher(table.get(0)).results().count());
    }
    assertThat(report.dataset().labels()).contains("two\nlines");
    assertThat(card).contains("| two lines |");
  }

  @Test
  void escapesForSwift() {
    assertThat(ModelCard.swiftText("a\"b\\(c)\n")).isEqualTo("a\\\"b\\\\(c)\\n");
  }

  @Test
  void refusesAHeadThatTheReportLacks() {
    Report report = SampleReports.digits();

    assertThatThrownBy(
            () ->
                ModelCard.markdown(
                    report, "svm", Crop.SCALE_FILL, 206, List.of(file(plain(report)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The report has no head svm");
  }

  private static String card(Report report, String head, Crop crop, Inspection model) {
    return new String(
        ModelCard.markdown(report, head, crop, 206, List.of(file(model))), StandardCharsets.UTF_8);
  }

  private static ShippedFile file(Inspection model) {
    return new ShippedFile("first.mlmodel", true, 4_970_000, "0a1b", 2.5e-7, model);
  }

  private static Inspection updatable(Report report, boolean standardized) {
    return standardized
        ? updatable(report, "standardize", "fullyconnected0")
        : updatable(report, "fullyconnected0");
  }

  private static Inspection updatable(Report report, String... names) {
    Feature image = new Feature("photo", "image, 227 × 227, BGR");
    List<Layer> layers =
        Stream.of(names)
            .map(name -> layer(name, "innerProduct", name.equals("fullyconnected0")))
            .toList();
    return new Inspection(
        "neuralNetworkClassifier",
        4,
        true,
        List.of(image),
        List.of(new Feature("nameProbability", "dictionary"), new Feature("name", "text")),
        "name",
        "nameProbability",
        List.of(image, new Feature("trueName", "text")),
        List.of(),
        layers,
        "fire9/concat",
        null,
        List.of(new Hyperparameter("learning-rate", 0.01, List.of(0.0, 1.0), null)),
        Stream.concat(report.dataset().labels().stream(), Stream.of("user0", "user1")).toList(),
        Map.of("description", "Tells | things apart", "author", "A <b>"),
        List.of());
  }

  private static Inspection plain(Report report) {
    return new Inspection(
        "neuralNetworkClassifier",
        1,
        false,
        List.of(new Feature("photo", "image, 227 × 227, BGR")),
        List.of(),
        "name",
        "nameProbability",
        List.of(),
        List.of(),
        List.of(layer("fullyconnected0", "innerProduct", false)),
        "",
        null,
        List.of(),
        report.dataset().labels(),
        Map.of(),
        List.of());
  }

  private static Layer layer(String name, String type, boolean updatable) {
    return new Layer(
        name, type, List.of(), List.of(), 10, "single precision", updatable, updatable);
  }

  private static List<String> headings(String card) {
    return Pattern.compile("(?m)^## (.*)$").matcher(card).results().map(m -> m.group(1)).toList();
  }

  /** Lines that begin with a bar, as long as they follow each other. */
  private static List<List<String>> tables(String card) {
    List<List<String>> tables = new ArrayList<>();
    boolean inside = false;
    for (String line : card.lines().toList()) {
      if (line.startsWith("|")) {
        if (!inside) {
          tables.add(new ArrayList<>());
        }
        tables.get(tables.size() - 1).add(line);
      }
      inside = line.startsWith("|");
    }
    return tables;
  }
}
