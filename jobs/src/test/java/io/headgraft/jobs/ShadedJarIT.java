package io.headgraft.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that spark-submit gets, as it was built. */
class ShadedJarIT {

  private static final Path ROOT = Path.of(System.getProperty("headgraft.root"));
  private static final Path JAR = ROOT.resolve("jobs/target/headgraft-jobs-all.jar");

  /**
   * Spark, Hadoop and what they need, in place of an installed Spark: nothing that the jar brings.
   */
  private static final Path CLASSPATH = ROOT.resolve("jobs/target/provided.classpath");

  @Test
  void holdsWhatIsWrittenDownAndNothingElse() throws IOException {
    List<String> allowed =
        Files.readAllLines(ROOT.resolve("jobs/src/test/resources/shaded-jar.txt")).stream()
            .filter(line -> !line.startsWith("#"))
            .toList();
    List<String> entries;
    try (JarFile jar = new JarFile(JAR.toFile())) {
      entries = jar.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).toList();
    }
    assertThat(entries).allMatch(entry -> allowed.stream().anyMatch(entry::startsWith));
    assertThat(entries)
        .doesNotContain("org/apache/spark/SparkContext.class")
        .noneMatch(entry -> entry.startsWith("org/apache/hadoop/") || entry.startsWith("scala/"));
    assertThat(entries)
        .filteredOn(entry -> entry.startsWith("ai/onnxruntime/native/"))
        .isNotEmpty()
        .allMatch(entry -> entry.startsWith("ai/onnxruntime/native/linux-x64/"));
    assertThat(allowed).allMatch(prefix -> entries.stream().anyMatch(e -> e.startsWith(prefix)));
  }

  @Test
  void runsUnderSparkSubmitWithSparksOwnClasses(@TempDir Path folder) throws Exception {
    String provided = Files.readString(CLASSPATH).trim();
    Path photos = CommandLineFixture.twoLabels(folder.resolve("photos"));
    Path backbone = CommandLineFixture.untrainedBackbone(folder);
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "@" + ROOT.resolve("conf/jvm.options"),
                "-cp",
                provided,
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                "local[2]",
                "--properties-file",
                ROOT.resolve("conf/spark-defaults.conf").toString(),
                "--class",
                "io.headgraft.jobs.NightlyJob",
                JAR.toString(),
                "--backbone",
                backbone.toString(),
                "--data",
                photos.toString(),
                "--workdir",
                folder.resolve("work").toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();

    assertThat(process.waitFor()).as(() -> read(log)).isZero();
    assertThat(folder.resolve("work/champion.json")).exists();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
