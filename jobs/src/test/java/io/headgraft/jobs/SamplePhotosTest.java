package io.headgraft.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SamplePhotosTest {

  @TempDir private Path folder;

  @Test
  void drawsTheSamePhotosForTheSameSeed() throws IOException {
    SamplePhotos.write(folder.resolve("a"), 5);
    SamplePhotos.write(folder.resolve("b"), 5);
    Map<String, String> photos = contents(folder.resolve("a"));

    assertThat(photos).hasSize(180).isEqualTo(contents(folder.resolve("b")));
    assertThat(photos.keySet()).filteredOn(name -> name.startsWith("train/✊/")).hasSize(40);
    assertThat(photos.keySet()).filteredOn(name -> name.startsWith("test/✌️/")).hasSize(20);
    assertThat(photos.values()).as("no photo twice").doesNotHaveDuplicates();
  }

  private static Map<String, String> contents(Path root) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".jpg")).toList()) {
        contents.put(
            root.relativize(file).toString(),
            new BigInteger(1, Files.readAllBytes(file)).toString(36));
      }
    }
    return contents;
  }
}
