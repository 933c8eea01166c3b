package io.headgraft.jobs;

import io.headgraft.run.Lease;
import io.headgraft.run.Settings;
import io.headgraft.run.WorkDirectory;
import java.io.PrintWriter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a command needs that looks at runs, which takes no Spark and no backbone. */
final class RunsOptions {

  @Mixin JsonOption json;

  @Option(
      names = "--workdir",
      required = true,
      paramLabel = "URI",
      description = "The folder that keeps runs and models: local, hdfs:// or s3a://.")
  private String workdir;

  /** The work directory, on the file systems that Spark's properties describe. */
  WorkDirectory workdir() {
    return WorkDirectory.withRuns(workdir, SparkOptions.hadoop());
  }

  /** The right to write to it. */
  Lease lease(String work, Settings settings, PrintWriter err) {
    return WorkflowOptions.lease(workdir(), work, settings, err);
  }
}
