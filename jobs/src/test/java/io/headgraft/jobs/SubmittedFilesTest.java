package io.headgraft.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubmittedFilesTest {

  private static final SparkConf SPARK =
      new SparkConf(false)
          .set(
              "spark.files",
              "file:/mnt/brought%20along/net.mlmodel,hdfs://name/a/my.conf#night.conf, /plain/b.conf")
          .set("spark.yarn.dist.files", "s3a://bucket/c.conf");

  @Test
  void findsWhatWasBroughtAlongByItsName() {
    assertThat(SubmittedFiles.locate("net.mlmodel", SPARK))
        .isEqualTo("/mnt/brought along/net.mlmodel");
    assertThat(SubmittedFiles.locate("night.conf", SPARK)).isEqualTo("hdfs://name/a/my.conf");
    assertThat(SubmittedFiles.locate("b.conf", SPARK)).isEqualTo("/plain/b.conf");
    assertThat(SubmittedFiles.locate("c.conf", SPARK)).isEqualTo("s3a://bucket/c.conf");
  }

  @Test
  void leavesEverythingElseAsItIs(@TempDir Path folder) {
    String file = folder.resolve("net.mlmodel").toString();
    assertThat(SubmittedFiles.locate(file, SPARK)).isEqualTo(file);
    assertThat(SubmittedFiles.locate("s3a://bucket/net.mlmodel", SPARK))
        .isEqualTo("s3a://bucket/net.mlmodel");
    assertThat(SubmittedFiles.locate("./net.mlmodel", SPARK)).isEqualTo("./net.mlmodel");
    // Has another name than it had; and one that nobody brought along.
    assertThat(SubmittedFiles.locate("my.conf", SPARK)).isEqualTo("my.conf");
    assertThat(SubmittedFiles.locate("missing", SPARK)).isEqualTo("missing");
    assertThat(SubmittedFiles.locate("missing", new SparkConf(false))).isEqualTo("missing");
    // A file of the working directory comes first.
    assertThat(
            SubmittedFiles.locate(
                "pom.xml", new SparkConf(false).set("spark.files", "file:/elsewhere/pom.xml")))
        .isEqualTo("pom.xml");
  }
}
