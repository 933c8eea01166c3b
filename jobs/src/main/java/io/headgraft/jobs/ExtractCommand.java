package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.Json;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists a data set and extracts the features that the cache lacks. */
@Command(
    name = "extract",
    mixinStandardHelpOptions = true,
    description = {
      "Lists the data set and extracts the features that the cache lacks.",
      "An image that was extracted before, here or under another name, costs nothing.",
      ""
    },
    footer = {
      "",
      "Example:",
      "  headgraft extract --data /photos --workdir /var/headgraft",
      "where /photos holds <label>/1.jpg, or train/<label>/1.jpg and test/<label>/1.jpg."
    })
final class ExtractCommand implements Callable<Integer> {

  @Mixin private WorkflowOptions options;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "URI",
      description =
          "A folder of label folders, or a manifest (.csv, .jsonl, .parquet) with the columns path,"
              + " label, and if wanted split and group.")
  private String data;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Workflow.Extraction extraction =
        options.run(
            "extract", spec.commandLine().getErr(), data, workflow -> workflow.extract(data));
    if (options.json.json()) {
      out.println(Json.line(extraction.features()));
    } else {
      out.println(
          "%,d files, %,d of them read; %,d rows of features extracted, %,d were there; %,d files rejected %s"
              .formatted(
                  extraction.listed(),
                  extraction.read(),
                  extraction.features().extracted(),
                  extraction.features().reused(),
                  extraction.data().rejected().size(),
                  extraction.data().rejected().isEmpty() ? "" : extraction.data().counts()));
    }
    return ExitCode.DONE.code();
  }
}
