package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.Json;
import io.headgraft.VisibleText;
import io.headgraft.coreml.Finding;
import io.headgraft.coreml.ModelFile;
import io.headgraft.coreml.Rule.Severity;
import io.headgraft.coreml.Validator;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says whether phones would take Core ML models. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = {
      "Says whether phones would take Core ML models.",
      "One line a file: FILE: VALID or FILE: INVALID: reason; then its warnings, about what Core ML",
      "accepts although it fails later, or can hardly be meant. Exit code 3 if any file is invalid.",
      ""
    },
    footer = {"", "Example:", "  headgraft validate --strict models/*.mlmodel"})
final class ValidateCommand implements Callable<Integer> {

  /** What the line of a file says that is no model, as JSON has it. */
  private static final String UNREADABLE = "unreadable";

  @Mixin private JsonOption json;

  @Option(names = "--strict", description = "Warnings make a file invalid too.")
  private boolean strict;

  @Parameters(paramLabel = "MODEL", arity = "1..*", description = "Core ML models.")
  private List<String> models;

  @Spec private CommandSpec spec;

  /** What is found in a file; of what is no model, one error without a rule of its own. */
  private record Line(String rule, String severity, String where, String message) {

    private static Line of(Finding finding) {
      return new Line(
          finding.rule().code(),
          finding.rule().severity().name().toLowerCase(Locale.ROOT),
          finding.where(),
          finding.message());
    }

    private boolean isError() {
      return severity.equals(ERROR);
    }

    private String text() {
      return rule + ": " + (where.isEmpty() ? "" : where + ": ") + message;
    }
  }

  private static final String ERROR = Severity.ERROR.name().toLowerCase(Locale.ROOT);

  private record Result(String file, boolean valid, List<Line> findings) {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    boolean allValid = true;
    for (String file : models) {
      Result result = validate(file);
      allValid &= result.valid;
      if (json.json()) {
        out.println(Json.line(result));
      } else {
        print(out, result);
      }
    }
    return (allValid ? ExitCode.DONE : ExitCode.UNUSABLE).code();
  }

  private Result validate(String file) {
    List<Line> findings;
    try {
      findings =
          Validator.findings(ModelFile.parse(Sources.read(file, "model"), file)).stream()
              .map(Line::of)
              .toList();
    } catch (HeadgraftException e) {
      findings = List.of(new Line(UNREADABLE, ERROR, "", e.getMessage()));
    }
    boolean valid = strict ? findings.isEmpty() : findings.stream().noneMatch(Line::isError);
    return new Result(file, valid, findings);
  }

  /** The reason is the first error, or with --strict and none, the first warning. */
  private static void print(PrintWriter out, Result result) {
    List<Line> rest = new ArrayList<>(result.findings);
    if (result.valid) {
      out.println(result.file + ": VALID");
    } else {
      Optional<Line> error = rest.stream().filter(Line::isError).findFirst();
      Line reason = error.orElse(rest.get(0));
      rest.remove(reason);
      out.printf("%s: INVALID: %s%n", result.file, VisibleText.line(reason.text()));
    }
    for (Line line : rest) {
      out.printf("%s: %s: %s%n", result.file, line.severity, VisibleText.line(line.text()));
    }
  }
}
