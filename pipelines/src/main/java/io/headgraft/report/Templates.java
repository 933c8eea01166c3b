package io.headgraft.report;

import freemarker.cache.ClassTemplateLoader;
import freemarker.template.Configuration;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import freemarker.template.TemplateMethodModelEx;
import freemarker.template.TemplateNumberModel;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;

/** Fills the templates of this package; all of them write figures in the same way. */
final class Templates {

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

  private Templates() {}

  /**
   * Fills a template.
   *
   * @param name of its file
   * @param model what the template calls by name
   * @return the text in UTF-8
   */
  static byte[] fill(String name, Map<String, ?> model) {
    Map<String, Object> all = new HashMap<>(model);
    FIGURES.forEach((figure, format) -> all.put(figure, function(format)));
    StringWriter text = new StringWriter();
    try {
      configuration().getTemplate(name).process(all, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (TemplateException e) {
      throw new IllegalStateException(name + " cannot be filled: " + e.getMessage(), e);
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static TemplateMethodModelEx function(DoubleFunction<String> format) {
    return arguments ->
        format.apply(((TemplateNumberModel) arguments.get(0)).getAsNumber().doubleValue());
  }

  private static Configuration configuration() {
    Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);
    configuration.setTemplateLoader(new ClassTemplateLoader(Templates.class, ""));
    configuration.setDefaultEncoding(StandardCharsets.UTF_8.name());
    configuration.setLocale(Locale.ROOT);
    configuration.setNumberFormat("computer");
    configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
    configuration.setLogTemplateExceptions(false);
    configuration.setWrapUncheckedExceptions(true);
    return configuration;
  }
}
