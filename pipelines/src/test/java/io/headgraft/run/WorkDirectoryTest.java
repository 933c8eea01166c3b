package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkDirectoryTest {

  record Run(String run) {}

  @TempDir private Path folder;

  @Test
  void isMadeAndLeftEmpty() throws IOException {
    WorkDirectory workdir = open(folder.resolve("new/two words"));

    assertThat(files(folder.resolve("new/two words"))).isEmpty();
    assertThat(workdir.uri()).isEqualTo("file:" + folder + "/new/two words");
    assertThat(workdir.uri("runs/1")).isEqualTo("file:" + folder + "/new/two words/runs/1");
  }

  @Test
  void keepsFilesAndNothingElse() throws IOException {
    WorkDirectory workdir = open(folder);

    workdir.write("runs/1/b.txt", bytes("first"));
    workdir.write("runs/1/b.txt", bytes("second"));
    workdir.write("runs/1/a.json", new Run("1"));

    assertThat(workdir.read("runs/1/b.txt")).isEqualTo(bytes("second"));
    assertThat(workdir.read("runs/1/a.json", Run.class)).isEqualTo(new Run("1"));
    assertThat(workdir.list("runs/1")).containsExactly("a.json", "b.txt");
    assertThat(files(folder.resolve("runs/1"))).containsExactly("a.json", "b.txt");
  }

  @Test
  void knowsWhatIsThere() {
    WorkDirectory workdir = open(folder);
    workdir.write("runs/1/a", new byte[0]);

    assertThat(workdir.exists("runs")).isTrue();
    assertThat(workdir.exists("runs/1/a")).isTrue();
    assertThat(workdir.exists("runs/2")).isFalse();
    assertThat(workdir.list("runs")).containsExactly("1");
    assertThat(workdir.list("nowhere")).isEmpty();
  }

  @Test
  void aFileIsThereWhileItIsReplaced() {
    WorkDirectory workdir = open(folder);
    workdir.write("champion.json", bytes("run 0"));
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < 500; i++) {
                    workdir.write("champion.json", bytes("run " + i % 10));
                  }
                })
            .whenComplete((nothing, failure) -> done.set(true));

    while (!done.get()) {
      assertThat(new String(workdir.read("champion.json"), StandardCharsets.UTF_8))
          .matches("run [0-9]");
    }
    writer.join();
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNoOther() throws IOException {
    WorkDirectory workdir = open(folder);
    workdir.write("runs/file", bytes("old"));

    assertUnusable(
        () -> workdir.write("runs", bytes("new")), "file:" + folder + "/runs cannot be written: ");
    assertThat(files(folder)).containsExactly("runs");
    assertThat(workdir.read("runs/file")).isEqualTo(bytes("old"));
  }

  @Test
  void aFolderTakesThePlaceOfAnother() {
    WorkDirectory workdir = open(folder);
    workdir.write("run/new/a/file", new byte[] {1});
    workdir.replaceFolder("run/models", "run/new");
    assertThat(workdir.read("run/models/a/file")).containsExactly(1);

    workdir.write("run/new/other", new byte[] {2});
    workdir.replaceFolder("run/models", "run/new");
    assertThat(workdir.list("run")).containsExactly("models");
    assertThat(workdir.list("run/models")).containsExactly("other");
    assertUnusable(
        () -> workdir.replaceFolder("run/models", "run/missing"),
        workdir.uri("run/missing") + " cannot take the place of " + workdir.uri("run/models"));
    assertThat(workdir.list("run")).containsExactly("models");
    assertThat(workdir.list("run/models")).containsExactly("other");
  }

  /**
   * Whenever a process is killed that gives a folder the place of another, the next one ends it.
   */
  @ParameterizedTest
  @CsvSource({
    "run/new/file, run/models/old",
    "run/new/file, run/.models.replaced/old",
    "run/models/file, run/.models.replaced/old",
    "run/models/file, run/models/file"
  })
  void aReplacementThatWasKilledIsDone(String newer, String older) {
    WorkDirectory workdir = open(folder);
    workdir.write(older, bytes("old"));
    workdir.write(newer, bytes("new"));
    workdir.write(
        "replacement.json",
        Map.of("folder", "run/models", "by", "run/new", "names", List.of("file")));

    workdir.finishReplacement();

    assertThat(workdir.list("run")).containsExactly("models");
    assertThat(workdir.list("run/models")).containsExactly("file");
    assertThat(workdir.read("run/models/file")).isEqualTo(bytes("new"));
    assertThat(workdir.list(".")).containsExactly("run");
  }

  @Test
  void refusesWhatCannotBeWritten() throws IOException {
    Files.createFile(folder.resolve("file"));

    assertUnusable(
        () -> open(folder.resolve("file/below")),
        "The work directory file:" + folder + "/file/below cannot be written: ");
    assertUnusable(
        () -> open(folder.resolve("file")),
        "The work directory file:" + folder + "/file cannot be written: ");
  }

  @Test
  void refusesUnknownFileSystems() {
    assertThatThrownBy(() -> WorkDirectory.open("attic://box/1", new Configuration()))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessageStartingWith("The work directory attic://box/1 cannot be used: ");
  }

  @Test
  void saysWhatCannotBeRead() {
    WorkDirectory workdir = open(folder);
    workdir.write("broken.json", bytes("{"));

    assertUnusable(() -> workdir.read("gone"), "file:" + folder + "/gone cannot be read: ");
    assertUnusable(
        () -> workdir.read("broken.json", Run.class),
        "file:" + folder + "/broken.json cannot be read: ");
  }

  private static void assertUnusable(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessageStartingWith(message);
  }

  private static WorkDirectory open(Path folder) {
    return WorkDirectory.open(folder.toString(), new Configuration());
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
