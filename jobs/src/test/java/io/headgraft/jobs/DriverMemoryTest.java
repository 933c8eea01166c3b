package io.headgraft.jobs;

import static io.headgraft.jobs.CommandLineFixture.headgraft;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sequence;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Features that head.memory would allow and the driver's heap does not hold. */
class DriverMemoryTest {

  @TempDir private Path root;

  @Test
  void isRefusedBeforeAnythingIsTrained() throws Exception {
    Path backbone = CommandLineFixture.untrainedBackbone(root);
    Path data = CommandLineFixture.twoLabels(root.resolve("photos"));
    Path workdir = root.resolve("work");
    Object[] extract = {
      "extract",
      "--data",
      data,
      "--workdir",
      workdir,
      "--backbone",
      backbone,
      "--set",
      "augment.variants=1"
    };
    assertThat(headgraft(extract).exitCode()).isZero();
    addVariants(workdir + "/features", 1200);

    try (HeadgraftProcess train =
        HeadgraftProcess.start(
            root,
            List.of("-Xmx560m"),
            "train",
            "--workdir",
            workdir,
            "--backbone",
            backbone,
            "--master",
            "local[2]",
            "--set",
            "augment.variants=1")) {
      assertThat(train.exitCode()).as(train.stderr()).isEqualTo(3);
      assertThat(train.stderr())
          .matches(
              "(?s).*headgraft: Training on [0-9,]+ rows of 1,000 features in one process takes"
                  + " about [0-9,]+ MiB, and its heap has 560 MiB: .*--driver-memory.*augment\\.variants.*"
                  + "head\\.memory, which is 4,294,967,296, below [0-9,]+, .*")
          .doesNotContain("OutOfMemoryError", "\tat ");
    }
    assertThat(workdir.resolve("runs")).doesNotExist();
  }

  /** Copies of the variants that are there. */
  private static void addVariants(String table, int count) {
    try (SparkSession spark = new SparkOptions().session("test")) {
      spark
          .read()
          .format("delta")
          .load(table)
          .where(col("variant").equalTo(1))
          .withColumn("variant", explode(sequence(lit(2), lit(count + 1))))
          .repartition(4)
          .write()
          .format("delta")
          .mode("append")
          .partitionBy("pipeline")
          .save(table);
    }
  }
}
