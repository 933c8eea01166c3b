package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.Json;
import io.headgraft.run.Lease;
import io.headgraft.run.Rollback;
import io.headgraft.run.Settings;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the models of an earlier champion live again. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = {
      "Makes the models of an earlier champion live again: champion.json names its run.",
      "No file of a run changes. The next nightly is compared with the run that is live then.",
      ""
    },
    footer = {"", "Example:", "  headgraft rollback --workdir /var/headgraft"})
final class RollbackCommand implements Callable<Integer> {

  @Mixin private RunsOptions options;

  @Mixin private ConfigOptions config;

  @Option(
      names = "--to",
      paramLabel = "RUN",
      description =
          "A run that was promoted, as 'headgraft runs' lists them. If not set: the one whose"
              + " models were live before.")
  private String to;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Settings settings = config.settings();
    try (Lease lease = options.lease("rollback", settings, spec.commandLine().getErr())) {
      Rollback.Result result = new Rollback(lease.directory()).run(Optional.ofNullable(to));
      out.println(
          options.json.json()
              ? Json.line(result)
              : "The models of run %s (%s) are live again, in the place of those of run %s."
                  .formatted(result.run(), result.head(), result.replaced()));
    }
    return ExitCode.DONE.code();
  }
}
