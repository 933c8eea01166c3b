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
import picocli.CommandLine.Option;
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

  @Option(
      names = "--run",
      paramLabel = "ID",
      description =
          "Repeats a run, as a new one: its data set, features and configuration, whatever they are"
              + " now. The heads come out the same, bit by bit.")
  private String repeated;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (repeated == null) {
      return options.run(
          "train",
          err,
          workflow ->
              print(
                  out,
                  workflow.train(NightlyRun.newId(), workflow.newestDataset()),
                  workflow.workdir()));
    }
    return options.repeat(
        repeated,
        err,
        (workflow, pinned) ->
            print(out, workflow.repeat(NightlyRun.newId(), pinned), workflow.workdir()));
  }

  private int print(PrintWriter out, Report report, WorkDirectory workdir) {
    if (options.json.json()) {
      out.println(Json.line(report));
    } else {
      out.print(AccuracyTable.of(report));
      out.println();
      out.println(
          "Report: " + EmittedText.shown(workdir.uri("runs/" + report.run() + "/report.html")));
    }
    out.flush();
    return ExitCode.DONE.code();
  }
}
