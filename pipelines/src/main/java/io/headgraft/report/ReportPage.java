package io.headgraft.report;

import freemarker.cache.ClassTemplateLoader;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import freemarker.template.TemplateMethodModelEx;
import freemarker.template.TemplateNumberModel;
import io.headgraft.Json;
import io.headgraft.Sha256;
import io.headgraft.dataset.RejectedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;

/** A report as a page: one HTML file that needs nothing else, not even a network. */
public final class ReportPage {

  private static final long PICTURES = 3L << 20;

  private ReportPage() {}

  /**
   * Writes the page. It says the same as {@code report.json}, and shows photos; their pictures have
   * at most 3 MiB of it, and the page says how many were left out for that.
   *
   * @param rejected the files that are not used, in the order in which they are listed
   * @return HTML in UTF-8
   */
  public static byte[] html(Report report, ReportPhotos photos, List<RejectedFile> rejected) {
    Map<String, Object> model = new PageModel(report).of(photos, rejected, PICTURES);
    String style = resource("report.css");
    String library =
        resource("chartjs/chart.umd.min.js").replaceAll("(?m)^//# sourceMappingURL.*$", "").strip();
    String script = resource("report.js");
    model.put("style", style);
    model.put("library", library);
    model.put("script", script);
    model.put("styleHash", hash(style));
    model.put("libraryHash", hash(library));
    model.put("scriptHash", hash(script));
    model.put("json", inScript(Json.line(model.get("charts"))));
    FIGURES.forEach((name, format) -> model.put(name, function(format)));
    StringWriter page = new StringWriter();
    try {
      configuration().getTemplate("report.ftlh").process(model, page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (TemplateException e) {
      throw new IllegalStateException("The report's page cannot be made: " + e.getMessage(), e);
    }
    return page.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static final Map<String, DoubleFunction<String>> FIGURES =
      Map.of(
          "decimal", Figures::decimal,
          "points", Figures::points,
          "size", Figures::size,
          "p", Figures::p,
          "scientific", Figures::scientific,
          "seconds", Figures::seconds,
          "count", value -> Figures.count((long) value),
          "roughly", value -> Figures.roughly((long) value));

  private static TemplateMethodModelEx function(DoubleFunction<String> format) {
    return arguments ->
        format.apply(((TemplateNumberModel) arguments.get(0)).getAsNumber().doubleValue());
  }

  private static Configuration configuration() {
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setTemplateLoader(new ClassTemplateLoader(ReportPage.class, ""));
    configuration.setDefaultEncoding(StandardCharsets.UTF_8.name());
    configuration.setLocale(Locale.ROOT);
    configuration.setNumberFormat("computer");
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    configuration.setLogTemplateExceptions(false);
    configuration.setWrapUncheckedExceptions(true);
    return configuration;
  }

  /** JSON that cannot end the script element that it stands in, whatever is in it. */
  static String inScript(String json) {
    return json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
  }

  /** What a content security policy allows this very text by. */
  private static String hash(String text) {
    return "'sha256-" + Base64.getEncoder().encodeToString(Sha256.of(text)) + "'";
  }

  private static String resource(String name) {
    try (InputStream resource = ReportPage.class.getResourceAsStream(name)) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
