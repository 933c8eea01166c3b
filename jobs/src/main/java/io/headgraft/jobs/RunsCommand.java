package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.Json;
import io.headgraft.VisibleText;
import io.headgraft.run.RunHistory;
import io.headgraft.run.RunHistory.Entry;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists the runs of a work directory. */
@Command(
    name = "runs",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the runs of a work directory, the oldest first: how each ended, what it shipped, why",
      "its models did not go live, and which run's models are live (*).",
      "A run that left no record is unfinished: it was killed, goes on, or only trained.",
      ""
    },
    footer = {"", "Example:", "  headgraft runs --workdir /var/headgraft"})
final class RunsCommand implements Callable<Integer> {

  @Mixin private RunsOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Entry> runs = new RunHistory(options.workdir()).entries();
    if (options.json.json()) {
      out.println(Json.line(runs));
    } else {
      out.println(
          line("", "run", "started", "status", "head", "test accuracy", "why it is not live"));
      runs.forEach(run -> out.println(line(run)));
    }
    return ExitCode.DONE.code();
  }

  private static String line(Entry run) {
    return line(
        run.live() ? "*" : "",
        run.run(),
        Objects.requireNonNullElse(run.started(), "-"),
        run.status(),
        Objects.requireNonNullElse(run.head(), "-"),
        run.testAccuracy() == null ? "-" : String.format(Locale.ROOT, "%.3f", run.testAccuracy()),
        VisibleText.line(Objects.requireNonNullElse(run.why(), "")));
  }

  private static String line(
      String live,
      String run,
      String started,
      String status,
      String head,
      String accuracy,
      String why) {
    return "%-1s %-20s  %-30s  %-13s  %-6s  %13s  %s"
        .formatted(live, run, started, status, head, accuracy, why)
        .stripTrailing();
  }
}
