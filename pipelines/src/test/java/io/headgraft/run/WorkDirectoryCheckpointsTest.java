package io.headgraft.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headgraft.testing.LocalSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkDirectoryCheckpointsTest {

  @TempDir private Path folder;

  @Test
  void keepsWhatWasLastWritten() {
    WorkDirectoryCheckpoints checkpoints = open();
    assertThat(checkpoints.read("a.json")).isEmpty();

    checkpoints.write("a.json", new byte[] {1});
    checkpoints.write("a.json", new byte[] {2, 3});
    checkpoints.write("b.json", new byte[] {4});

    assertThat(open().read("a.json")).contains(new byte[] {2, 3});
    assertThat(open().read("b.json")).contains(new byte[] {4});
    assertThat(folder.resolve("checkpoints")).isDirectoryContaining("glob:**/a.json");
  }

  @Test
  void forgetsAllOfThemAndNothingElse() throws Exception {
    WorkDirectoryCheckpoints checkpoints = open();
    checkpoints.clear();
    checkpoints.write("a.json", new byte[] {1});
    Files.writeString(folder.resolve("champion.json"), "{}");

    checkpoints.clear();

    assertThat(checkpoints.read("a.json")).isEmpty();
    assertThat(folder.toFile().list()).containsExactly("champion.json");
  }

  @Test
  void sparkTasksWriteToTheSamePlace() {
    WorkDirectoryCheckpoints checkpoints = open();
    checkpoints.write("0.json", new byte[] {7});

    List<Integer> read =
        LocalSpark.context()
            .parallelize(List.of(1, 2, 3), 3)
            .map(
                i -> {
                  checkpoints.write(i + ".json", new byte[] {i.byteValue()});
                  return (int) checkpoints.read("0.json").orElseThrow()[0];
                })
            .collect();

    assertThat(read).containsExactly(7, 7, 7);
    assertThat(checkpoints.read("3.json")).contains(new byte[] {3});
  }

  private WorkDirectoryCheckpoints open() {
    return new WorkDirectoryCheckpoints(folder.toString(), new Configuration());
  }
}
