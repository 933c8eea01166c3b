package io.headgraft.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
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
  private static final String JAVA_HOME = System.getProperty("java.home");

  /** What it says of the version, begun from this build's own archive. */
  private static Outcome expected;

  @TempDir private Path folder;

  private record Outcome(int exitCode, String out, String err) {}

  @BeforeAll
  static void prepare(@TempDir Path prints) throws IOException, InterruptedException {
    // The only time that the archive is made, if it has yet to be.
    assertThat(launch(ROOT, JAVA_HOME, prints, "").exitCode()).isZero();
    expected = launch(ROOT, JAVA_HOME, prints, "");
    assertThat(expected.exitCode()).isZero();
    assertThat(expected.out()).startsWith("Headgraft ");
    assertThat(expected.err()).isEmpty();
  }

  @Test
  void startsTakeClassesFromTheArchive() throws IOException, InterruptedException {
    Path log = folder.resolve("classes.log");

    assertThat(launch(ROOT, JAVA_HOME, folder, "-Xlog:class+load:file=" + log)).isEqualTo(expected);

    assertThat(Files.readAllLines(log))
        .anyMatch(line -> line.contains("io.headgraft.jobs.Main source: shared objects file"));
    assertThat(TARGET).isDirectoryNotContaining("glob:**/rehearsal.??????");
  }

  @Test
  void aBrokenArchiveIsPassedOver() throws IOException, InterruptedException {
    Path home = home();
    archive(home, "no archive at all".repeat(1000).getBytes(StandardCharsets.US_ASCII));

    assertThat(launch(home, JAVA_HOME, folder, "")).isEqualTo(expected);
  }

  @Test
  void anArchiveOfOtherJarsIsPassedOver() throws IOException, InterruptedException {
    Path home = home();
    archive(home, Files.readAllBytes(ARCHIVE));

    assertThat(launch(home, JAVA_HOME, folder, "")).isEqualTo(expected);
  }

  /** Java would be killed by the first class that lies behind the archive's end. */
  @Test
  void anArchiveThatWasCutOffIsMadeAnewAndWhatCannotBeMadeIsTriedOnce()
      throws IOException, InterruptedException {
    Path home = home();
    Path archive = archive(home, Files.readAllBytes(ARCHIVE));
    try (RandomAccessFile file = new RandomAccessFile(archive.toFile(), "rw")) {
      file.setLength(file.length() / 2);
    }
    String javaHome = javaThatWritesNoArchive();

    Outcome first = launch(home, javaHome, folder, "");
    Outcome second = launch(home, javaHome, folder, "");

    assertThat(first.out()).isEqualTo(expected.out());
    assertThat(first.err())
        .isEqualTo(
            """
            Preparing quick starts (a minute, once) ...
            headgraft: warning: they cannot be prepared, see %s
            """
                .formatted(home.resolve("jobs/target/rehearsal.log")));
    assertThat(home.resolve("jobs/target/rehearsal.log")).hasContent("No archive is written");
    assertThat(second).isEqualTo(expected);
  }

  /** A folder of its own, whose name has a space in it, with this build's jar and no archive. */
  private Path home() throws IOException {
    Path home = Files.createDirectory(folder.toRealPath().resolve("another home"));
    Path target = Files.createDirectories(home.resolve("jobs/target"));
    Files.copy(ROOT.resolve("headgraft"), home.resolve("headgraft"));
    Files.createSymbolicLink(home.resolve("conf"), ROOT.resolve("conf"));
    for (String file : new String[] {"headgraft-jobs.jar", "launcher.classpath"}) {
      Files.copy(TARGET.resolve(file), target.resolve(file));
    }
    return home;
  }

  /** Gives a folder an archive that the launcher has no reason to make anew. */
  private static Path archive(Path home, byte[] bytes) throws IOException {
    Path archive = Files.write(home.resolve("jobs/target/launcher.jsa"), bytes);
    Path size = Files.writeString(Path.of(archive + ".size"), bytes.length + "\n");
    Files.setLastModifiedTime(size, FileTime.from(Instant.now().plusSeconds(60)));
    return archive;
  }

  private String javaThatWritesNoArchive() throws IOException {
    Path home = folder.resolve("java");
    Files.writeString(
        Files.createDirectories(home.resolve("bin")).resolve("java"),
        """
        #!/bin/sh
        case $* in *ArchiveClassesAtExit*)
          echo "No archive is written"
          exit 1
        esac
        exec '%s/bin/java' "$@"
        """
            .formatted(JAVA_HOME));
    Files.setPosixFilePermissions(
        home.resolve("bin/java"), PosixFilePermissions.fromString("rwxr-xr-x"));
    return home.toString();
  }

  private static Outcome launch(Path home, String javaHome, Path prints, String javaOptions)
      throws IOException, InterruptedException {
    Path out = prints.resolve("stdout");
    Path err = prints.resolve("stderr");
    ProcessBuilder builder =
        new ProcessBuilder(home.resolve("headgraft").toString(), "--version")
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("HEADGRAFT_JAVA_OPTS", javaOptions);
    builder.environment().put("JAVA_HOME", javaHome);
    Process process = builder.start();
    assertThat(process.waitFor(30, TimeUnit.MINUTES)).isTrue();
    return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
