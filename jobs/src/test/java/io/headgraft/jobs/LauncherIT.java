package io.headgraft.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher's archive of classes: what it is for, and that none is ever in the way. */
class LauncherIT {

  private static final Path ROOT = Path.of(System.getProperty("headgraft.root"));
  private static final Path TARGET = ROOT.resolve("jobs/target");
  private static final Path ARCHIVE = TARGET.resolve("launcher.jsa");

  @TempDir private Path folder;

  private record Outcome(int exitCode, String out, String err) {}

  @BeforeAll
  static void prepare(@TempDir Path prints) throws IOException, InterruptedException {
    assertThat(launch(ROOT, prints, "").exitCode()).isZero();
  }

  @Test
  void startsTakeClassesFromTheArchive() throws IOException, InterruptedException {
    Path log = folder.resolve("classes.log");

    Outcome outcome = launch(ROOT, folder, "-Xlog:class+load:file=" + log);

    assertThat(outcome.err()).isEmpty();
    assertThat(Files.readAllLines(log))
        .anyMatch(line -> line.contains("io.headgraft.jobs.Main source: shared objects file"));
    assertThat(TARGET).isDirectoryNotContaining("glob:**rehearsal.*[!g]");
  }

  @Test
  void aBrokenArchiveIsPassedOver() throws IOException, InterruptedException {
    assertSilent("no archive at all".repeat(1000).getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void anArchiveOfOtherJarsIsPassedOver() throws IOException, InterruptedException {
    assertSilent(Files.readAllBytes(ARCHIVE));
  }

  /** Where it could not be made: it is not tried again with each start. */
  @Test
  void anEmptyArchiveIsPassedOver() throws IOException, InterruptedException {
    assertSilent(new byte[0]);
  }

  /** In a folder of its own, whose name has a space in it, with this build's jar. */
  private void assertSilent(byte[] archive) throws IOException, InterruptedException {
    Path home = Files.createDirectory(folder.resolve("another home"));
    Path target = Files.createDirectories(home.resolve("jobs/target"));
    Files.copy(ROOT.resolve("headgraft"), home.resolve("headgraft"));
    Files.createSymbolicLink(home.resolve("conf"), ROOT.resolve("conf"));
    for (String file : new String[] {"headgraft-jobs.jar", "launcher.classpath"}) {
      Files.copy(TARGET.resolve(file), target.resolve(file));
    }
    Path own = Files.write(target.resolve("launcher.jsa"), archive);
    Files.setLastModifiedTime(own, FileTime.from(Instant.now().plusSeconds(60)));

    assertThat(launch(home, folder, "")).isEqualTo(launch(ROOT, folder, ""));
  }

  private static Outcome launch(Path home, Path prints, String javaOptions)
      throws IOException, InterruptedException {
    Path out = prints.resolve("stdout");
    Path err = prints.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(home.resolve("headgraft").toString(), "--version")
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("HEADGRAFT_JAVA_OPTS", javaOptions);
    Process process = builder.start();
    assertThat(process.waitFor(30, TimeUnit.MINUTES)).isTrue();
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
