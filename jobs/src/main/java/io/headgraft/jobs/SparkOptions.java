package io.headgraft.jobs;

import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** Where Spark runs. */
final class SparkOptions {

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark master. If not set: local[*]; under spark-submit, what that says.")
  private String master;

  /** Starts Spark, or joins what spark-submit has set up. */
  SparkSession session(String name) {
    SparkConf conf = new SparkConf();
    conf.setIfMissing("spark.app.name", "headgraft " + name);
    if (master != null) {
      conf.set("spark.master", master);
    }
    conf.setIfMissing("spark.master", "local[*]");
    conf.set("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension");
    conf.set("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    if (conf.get("spark.master").startsWith("local")) {
      local(conf);
    }
    return SparkSession.builder().config(conf).getOrCreate();
  }

  /** On one machine there is no network to use and no cluster to spread small work over. */
  private static void local(SparkConf conf) {
    conf.setIfMissing("spark.ui.enabled", "false");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    conf.setIfMissing("spark.driver.host", "localhost");
    conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    conf.setIfMissing("spark.sql.shuffle.partitions", "2");
    conf.setIfMissing("spark.databricks.delta.snapshotPartitions", "2");
    // Rows of features are large: a larger batch of them in memory has no use.
    conf.setIfMissing("spark.sql.inMemoryColumnarStorage.batchSize", "500");
  }
}
