package io.headgraft.jobs;

import io.headgraft.Json;
import io.headgraft.report.AccuracyTable;
import io.headgraft.run.MetricsFile;
import io.headgraft.run.WorkDirectory;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole chain. */
@Command(
    name = "nightly",
    mixinStandardHelpOptions = true,
    description = {
      "Extracts what is new, trains and compares the heads, and ships one.",
      "That is the one that is better on the validation split, or as emit.head says. Its models go",
      "live if they are not worse than those that are; else the exit code is 10.",
      ""
    },
    footer = {
      "",
      "Example, in a crontab:",
      "  0 2 * * * /opt/headgraft/headgraft nightly --data /photos --workdir /var/headgraft",
      "",
      "Leaves, below the work directory: runs/<id>/report.json, runs/<id>/models/*.mlmodel,",
      "runs/<id>/run.json, and champion.json, which names the run whose models are live."
    })
final class NightlyCommand implements Callable<Integer> {

  @Mixin private WorkflowOptions options;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description = "The data set, as for 'headgraft extract'.")
  private String data;

  @Option(
      names = "--force",
      description =
          "Trains also where the data set, the configuration, the backbone and Headgraft are those"
              + " of the last run.")
  private boolean force;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    NightlyMetrics metrics =
        new NightlyMetrics(
            options.config.settings().metricsFile().map(f -> MetricsFile.in(f, options.workdir)),
            err);
    try {
      return options.run(
          "nightly",
          err,
          data,
          workflow ->
              print(
                  out,
                  new NightlyRun(workflow, NightlyRun.newId(), metrics).run(data, force),
                  workflow.workdir()));
    } catch (Exception e) { // Spark, being Scala, throws checked ones without saying so.
      metrics.failed(e);
      throw e;
    }
  }

  private int print(PrintWriter out, NightlyRun.Result result, WorkDirectory workdir) {
    if (options.json.json()) {
      out.println(Json.line(result));
    } else if (result.unchangedSince() != null) {
      out.println(
          "Nothing is new since run %s: nothing is trained, the champion stays. --force trains all the same."
              .formatted(result.unchangedSince()));
    } else {
      out.print(AccuracyTable.of(result.report()));
      EmittedText.print(out, result, workdir);
    }
    out.flush();
    return result.exitCode().code();
  }
}
