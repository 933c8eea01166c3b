package io.headgraft.report;

import freemarker.template.TemplateMethodModelEx;
import io.headgraft.VisibleText;
import io.headgraft.coreml.Inspection;
import io.headgraft.coreml.Inspection.Feature;
import io.headgraft.evaluation.Metrics;
import io.headgraft.image.Crop;
import io.headgraft.report.Report.HeadReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * What the people who put the models into an app have to know of them, as Markdown: {@code
 * MODEL_CARD.md}. The headings follow M. Mitchell et al., "Model Cards for Model Reporting", 2019.
 */
public final class ModelCard {

  private static final int CONFUSIONS = 5;

  /**
   * A file that is shipped.
   *
   * @param name of the file, without a folder
   * @param packaged whether it also lies there as an {@code .mlpackage} folder
   * @param bytes its length
   * @param sha256 of its bytes, in hexadecimal
   * @param difference the largest of a probability from what the file is meant to say
   */
  public record ShippedFile(
      String name,
      boolean packaged,
      long bytes,
      String sha256,
      double difference,
      Inspection model) {}

  private ModelCard() {}

  /**
   * Writes the card.
   *
   * @param report of the run that the models are of
   * @param head the name of the head that is shipped
   * @param crop how photos were brought to the input's shape
   * @param photos that the files were checked on
   * @param files the first is the one that the snippets are about: a classifier of images
   * @return Markdown in UTF-8
   * @throws IllegalArgumentException if the report has no such head, or no file is given
   */
  public static byte[] markdown(
      Report report, String head, Crop crop, int photos, List<ShippedFile> files) {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("No files to describe");
    }
    HeadReport shipped =
        report
            .head(head)
            .orElseThrow(() -> new IllegalArgumentException("The report has no head " + head));
    Inspection model = files.get(0).model();
    Map<String, Object> card = new HashMap<>();
    card.put("report", report);
    card.put("head", shipped);
    card.put("headTitle", Figures.head(head));
    card.put("settings", settings(shipped));
    card.put("files", files);
    card.put("photos", photos);
    card.put("halved", files.stream().anyMatch(file -> halved(file.model())));
    card.put("first", files.get(0));
    card.put("model", model);
    card.put("image", model.inputs().get(0).name());
    card.put("label", model.predictedFeature());
    card.put("probabilities", model.predictedProbabilities());
    card.put("trainingLabel", trainingLabel(model));
    card.put("placeholders", placeholders(report, model));
    card.put("phone", new PhoneView(report.personalization()).shown());
    card.put("standardized", hasLayer(model, "standardize"));
    card.put("whitened", hasLayer(model, "whiten"));
    card.put("slowed", hasLayer(model, "gamma"));
    card.put("trainable", trainable(model));
    card.put("swiftCrop", swift(crop));
    card.put("crop", crop.toString());
    measured(card, report, shipped);
    card.put("cell", function(ModelCard::cell));
    card.put("system", function(ModelCard::system));
    card.put("swift", function(ModelCard::swiftText));
    card.put("parameterKey", function(ModelCard::parameterKey));
    return Templates.fill("model-card.ftl", card);
  }

  /** On the test photos, or, without any, on those that settings were chosen on. */
  private static void measured(Map<String, Object> card, Report report, HeadReport shipped) {
    boolean tested = shipped.test() != null;
    Metrics metrics = tested ? shipped.test() : shipped.selection();
    card.put("tested", tested);
    card.put("metrics", metrics);
    card.put(
        "confusions",
        Confusions.pairs(report.dataset().labels(), metrics).pairs().stream()
            .limit(CONFUSIONS)
            .toList());
  }

  private static Map<String, String> settings(HeadReport head) {
    Map<String, String> settings = new TreeMap<>();
    head.hyperparameters().forEach((name, value) -> settings.put(name, Figures.setting(value)));
    return settings;
  }

  private static List<String> placeholders(Report report, Inspection model) {
    return model.labels().stream()
        .filter(label -> !report.dataset().labels().contains(label))
        .toList();
  }

  /** The training input that is no input of the model. */
  private static String trainingLabel(Inspection model) {
    return model.trainingInputs().stream()
        .filter(feature -> !model.inputs().contains(feature))
        .map(Feature::name)
        .findFirst()
        .orElse("");
  }

  private static boolean halved(Inspection model) {
    return model.layers().stream().anyMatch(layer -> layer.precision().contains("half"))
        || model.models().stream().anyMatch(ModelCard::halved);
  }

  /** The first system that knows a specification version. */
  private static String system(String version) {
    return switch (version) {
      case "1" -> "iOS 11";
      case "2" -> "iOS 11.2";
      case "3" -> "iOS 12";
      case "4" -> "iOS 13";
      default -> "specification version " + version;
    };
  }

  private static boolean hasLayer(Inspection model, String name) {
    return model.layers().stream().anyMatch(layer -> layer.name().equals(name));
  }

  private static List<Inspection.Layer> trainable(Inspection model) {
    return model.layers().stream().filter(Inspection.Layer::updatable).toList();
  }

  /** The name of the option in Vision. */
  private static String swift(Crop crop) {
    return switch (crop) {
      case SCALE_FILL -> "scaleFill";
      case CENTER_CROP -> "centerCrop";
    };
  }

  /** The name of a hyper-parameter among Swift's {@code MLParameterKey}s. */
  static String parameterKey(String name) {
    StringBuilder key = new StringBuilder();
    for (String word : name.split("-", -1)) {
      key.append(
          key.isEmpty() || word.isEmpty()
              ? word
              : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return key.toString();
  }

  private static TemplateMethodModelEx function(UnaryOperator<String> operator) {
    return arguments -> operator.apply(String.valueOf(arguments.get(0)));
  }

  /** Text that stands as it is in a table of Markdown, whatever is in it. */
  static String cell(String text) {
    return VisibleText.line(text.replaceAll("\\R", " "))
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replaceAll("([\\\\`*_{}\\[\\]()#+!|~])", "\\\\$1");
  }

  /** The inside of a string literal of Swift. */
  static String swiftText(String text) {
    return text.replace("\\", "\\\\")
        .replace("\"", "\\\"")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }
}
