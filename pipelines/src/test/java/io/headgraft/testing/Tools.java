package io.headgraft.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Programs of this machine that say whether a file is what it should be. */
public final class Tools {

  private Tools() {}

  /** How a program ended and what it printed. */
  public record Outcome(int exitCode, String output) {}

  /**
   * Names a program. Where it is not installed the test is skipped, except in continuous
   * integration (HEADGRAFT_CI or the property headgraft.ci is set), where it fails.
   *
   * @param debianPackage that holds it
   */
  public static String require(String program, String debianPackage) {
    boolean there = Files.isExecutable(Path.of(program));
    boolean needed =
        System.getenv("HEADGRAFT_CI") != null || System.getProperty("headgraft.ci") != null;
    if (needed && !there) {
      throw new AssertionError("There is no " + program + ": install Debian's " + debianPackage);
    }
    assumeTrue(there, "There is no " + program + ": install Debian's " + debianPackage);
    return program;
  }

  /** Runs a program to its end. */
  public static Outcome run(String input, String... command) {
    try {
      Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
      process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Outcome(process.waitFor(), output);
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(String.join(" ", command) + " cannot be run", e);
    }
  }
}
