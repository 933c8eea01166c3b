package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.image.Rejection;
import io.headgraft.run.EmitModel;
import io.headgraft.run.WorkDirectory;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** What was shipped, in words. */
final class EmittedText {

  private EmittedText() {}

  static void print(PrintWriter out, EmitModel.Result result) {
    out.println(
        String.format(
            Locale.ROOT,
            "Shipped head: %s. On %d photos the models differ from their heads by at most %.1e;"
                + " placeholders win %d times and have a probability of %.1e.",
            result.head(),
            result.images(),
            result.maxProbabilityDifference(),
            result.placeholderWins(),
            result.placeholderProbability()));
    result.models().forEach(model -> out.println("  " + shown(model)));
    out.println("  " + shown(result.modelCard()));
  }

  /** Of a whole run: also which files were not used, where the report lies, who is live. */
  static void print(PrintWriter out, NightlyRun.Result result, WorkDirectory workdir) {
    print(out, result.emitted());
    String folder = "runs/" + result.run() + "/";
    Map<Rejection, Integer> rejected = result.report().dataset().rejected();
    if (!rejected.isEmpty()) {
      out.println(
          "Files not used: " + rejected + ", see " + shown(workdir.uri(folder + "rejected.jsonl")));
    }
    out.println("Report: " + shown(workdir.uri(folder + "report.html")));
    if (result.exitCode() == ExitCode.CHAMPION_STAYS) {
      out.println(
          "The champion stays: models of an untrained backbone do not replace those of a trained one.");
    }
  }

  /** A local file as a shell takes it, any other as its URI. */
  static String shown(String uri) {
    return uri.startsWith("file:/") ? uri.substring("file:".length()) : uri;
  }
}
