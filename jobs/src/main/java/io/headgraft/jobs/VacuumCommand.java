package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.Json;
import io.headgraft.run.Lease;
import io.headgraft.run.Settings;
import io.headgraft.run.Vacuum;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Removes what no kept run refers to. */
@Command(
    name = "vacuum",
    mixinStandardHelpOptions = true,
    description = {
      "Removes from a work directory what no kept run refers to: older runs, features of photos",
      "that are gone and of settings no longer used, earlier versions of the data set.",
      "The champion stays, and so does all that a kept run needs to be repeated.",
      ""
    },
    footer = {"", "Example:", "  headgraft vacuum --workdir /var/headgraft --keep 30 --dry-run"})
final class VacuumCommand implements Callable<Integer> {

  @Mixin private ConfigOptions config;

  @Mixin private JsonOption json;

  @Mixin private SparkOptions spark;

  @Option(
      names = "--workdir",
      required = true,
      paramLabel = "URI",
      description = "The work directory: local, hdfs:// or s3a://.")
  private String workdir;

  @Option(
      names = "--keep",
      required = true,
      paramLabel = "N",
      description = "How many of the newest runs that have trained heads stay, at least 1.")
  private int keep;

  @Option(names = "--dry-run", description = "Only says what would be removed.")
  private boolean dryRun;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (keep < 1) {
      throw HeadgraftException.usage("--keep is %d: at least 1 run stays".formatted(keep));
    }
    Settings settings = config.settings();
    try (SparkSession session = spark.session("vacuum");
        Lease lease =
            WorkflowOptions.lease(
                session, workdir, "vacuum", settings, spec.commandLine().getErr())) {
      Vacuum.Result result = new Vacuum(session, lease.directory()).run(keep, dryRun);
      spec.commandLine().getOut().println(json.json() ? Json.line(result) : text(result));
    }
    return ExitCode.DONE.code();
  }

  private static String text(Vacuum.Result result) {
    return "%s: %,d runs, %,d earlier versions of the data set, %,d rows of features of %,d images; %,d bytes"
        .formatted(
            result.dryRun() ? "Would be removed" : "Removed",
            result.runs().size(),
            result.datasetVersions(),
            result.featureRows(),
            result.featureImages(),
            result.bytes());
  }
}
