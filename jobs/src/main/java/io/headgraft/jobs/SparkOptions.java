package io.headgraft.jobs;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** Where Spark runs. */
final class SparkOptions {

  private static final String HADOOP = "spark.hadoop.";

  @Option(
      names = "--master",
      paramLabel = "URL",
      description = "Spark master. If not set: local[*]; under spark-submit, what that says.")
  private String master;

  /** Starts Spark, or joins what spark-submit has set up. */
  SparkSession session(String name) {
    SparkConf conf = properties();
    conf.setIfMissing("spark.app.name", "headgraft " + name);
    if (master != null) {
      conf.set("spark.master", master);
    }
    conf.setIfMissing("spark.master", "local[*]");
    conf.set("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension");
    conf.set("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    if (conf.get("spark.master").startsWith("local")) {
      conf.set("spark.master", retrying(conf.get("spark.master")));
      local(conf);
    }
    Termination.noteSignals();
    SparkSession session = SparkSession.builder().config(conf).getOrCreate();
    // Not a property of Spark's: with those, executors fetch the very jar that holds the class.
    wholeAnswers(session.sparkContext().hadoopConfiguration());
    return session;
  }

  /**
   * What Hadoop's file systems are set to, without Spark: by conf/spark-defaults.conf, but for what
   * the user says.
   */
  static Configuration hadoop() {
    Configuration hadoop = SparkHadoopUtil.get().newConfiguration(properties());
    wholeAnswers(hadoop);
    return hadoop;
  }

  /** By its name, as S3A need not be there; and not if the user has clients of his own. */
  private static void wholeAnswers(Configuration hadoop) {
    hadoop.setIfUnset(
        "fs.s3a.s3.client.factory.impl", SparkOptions.class.getPackageName() + ".WholeAnswers");
  }

  /** Spark's properties as the user has set them, and of ours those that are Hadoop's. */
  private static SparkConf properties() {
    SparkConf conf = new SparkConf();
    Configuration site = new Configuration();
    defaults()
        .forEach(
            (key, value) -> {
              // What core-site.xml says is the user's, too.
              String name = key.toString().substring(HADOOP.length());
              if (!isGiven(site.getPropertySources(name))) {
                conf.setIfMissing(key.toString(), value.toString().strip());
              }
            });
    return conf;
  }

  private static boolean isGiven(String[] sources) {
    return sources != null && !List.of(sources).equals(List.of("core-default.xml"));
  }

  private static Properties defaults() {
    Properties all = new Properties();
    try (InputStream file = SparkOptions.class.getResourceAsStream("spark-defaults.conf")) {
      all.load(new InputStreamReader(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    all.keySet().removeIf(key -> !key.toString().startsWith(HADOOP));
    return all;
  }

  /** As in a cluster, a task may fail three times, if the user says nothing of it: so stores do. */
  private static String retrying(String master) {
    return master
        .replaceFirst("^local$", "local[1]")
        .replaceFirst("^local\\[([^],]+)]$", "local[$1,4]");
  }

  /** On one machine there is no network to use and no cluster to spread small work over. */
  private static void local(SparkConf conf) {
    conf.setIfMissing("spark.ui.enabled", "false");
    conf.setIfMissing("spark.ui.showConsoleProgress", "false");
    conf.setIfMissing("spark.driver.host", "localhost");
    conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    conf.setIfMissing("spark.broadcast.compress", "false");
    conf.setIfMissing("spark.sql.shuffle.partitions", "2");
    conf.setIfMissing("spark.databricks.delta.snapshotPartitions", "2");
    // Most plans run once, over rows that a second goes through: to write Java for each, compile it
    // and
    // bring it up to speed takes longer than interpreting it, with 100,000 files as well.
    conf.setIfMissing("spark.sql.codegen.wholeStage", "false");
    conf.setIfMissing("spark.sql.codegen.factoryMode", "NO_CODEGEN");
    // Rows of features are large: a larger batch of them in memory has no use.
    conf.setIfMissing("spark.sql.inMemoryColumnarStorage.batchSize", "500");
  }
}
