package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.VisibleText;
import io.headgraft.image.Rejection;
import io.headgraft.report.Report.Gate;
import io.headgraft.run.EmitModel;
import io.headgraft.run.WorkDirectory;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** What was shipped, in words. */
final class EmittedText {

  private EmittedText() {}

  /** The models, and whether they are live. */
  static void print(PrintWriter out, NightlyRun.Result result) {
    EmitModel.Result emitted = result.emitted();
    out.println(
        String.format(
            Locale.ROOT,
            "%s: %s. On %d photos the models differ from their heads by at most %.1e;"
                + " placeholders win %d times and have a probability of %.1e.",
            result.exitCode() == ExitCode.DONE ? "Shipped head" : "Head, not shipped",
            emitted.head(),
            emitted.images(),
            emitted.maxProbabilityDifference(),
            emitted.placeholderWins(),
            emitted.placeholderProbability()));
    emitted.models().forEach(model -> out.println("  " + shown(model)));
    out.println("  " + shown(emitted.modelCard()));
    whyTheChampionStays(out, result);
  }

  /** A line for each condition that was not met; nothing if all were. */
  static void whyTheChampionStays(PrintWriter out, NightlyRun.Result result) {
    Gate gate = result.report().gate();
    if (!gate.passed()) {
      out.println("The champion stays, run " + gate.champion() + ":");
      gate.failed()
          .forEach(
              failed ->
                  out.println("  " + failed.name() + ": " + VisibleText.line(failed.detail())));
    }
  }

  /** Of a whole run: also which files were not used, and where the report lies. */
  static void print(PrintWriter out, NightlyRun.Result result, WorkDirectory workdir) {
    print(out, result);
    String folder = "runs/" + result.run() + "/";
    Map<Rejection, Integer> rejected = result.report().dataset().rejected();
    if (!rejected.isEmpty()) {
      out.println(
          "Files not used: " + rejected + ", see " + shown(workdir.uri(folder + "rejected.jsonl")));
    }
    out.println("Report: " + shown(workdir.uri(folder + "report.html")));
  }

  /** A local file as a shell takes it, any other as its URI. */
  static String shown(String uri) {
    return uri.startsWith("file:/") ? uri.substring("file:".length()) : uri;
  }
}
