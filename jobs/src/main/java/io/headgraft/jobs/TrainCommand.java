package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.Json;
import io.headgraft.report.AccuracyTable;
import io.headgraft.report.Report;
import io.headgraft.run.WorkDirectory;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Trains and compares the heads on the cached features. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Trains the heads on the cached features, compares them, and writes the report.",
      "Takes the data set as it was last extracted.",
      ""
    },
    footer = {
      "",
      "Example:",
      "  headgraft train --workdir /var/headgraft --set head.sgd.epochs=80"
    })
final class TrainCommand implements Callable<Integer> {

  @Mixin private WorkflowOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    String run = NightlyRun.newId();
    return options.run(
        "train",
        spec.commandLine().getErr(),
        workflow -> {
          print(out, workflow.train(run, workflow.newestDataset()), workflow.workdir());
          return ExitCode.DONE.code();
        });
  }

  private void print(PrintWriter out, Report report, WorkDirectory workdir) {
    if (options.json.json()) {
      out.println(Json.line(report));
    } else {
      out.print(AccuracyTable.of(report));
      out.println();
      out.println(
          "Report: " + EmittedText.shown(workdir.uri("runs/" + report.run() + "/report.html")));
    }
    out.flush();
  }
}
