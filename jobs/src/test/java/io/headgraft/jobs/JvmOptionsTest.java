package io.headgraft.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launcher, the tests and spark-submit run with one list of Java options; those of spark-submit
 * train, for which the launcher adds a module where a command does.
 */
class JvmOptionsTest {

  private static final Path CONF = Path.of(System.getProperty("headgraft.root"), "conf");

  @ParameterizedTest
  @ValueSource(strings = {"spark.driver.extraJavaOptions", "spark.executor.extraJavaOptions"})
  void sparkDefaultsRepeatJvmOptions(String key) throws IOException {
    String options =
        Files.readAllLines(CONF.resolve("jvm.options")).stream()
            .filter(line -> !line.startsWith("#") && !line.isBlank())
            .collect(Collectors.joining(" "));
    assertThat(Files.readAllLines(CONF.resolve("spark-defaults.conf")))
        .filteredOn(line -> line.startsWith(key))
        .singleElement()
        .satisfies(
            line ->
                assertThat(line.substring(key.length()).trim())
                    .isEqualTo(options + " --add-modules=jdk.incubator.vector"));
  }
}
