package io.headgraft.report;

import io.headgraft.Json;
import io.headgraft.Sha256;
import io.headgraft.dataset.RejectedFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

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
    return Templates.fill("report.ftlh", model);
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
