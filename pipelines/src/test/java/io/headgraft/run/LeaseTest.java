package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** With real processes, each a JVM. */
@Timeout(120)
class LeaseTest {

  private static final LeaseOptions NO_WAIT =
      new LeaseOptions(Duration.ZERO, Duration.ofSeconds(60));

  @TempDir private Path folder;
  private WorkDirectory workdir;
  private final List<String> warnings = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();

  @BeforeEach
  void open() {
    workdir = WorkDirectory.open(folder.toString(), new Configuration());
  }

  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void oneAfterTheOther() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (Lease lease = acquire(NO_WAIT)) {
        lease.directory().write("file", new byte[0]);
      }
    }

    assertThat(workdir.list("lease")).isEmpty();
    assertThat(warnings).isEmpty();
  }

  @Test
  void theSecondLeavesAndSaysWhoIsThere() {
    try (Lease first = acquire(NO_WAIT)) {
      assertThatThrownBy(() -> acquire(NO_WAIT))
          .isInstanceOfSatisfying(
              HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
          .hasMessageMatching(
              "file:\\S+ is written by 'headgraft test' on \\S+ \\(process %d\\), since \\S+Z: try again later, or give lock.wait more than 0 seconds to wait for it"
                  .formatted(ProcessHandle.current().pid()));
      first.check();
    }
    acquire(NO_WAIT).close();
  }

  /** Counts that a second writer between reading and writing would lose. */
  @Test
  void processesThatWaitComeOneByOne() throws Exception {
    List<Process> all =
        List.of(
            start("60", "60", "count", "20"),
            start("60", "60", "count", "20"),
            start("60", "60", "count", "20"));

    for (Process process : all) {
      assertThat(process.waitFor()).as(() -> output(process)).isZero();
    }
    assertThat(folder.resolve("counter")).hasContent("60");
    assertThat(workdir.list("lease")).isEmpty();
  }

  @Test
  void ofProcessesThatStartAtOnceExactlyOneWorks() throws Exception {
    for (int round = 0; round < 3; round++) {
      Path shared = Files.createDirectory(folder.resolve("round" + round));
      Path go = shared.resolve("go");
      List<Process> all = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        all.add(startIn(shared, "0", "60", "once", go.toString(), "p" + i));
      }
      List<BufferedReader> outputs = new ArrayList<>();
      for (Process process : all) {
        outputs.add(process.inputReader());
        assertThat(outputs.get(outputs.size() - 1).readLine()).isEqualTo("ready");
      }

      Files.createFile(go);
      List<String> said = new ArrayList<>();
      for (BufferedReader output : outputs) {
        said.add(output.readLine());
      }
      Files.createFile(shared.resolve("stop"));

      assertThat(said).as("%s", said).filteredOn(line -> line.equals("works")).hasSize(1);
      assertThat(said)
          .as("%s", said)
          .filteredOn(line -> line.matches("leaves: .* is written by 'headgraft test' on .*"))
          .hasSize(2);
      try (Stream<Path> files = Files.list(shared)) {
        assertThat(files.filter(file -> file.getFileName().toString().startsWith("works-")))
            .hasSize(1);
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aKilledProcessIsNotWaitedFor() throws Exception {
    Process holder = start("0", "3600", "hold");
    assertThat(holder.inputReader().readLine()).isEqualTo("works");
    assertThatThrownBy(() -> acquire(NO_WAIT)).hasMessageContaining("process " + holder.pid());

    holder.destroyForcibly().waitFor();
    acquire(NO_WAIT).close();

    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("is taken over from 'headgraft test' on ")
        .endsWith("that process has ended without giving it back");
    assertThat(workdir.list("lease")).isEmpty();
  }

  /** A process that was suspended, as a machine may be, stops before it writes once more. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void whoHasLostItsLeaseStops() throws Exception {
    Process holder = start("0", "10", "hold");
    BufferedReader output = holder.inputReader();
    assertThat(output.readLine()).isEqualTo("works");
    signal("STOP", holder);

    try (Lease lease = acquire(new LeaseOptions(Duration.ofSeconds(60), Duration.ofSeconds(60)))) {
      Files.createFile(folder.resolve("go-on"));
      signal("CONT", holder);

      assertThat(output.readLine()).startsWith("stops: The right to write to file:");
      assertThat(holder.waitFor()).isZero();
      assertThat(workdir.exists("written")).isFalse();
      lease.check();
    }
    assertThat(warnings).singleElement().asString().contains("it was not renewed and expired at ");
  }

  @Test
  void anotherMachinesLeaseIsKeptUntilItExpires() {
    LeaseTicket elsewhere = elsewhere(Instant.now().plusSeconds(3600));
    workdir.write("lease/0000000000000000007-id.ticket", elsewhere);
    assertThatThrownBy(() -> acquire(NO_WAIT))
        .hasMessageContaining(
            "is written by 'headgraft nightly' on elsewhere (process 1), since 2026-01-02T03:04:05Z");

    workdir.write("lease/0000000000000000007-id.ticket", elsewhere(Instant.EPOCH));
    try (Lease lease = acquire(NO_WAIT)) {
      lease.check();
      assertThat(workdir.list("lease"))
          .hasSize(2)
          .contains("id.revoked")
          .anyMatch(name -> name.startsWith("0000000000000000008-"));
      // Whatever it still writes.
      workdir.write("lease/0000000000000000007-id.ticket", elsewhere);
      assertThatThrownBy(() -> acquire(NO_WAIT))
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    }
    assertThat(warnings)
        .containsExactly(
            "the right to write to %s is taken over from 'headgraft nightly' on elsewhere (process 1), since 2026-01-02T03:04:05Z: it was not renewed and expired at 1970-01-01T00:00:00Z"
                .formatted(workdir.uri()));
  }

  @Test
  void whoeverDiedWhileTakingANumberIsPassedOver() {
    workdir.write("lease/id.choosing", elsewhere(Instant.EPOCH));

    acquire(NO_WAIT).close();

    assertThat(workdir.list("lease")).containsExactly("id.revoked");
  }

  @Test
  void aLeaseIsRenewedWhileItIsHeld() throws Exception {
    try (Lease lease = acquire(new LeaseOptions(Duration.ZERO, Duration.ofSeconds(4)))) {
      // The test waits for the second renewal, not for a time.
      String first = renewal(null);
      assertThat(Instant.parse(renewal(first))).isAfter(Instant.parse(first));
      lease.check();
    }
    assertThat(workdir.list("lease")).isEmpty();
  }

  private String renewal(String other) throws InterruptedException {
    while (true) {
      for (String name : workdir.list("lease")) {
        if (name.endsWith(".renewed") && !name.startsWith(".")) {
          String expires =
              (String) workdir.read("lease/" + name, java.util.Map.class).get("expires");
          if (!expires.equals(other)) {
            return expires;
          }
        }
      }
      Thread.sleep(20);
    }
  }

  @Test
  void whatIsTakenAwayIsNoticedBeforeAWrite() {
    try (Lease lease = acquire(NO_WAIT)) {
      workdir.delete("lease");

      assertThatThrownBy(() -> lease.directory().write("file", new byte[0]))
          .isInstanceOf(HeadgraftException.class)
          .hasMessage(
              "The right to write to %s is lost, nothing more is written: another process has taken it over"
                  .formatted(workdir.uri()));
      assertThatThrownBy(() -> lease.directory().delete("file")).hasMessageContaining("is lost");
      assertThatThrownBy(() -> lease.directory().replaceFolder("a", "b"))
          .hasMessageContaining("is lost");
      assertThat(workdir.exists("file")).isFalse();
    }
  }

  @Test
  void refusesOptionsThatMakeNoSense() {
    assertThatThrownBy(() -> new LeaseOptions(Duration.ofSeconds(-1), Duration.ofSeconds(60)))
        .hasMessage("patience is PT-1S");
    assertThatThrownBy(() -> new LeaseOptions(Duration.ZERO, Duration.ofMillis(999)))
        .hasMessage("expiry is PT0.999S, less than a second");
  }

  private static LeaseTicket elsewhere(Instant expires) {
    return new LeaseTicket(
        "id",
        "nightly",
        "elsewhere",
        1,
        "2026-01-02T03:04:05Z",
        "another machine",
        "2026-01-02T03:04:05Z",
        expires.toString());
  }

  private Lease acquire(LeaseOptions options) {
    return Lease.acquire(workdir, "test", options, warnings::add);
  }

  private Process start(String... args) throws IOException {
    return startIn(folder, args);
  }

  private Process startIn(Path directory, String... args) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LeaseHolder.class.getName(),
                directory.toString()));
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    processes.add(process);
    return process;
  }

  private static String output(Process process) {
    try {
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void signal(String name, Process process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
    assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }
}
