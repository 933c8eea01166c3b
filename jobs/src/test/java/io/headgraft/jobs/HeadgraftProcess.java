package io.headgraft.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The command line in a JVM of its own, started as the launcher starts it. */
final class HeadgraftProcess implements AutoCloseable {

  private static final Path ROOT = Path.of(System.getProperty("headgraft.root"));

  private final Process process;
  private final Path out;
  private final Path err;

  private HeadgraftProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts a command.
   *
   * @param folder for what it prints
   * @param javaOptions besides those of conf/jvm.options
   */
  static HeadgraftProcess start(Path folder, List<String> javaOptions, Object... args)
      throws IOException {
    return start(folder, Map.of(), javaOptions, args);
  }

  /**
   * Starts a command.
   *
   * @param folder for what it prints
   * @param environment besides this process's
   * @param javaOptions besides those of conf/jvm.options
   */
  static HeadgraftProcess start(
      Path folder, Map<String, String> environment, List<String> javaOptions, Object... args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.add("@" + ROOT.resolve("conf/jvm.options"));
    command.add("-Dlog4j2.configurationFile=" + ROOT.resolve("conf/log4j2.properties"));
    // A short life: compiling Spark's queries, and Java a second time, would take most of it.
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Dspark.sql.codegen.wholeStage=false");
    command.add("-Dspark.sql.codegen.factoryMode=NO_CODEGEN");
    command.addAll(javaOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    for (Object arg : args) {
      command.add(arg.toString());
    }
    Path out = folder.resolve("stdout");
    Path err = folder.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    return new HeadgraftProcess(builder.start(), out, err);
  }

  /** Waits for a text on stderr. */
  void awaitOnStderr(String text) throws IOException, InterruptedException {
    while (!stderr().contains(text)) {
      if (!process.isAlive()) {
        throw new AssertionError("It ended without '" + text + "':\n" + stderr());
      }
      Thread.sleep(20);
    }
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Its exit code, once it has ended. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(10, TimeUnit.MINUTES)) {
      throw new AssertionError("It has not ended after ten minutes");
    }
    return process.exitValue();
  }

  String stdout() throws IOException {
    return Files.readString(out);
  }

  String stderr() throws IOException {
    return Files.readString(err);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
