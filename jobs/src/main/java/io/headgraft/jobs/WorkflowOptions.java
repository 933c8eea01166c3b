package io.headgraft.jobs;

import io.headgraft.HeadgraftException;
import io.headgraft.backbone.Backbone;
import io.headgraft.dataset.DatasetFiles;
import io.headgraft.run.Lease;
import io.headgraft.run.PinnedRun;
import io.headgraft.run.Settings;
import io.headgraft.run.WorkDirectory;
import java.io.PrintWriter;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a command needs that works on a work directory. */
final class WorkflowOptions {

  @Mixin ConfigOptions config;

  @Mixin BackboneOptions backbone;

  @Mixin JsonOption json;

  @Mixin SparkOptions spark;

  @Option(
      names = "--workdir",
      required = true,
      paramLabel = "URI",
      description =
          "The folder that keeps features, runs and models from run to run: local, hdfs:// or"
              + " s3a://.")
  String workdir;

  /**
   * Starts Spark, does the work, and stops Spark.
   *
   * @throws HeadgraftException if another process writes to the work directory
   */
  <T> T run(String name, PrintWriter err, Function<Workflow, T> work) {
    return run(name, err, hadoop -> {}, work);
  }

  /**
   * The same on a data set: if that is not there, nothing is written, not even the work directory.
   *
   * @param data URI of a folder or a manifest
   */
  <T> T run(String name, PrintWriter err, String data, Function<Workflow, T> work) {
    return run(
        name,
        err,
        hadoop -> WorkDirectory.requireOutside(workdir, DatasetFiles.locate(data, hadoop), hadoop),
        work);
  }

  private <T> T run(
      String name, PrintWriter err, Consumer<Configuration> check, Function<Workflow, T> work) {
    // The configuration first: what is wrong with it should not wait for Spark.
    Settings settings = config.settings();
    Backbone network = Sources.backbone(Sources.backboneUri(backbone, settings), settings);
    try (SparkSession session = spark.session(name)) {
      check.accept(session.sessionState().newHadoopConf());
      try (Lease lease = lease(session, workdir, name, settings, err)) {
        return work.apply(new Workflow(session, settings, lease.directory(), network, err));
      }
    }
  }

  /**
   * The same for a run that is to be repeated: its configuration takes the place of the defaults.
   *
   * @throws HeadgraftException (exit code 2) if the user's configuration is another
   */
  <T> T repeat(String run, PrintWriter err, BiFunction<Workflow, PinnedRun, T> work) {
    Settings given = config.settings();
    try (SparkSession session = spark.session("train");
        Lease lease = lease(session, workdir, "train", given, err)) {
      PinnedRun pinned = PinnedRun.read(lease.directory(), run);
      Settings settings = pinned.settings();
      if (config.isGiven() && !given.decidesAs(settings.toMap())) {
        throw HeadgraftException.usage(
            "--config and --set give another configuration than that of run %s: leave them out, and it has its own"
                .formatted(run));
      }
      Backbone network = Sources.backbone(Sources.backboneUri(backbone, settings), settings);
      return work.apply(new Workflow(session, settings, lease.directory(), network, err), pinned);
    }
  }

  /** The right to write to a work directory. */
  static Lease lease(
      SparkSession session, String workdir, String work, Settings settings, PrintWriter err) {
    return lease(
        WorkDirectory.open(workdir, session.sessionState().newHadoopConf()), work, settings, err);
  }

  /** The right to write to a work directory. */
  static Lease lease(WorkDirectory workdir, String work, Settings settings, PrintWriter err) {
    return Lease.acquire(
        workdir, work, settings.lock(), warning -> err.println("headgraft: warning: " + warning));
  }
}
