package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.Json;
import io.headgraft.backbone.Backbone;
import io.headgraft.backbone.SqueezeNet;
import io.headgraft.report.AccuracyTable;
import io.headgraft.run.Lease;
import io.headgraft.run.Settings;
import io.headgraft.run.WorkDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The whole chain on photos that it draws itself. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the whole chain on 180 photos that it draws, and shows where report and models are.",
      "Where the trained backbone cannot be had, it goes on with an untrained one and says so.",
      ""
    })
final class DemoCommand implements Callable<Integer> {

  private static final long SEED = 1;

  @Mixin private ConfigOptions config;

  @Mixin private BackboneOptions backboneOptions;

  @Mixin private JsonOption json;

  @Mixin private SparkOptions sparkOptions;

  @Option(
      names = "--workdir",
      paramLabel = "DIR",
      defaultValue = "headgraft-demo",
      description = "Where photos, report and models go. If not set: ${DEFAULT-VALUE}.")
  private Path folder;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Settings settings = config.settings();
    Path photos = folder.resolve("photos").toAbsolutePath();
    ExitCode exitCode;
    err.println("Drawing 180 photos of three hand gestures into " + photos);
    SamplePhotos.write(photos, SEED);
    try (SparkSession spark = sparkOptions.session("demo");
        Lease lease =
            WorkflowOptions.lease(
                spark, folder.toAbsolutePath().toString(), "demo", settings, err)) {
      WorkDirectory workdir = lease.directory();
      Backbone backbone = Sources.backbone(backboneUri(settings, workdir, err), settings);
      Workflow workflow = new Workflow(spark, settings, workdir, backbone, err);
      NightlyRun.Result result =
          new NightlyRun(workflow, NightlyRun.newId(), RunObserver.NONE)
              .run(photos.toString(), true);
      print(out, result, workdir);
      exitCode = result.exitCode();
    }
    return exitCode.code();
  }

  private void print(PrintWriter out, NightlyRun.Result result, WorkDirectory workdir) {
    if (json.json()) {
      out.println(Json.line(result));
      return;
    }
    out.println();
    out.print(AccuracyTable.of(result.report()));
    out.println();
    EmittedText.print(out, result, workdir);
    out.println("Photos: " + EmittedText.shown(workdir.uri("photos")));
  }

  /** Only here does an untrained backbone take the place of one that cannot be had. */
  private String backboneUri(Settings settings, WorkDirectory workdir, PrintWriter err) {
    try {
      return Sources.backboneUri(backboneOptions, settings);
    } catch (HeadgraftException e) {
      err.println(e.getMessage());
      err.println("The demo goes on with an UNTRAINED backbone: random weights.");
      workdir.write("untrained.mlmodel", SqueezeNet.untrained(SEED).toByteArray());
      return workdir.uri("untrained.mlmodel");
    }
  }
}
