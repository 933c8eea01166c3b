package io.headgraft.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SparkOptionsTest {

  private static final String LIMIT = "spark.hadoop.fs.s3a.retry.limit";

  @AfterEach
  void forget() {
    System.clearProperty(LIMIT);
  }

  @Test
  void localRunsReachFileSystemsAsSparkSubmitDoes() throws IOException {
    Path file = Path.of(System.getProperty("headgraft.root"), "conf", "spark-defaults.conf");
    List<String[]> lines =
        Files.readAllLines(file).stream()
            .filter(line -> line.startsWith("spark.hadoop."))
            .map(line -> line.substring("spark.hadoop.".length()).split("\\s+"))
            .toList();

    assertThat(lines).hasSizeGreaterThan(5);
    assertThat(lines)
        .allSatisfy(line -> assertThat(SparkOptions.hadoop().get(line[0])).isEqualTo(line[1]));
  }

  @Test
  void whatTheUserSaysCounts() {
    System.setProperty(LIMIT, "77");

    assertThat(SparkOptions.hadoop().get("fs.s3a.retry.limit")).isEqualTo("77");
  }
}
