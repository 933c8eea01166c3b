package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.Stores;
import io.headgraft.VisibleText;
import io.headgraft.run.RunRecord;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command line. */
@Command(
    name = "headgraft",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "From a folder of labelled photos to an updatable Core ML image classifier.",
      "",
      "Begin with 'headgraft demo'. Then, each night:",
      "  headgraft nightly --data /photos --workdir /var/headgraft",
      "where /photos holds one folder a label, as in /photos/cat/1.jpg.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 done; 1 unexpected; 2 wrong arguments or configuration; 3 the data or a model"
          + " is not usable; 10 done, but the champion stays: the new models are worse, or cannot"
          + " be compared with those that are live."
    })
public final class Main {

  /** In the order of the help. */
  private static final Map<String, Class<?>> COMMANDS = commands();

  /** The build's own version, as models and reports have it. */
  static final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
      Map<String, String> build = RunRecord.environmentFacts();
      return new String[] {"Headgraft " + build.get("headgraft") + " (" + build.get("git") + ")"};
    }
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(runWatched(args));
  }

  /** Runs a command under spark-submit, where an exit would hide how the application ended. */
  static void submit(String command, String[] args) {
    String[] all = Stream.concat(Stream.of(command), Stream.of(args)).toArray(String[]::new);
    int exitCode = runWatched(all);
    if (exitCode != ExitCode.DONE.code()) {
      System.exit(exitCode);
    }
  }

  /** Runs a command that a signal may end. */
  private static int runWatched(String... args) {
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    Termination termination = Termination.watch(err);
    try {
      return run(
          new PrintWriter(System.out, true, StandardCharsets.UTF_8),
          err,
          (failure, command, arguments) ->
              // What a signal broke off is no failure, and by whom the process was ended says all.
              termination.begun()
                  ? ExitCode.UNEXPECTED.code()
                  : failed(failure, command, arguments),
          args);
    } finally {
      termination.commandEnded();
    }
  }

  /**
   * Runs a command.
   *
   * @return the exit code
   */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    return run(out, err, Main::failed, args);
  }

  private static int run(
      PrintWriter out,
      PrintWriter err,
      CommandLine.IExecutionExceptionHandler failed,
      String... args) {
    try {
      // Before anything repeats them: Spark's pages show the command line.
      List.of(args).forEach(Stores::requireNoSecrets);
    } catch (HeadgraftException e) {
      err.println("headgraft: " + e.getMessage());
      return e.exitCode().code();
    }
    CommandLine main = commandLine(args);
    return main.setExecutionStrategy(parsed -> execute(main, parsed))
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(110)
        .setExecutionExceptionHandler(failed)
        .execute(args);
  }

  /**
   * The command line, ready to parse some arguments. Of the commands it knows that which the first
   * argument names, and all if that names none: to look at each of them takes longer than some take
   * to run.
   */
  static CommandLine commandLine(String... args) {
    CommandLine main = new CommandLine(new Main());
    if (args.length > 0 && COMMANDS.containsKey(args[0])) {
      main.addSubcommand(args[0], COMMANDS.get(args[0]));
    } else {
      COMMANDS.forEach(main::addSubcommand);
    }
    return main;
  }

  private static Map<String, Class<?>> commands() {
    Map<String, Class<?>> commands = new LinkedHashMap<>();
    commands.put("demo", DemoCommand.class);
    commands.put("nightly", NightlyCommand.class);
    commands.put("extract", ExtractCommand.class);
    commands.put("train", TrainCommand.class);
    commands.put("emit", EmitCommand.class);
    commands.put("runs", RunsCommand.class);
    commands.put("rollback", RollbackCommand.class);
    commands.put("vacuum", VacuumCommand.class);
    commands.put("inspect", InspectCommand.class);
    commands.put("validate", ValidateCommand.class);
    commands.put("predict", PredictCommand.class);
    commands.put("evaluate", EvaluateCommand.class);
    commands.put("personalize", PersonalizeCommand.class);
    commands.put("embed", EmbedCommand.class);
    return commands;
  }

  /** Help has colours; what commands print may have come from anywhere. */
  private static int execute(CommandLine main, CommandLine.ParseResult parsed) {
    Integer helped = CommandLine.executeHelpRequest(parsed);
    if (helped != null) {
      return helped;
    }
    main.setOut(VisibleWriter.to(main.getOut()));
    main.setErr(VisibleWriter.to(main.getErr()));
    return new CommandLine.RunLast().execute(parsed);
  }

  private static int failed(
      Exception failure, CommandLine command, CommandLine.ParseResult arguments) {
    HeadgraftException known = known(failure);
    if (known != null) {
      command.getErr().println("headgraft: " + VisibleText.line(known.getMessage()));
      return known.exitCode().code();
    }
    command.getErr().println("headgraft: unexpected: " + failure);
    failure.printStackTrace(command.getErr());
    return ExitCode.UNEXPECTED.code();
  }

  /** A failure that a user can mend may come wrapped, out of a task or a thread. */
  static HeadgraftException known(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof HeadgraftException known) {
        return known;
      }
    }
    return Stores.failure(failure).orElse(null);
  }
}
