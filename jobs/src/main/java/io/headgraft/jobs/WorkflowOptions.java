package io.headgraft.jobs;

import io.headgraft.backbone.Backbone;
import io.headgraft.run.Settings;
import io.headgraft.run.WorkDirectory;
import java.io.PrintWriter;
import java.util.function.Function;
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

  /** Starts Spark, does the work, and stops Spark. */
  <T> T run(String name, PrintWriter err, Function<Workflow, T> work) {
    // The configuration first: what is wrong with it should not wait for Spark.
    Settings settings = config.settings();
    String uri = Sources.backboneUri(backbone, settings);
    Backbone network = Sources.backbone(uri, settings);
    try (SparkSession session = spark.session(name)) {
      WorkDirectory directory = WorkDirectory.open(workdir, session.sessionState().newHadoopConf());
      return work.apply(new Workflow(session, settings, directory, uri, network, err));
    }
  }
}
