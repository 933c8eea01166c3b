package io.headgraft.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import picocli.CommandLine;

/**
 * What {@code conf/schedules} holds, by the parsers of those who read it, as far as they can be
 * had.
 */
class SchedulesTest {

  private static final Path ROOT = Path.of(System.getProperty("headgraft.root"));
  private static final Path SCHEDULES = ROOT.resolve("conf/schedules");

  @TempDir private Path folder;

  @Test
  void cronTakesTheCrontab() throws IOException {
    String crontab = require("/usr/bin/crontab", "cron");
    Path wrong = folder.resolve("crontab");
    Files.writeString(wrong, read("crontab").replace("30 2 * * *", "30 25 * * *"));

    assertThat(run(crontab, "-n", SCHEDULES.resolve("crontab").toString()))
        .isEqualTo(new Outcome(0, "The syntax of the crontab file was successfully checked.\n"));
    assertThat(run(crontab, "-n", wrong.toString()).output()).contains("bad hour");
    // cron makes line breaks of them.
    assertThat(read("crontab")).doesNotContain("%");
    assertArguments(words(command("crontab", "headgraft nightly ").replaceFirst(" >> .*", "")));
  }

  @Test
  void systemdTakesServiceAndTimer() throws IOException {
    String analyze = require("/usr/bin/systemd-analyze", "systemd");
    // It also looks whether there is such a program.
    String service = read("headgraft.service").replace("/opt/headgraft/", ROOT + "/");
    Path own = Files.writeString(folder.resolve("headgraft.service"), service);
    Path timer = Files.writeString(folder.resolve("headgraft.timer"), read("headgraft.timer"));
    Path wrong =
        Files.writeString(
            folder.resolve("wrong.timer"), read("headgraft.timer").replace("02:", "25:"));

    assertThat(run(analyze, "verify", "--man=no", own.toString(), timer.toString()))
        .isEqualTo(new Outcome(0, ""));
    assertThat(run(analyze, "verify", "--man=no", wrong.toString()).output())
        .contains("Failed to parse calendar specification");
    assertThat(run(analyze, "calendar", "--iterations=1", "*-*-* 02:30:00").output())
        .contains("Normalized form: *-*-* 02:30:00");
    assertThat(service).contains("SuccessExitStatus=10 143\n");
    assertArguments(words(command("headgraft.service", "headgraft nightly ")));
  }

  /** Airflow itself is not at hand: Python's parser takes the file, and its arguments are ours. */
  @Test
  void pythonTakesTheDag() throws IOException {
    String python = require("/usr/bin/python3", "python3");
    String program =
        """
        import ast, sys
        tree = ast.parse(sys.stdin.read())
        call = next(n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.func.id == "SparkSubmitOperator")
        given = {k.arg: k.value for k in call.keywords}
        print(ast.literal_eval(given["java_class"]))
        print(ast.literal_eval(given["properties_file"]))
        print(*ast.literal_eval(given["application_args"]), sep="\\n")
        """;
    ProcessBuilder parse = new ProcessBuilder(python, "-c", program);
    parse.redirectInput(SCHEDULES.resolve("headgraft_airflow.py").toFile());

    Outcome outcome = run(parse);
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    List<String> lines = outcome.output().lines().toList();
    assertThat(lines.get(0)).isEqualTo(NightlyJob.class.getName());
    assertThat(ROOT.resolve(lines.get(1).replace("/opt/headgraft/", ""))).exists();
    assertArguments(lines.subList(2, lines.size()));
  }

  @Test
  void theSparkOperatorsFieldsAreWhereItsDefinitionHasThem() throws IOException {
    Map<?, ?> file =
        new Yaml(new SafeConstructor(new LoaderOptions()))
            .load(read("scheduled-spark-application.yaml"));
    Map<?, ?> spec = (Map<?, ?>) file.get("spec");
    Map<?, ?> template = (Map<?, ?>) spec.get("template");
    Map<?, ?> driver = (Map<?, ?>) template.get("driver");
    Map<?, ?> executor = (Map<?, ?>) template.get("executor");

    assertThat(file.get("apiVersion")).isEqualTo("sparkoperator.k8s.io/v1beta2");
    assertThat(file.get("kind")).isEqualTo("ScheduledSparkApplication");
    assertThat(spec.get("concurrencyPolicy")).isEqualTo("Forbid");
    assertThat(spec.get("schedule")).isEqualTo("30 2 * * *");
    assertThat(template.get("type")).isEqualTo("Java");
    assertThat(template.get("mode")).isEqualTo("cluster");
    assertThat(template.get("mainClass")).isEqualTo(NightlyJob.class.getName());
    assertThat(template.get("sparkVersion"))
        .isEqualTo(org.apache.spark.package$.MODULE$.SPARK_VERSION());
    assertThat(
            List.of(driver.get("memory"), executor.get("memory"), executor.get("memoryOverhead")))
        .containsExactly("8g", "4g", "2g");
    assertThat(List.of(executor.get("cores"), executor.get("instances"))).containsExactly(4, 4);
    assertArguments(((List<?>) template.get("arguments")).stream().map(Object::toString).toList());
  }

  /** The command line takes them; nothing is run. */
  private static void assertArguments(List<String> arguments) {
    CommandLine.ParseResult parsed =
        Main.commandLine("nightly")
            .parseArgs(
                Stream.concat(Stream.of("nightly"), arguments.stream()).toArray(String[]::new));
    assertThat(parsed.subcommand().hasMatchedOption("--data")).isTrue();
    assertThat(parsed.subcommand().hasMatchedOption("--workdir")).isTrue();
  }

  /** What follows a text, to the end of its line. */
  private static String command(String file, String after) throws IOException {
    return read(file)
        .lines()
        .filter(line -> line.contains(after))
        .map(line -> line.substring(line.indexOf(after) + after.length()))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> words(String line) {
    return List.of(line.split(" ", -1));
  }

  private static String read(String file) throws IOException {
    return Files.readString(SCHEDULES.resolve(file));
  }

  private record Outcome(int exitCode, String output) {}

  /** Skips the test where the program is not installed, but in continuous integration. */
  private static String require(String program, String debianPackage) {
    boolean there = Files.isExecutable(Path.of(program));
    assumeTrue(
        there || System.getenv("HEADGRAFT_CI") != null,
        "There is no " + program + ": install Debian's " + debianPackage);
    return program;
  }

  private static Outcome run(String... command) throws IOException {
    return run(new ProcessBuilder(command));
  }

  private static Outcome run(ProcessBuilder command) throws IOException {
    Process process = command.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return new Outcome(process.waitFor(), output);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
