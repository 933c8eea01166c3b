package io.headgraft.jobs;

import io.headgraft.Json;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Ships the chosen head of the newest run. */
@Command(
    name = "emit",
    mixinStandardHelpOptions = true,
    description = {
      "Grafts the chosen head of the newest trained run and writes the Core ML models.",
      "They are read back and checked against the head on the test photos, and go live if they are",
      "not worse than those that are.",
      ""
    },
    footer = {"", "Example:", "  headgraft emit --workdir /var/headgraft --set emit.head=sgd"})
final class EmitCommand implements Callable<Integer> {

  @Mixin private WorkflowOptions options;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    NightlyRun.Result result =
        options.run(
            "emit",
            spec.commandLine().getErr(),
            workflow ->
                new NightlyRun(workflow, workflow.newestTrainedRun(), RunObserver.NONE).emitOnly());
    if (options.json.json()) {
      out.println(Json.line(result.emitted()));
      EmittedText.whyTheChampionStays(spec.commandLine().getErr(), result);
    } else {
      EmittedText.print(out, result);
    }
    return result.exitCode().code();
  }
}
