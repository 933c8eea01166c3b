package io.headgraft.jobs;

import static io.headgraft.jobs.CommandLineFixture.photo;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.headgraft.features.FeatureCache;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as it was built, on a real cluster: a master and two workers, each its own process. */
class StandaloneClusterIT {

  private static final Path JAR =
      Path.of(System.getProperty("headgraft.root"), "jobs/target/headgraft-jobs-all.jar");

  /** Two variants, and a training that is short. */
  private static final String CONFIGURATION =
      """
      augment.variants = [horizontal-flip]
      head { names = [sgd], learning-curve = [], seeds = 1 }
      head.sgd { learning-rates = [0.03], l2 = [0.01], epochs = 2 }
      """;

  /** 20 training photos in two variants each and four to test on, which have none. */
  private static final int ROWS = 44;

  @TempDir private static Path folder;
  private static StandaloneCluster cluster;
  private static SparkSession spark;
  private static Path backbone;
  private static Path configuration;
  private static Path photos;
  private static Map<String, List<Float>> expected;

  @BeforeAll
  static void startTheClusterAndExtractLocally() throws IOException, InterruptedException {
    photos = folder.resolve("photos");
    for (int i = 0; i < 12; i++) {
      String split = i < 10 ? "train" : "test";
      photo(photos.resolve(split + "/☀️/" + i + ".png"), 200, i);
      photo(photos.resolve(split + "/dark/" + i + ".png"), 40, 100 + i);
    }
    // Names that only Spark can tell the place of.
    Path brought = Files.createDirectories(folder.resolve("brought along"));
    backbone = CommandLineFixture.untrainedBackbone(brought);
    configuration = Files.writeString(brought.resolve("quick.conf"), CONFIGURATION);
    Path local = folder.resolve("local");
    assertThat(
            CommandLineFixture.headgraft(
                "extract",
                "--master",
                "local[2]",
                "--data",
                photos,
                "--workdir",
                local,
                "--backbone",
                backbone,
                "--config",
                configuration))
        .matches(outcome -> outcome.exitCode() == 0);
    spark = new SparkOptions().session("test");
    expected = features(local);
    assertThat(expected).hasSize(ROWS);
    cluster = StandaloneCluster.start(folder.resolve("cluster"));
  }

  @AfterAll
  static void stopTheCluster() {
    if (cluster != null) {
      cluster.close();
    }
    if (spark != null) {
      spark.close();
    }
  }

  @Test
  void aNightInClientModeWithFilesAndGpus() throws Exception {
    Path workdir = folder.resolve("client-work");
    Path log = folder.resolve("client.log");
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--conf", "spark.executor.resource.gpu.amount=1"));
    arguments.addAll(List.of("--conf", "spark.task.resource.gpu.amount=1"));
    arguments.addAll(List.of("--files", backbone + "," + configuration));
    arguments.addAll(
        job("NightlyJob", workdir, backbone.getFileName(), configuration.getFileName()));

    assertThat(exitCode(cluster.submit(log, arguments)))
        .as(() -> StandaloneCluster.read(log))
        .isZero();

    assertThat(workdir.resolve("champion.json")).exists();
    assertThat(features(workdir)).isEqualTo(expected);
    JsonNode record = record(workdir);
    assertThat(record.at("/counts/networks-loaded").asInt()).isEqualTo(2);
    assertThat(record.at("/backbone/name").asText()).isEqualTo("untrained.mlmodel");
    assertThat(record.at("/dataset/labels").toString()).isEqualTo("[\"dark\",\"☀️\"]");
    // Once for each of the two executors.
    assertThat(cluster.logsOfWorkers().lines())
        .filteredOn(line -> line.contains("TaskDevice: Spark has assigned GPU"))
        .hasSize(2)
        .allMatch(
            line ->
                line.endsWith(
                    "WARN TaskDevice: Spark has assigned GPU 7, but the PyTorch on the class path is for processors: the network runs on the processor"));
  }

  @Test
  void aNightInClusterModeWithABackboneFromTheWeb() throws Exception {
    Path workdir = folder.resolve("cluster-work");
    Path log = folder.resolve("cluster.log");
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] network = Files.readAllBytes(backbone);
    server.createContext(
        "/untrained.mlmodel",
        exchange -> {
          exchange.sendResponseHeaders(200, network.length);
          exchange.getResponseBody().write(network);
          exchange.close();
        });
    server.start();
    try {
      String uri = "http://127.0.0.1:" + server.getAddress().getPort() + "/untrained.mlmodel";
      List<String> arguments = new ArrayList<>(clusterMode());
      arguments.addAll(List.of("--files", configuration.toString()));
      arguments.addAll(job("NightlyJob", workdir, uri, configuration.getFileName()));

      assertThat(exitCode(cluster.submit(log, arguments)))
          .as(() -> StandaloneCluster.read(log) + logs())
          .isZero();
    } finally {
      server.stop(0);
    }

    assertThat(cluster.stateOfLastDriver()).isEqualTo("FINISHED");
    assertThat(features(workdir)).isEqualTo(expected);
    assertThat(record(workdir).at("/status").asText()).isEqualTo("promoted");
    assertThat(cluster.logsOfWorkers()).contains("TaskDevice: the network runs on the processor");

    List<String> wrong = new ArrayList<>(clusterMode());
    wrong.addAll(job("NightlyJob", workdir, backbone, "nowhere.conf"));
    exitCode(cluster.submit(log, wrong));
    assertThat(cluster.stateOfLastDriver()).isEqualTo("FAILED");
    assertThat(cluster.logsOfWorkers())
        .contains("headgraft: There is no configuration file nowhere.conf");
  }

  @Test
  void killedExecutorsAndDriversLoseNoRow() throws Exception {
    Path workdir = folder.resolve("killed-work");
    Path log = folder.resolve("killed.log");
    List<String> arguments =
        new ArrayList<>(job("ExtractFeaturesJob", workdir, backbone, configuration));
    arguments.addAll(List.of("--set", "features.chunk=4"));
    Process driver = cluster.submit(log, arguments);
    try {
      awaitCommit(workdir, 1, driver, log);
      assertThat(cluster.killAnExecutor()).isTrue();
      // The others and the one that takes its place go on.
      awaitCommit(workdir, 3, driver, log);
    } finally {
      driver.destroyForcibly();
    }
    assertThat(exitCode(driver)).isNotZero();
    assertThat(features(workdir)).hasSizeBetween(1, ROWS - 1);

    assertThat(exitCode(cluster.submit(log, arguments)))
        .as(() -> StandaloneCluster.read(log))
        .isZero();
    assertThat(features(workdir)).isEqualTo(expected);
    assertThat(StandaloneCluster.read(log))
        .contains("that process has ended without giving it back");
  }

  private static List<String> clusterMode() {
    return List.of(
        "--deploy-mode", "cluster", "--conf", "spark.standalone.submit.waitAppCompletion=true");
  }

  private static List<String> job(String job, Path workdir, Object network, Object settings) {
    return List.of(
        "--class",
        "io.headgraft.jobs." + job,
        JAR.toString(),
        "--backbone",
        network.toString(),
        "--config",
        settings.toString(),
        "--data",
        photos.toString(),
        "--workdir",
        workdir.toString());
  }

  private static int exitCode(Process process) throws InterruptedException {
    if (!process.waitFor(10, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("It has not ended after ten minutes");
    }
    return process.exitValue();
  }

  private static void awaitCommit(Path workdir, int commit, Process driver, Path log)
      throws InterruptedException {
    Path file = workdir.resolve("features/_delta_log/%020d.json".formatted(commit));
    while (!Files.exists(file)) {
      if (!driver.isAlive()) {
        throw new AssertionError("It ended without " + file + ":\n" + StandaloneCluster.read(log));
      }
      Thread.sleep(20);
    }
  }

  /** All rows of the cache by their keys, each once. */
  private static Map<String, List<Float>> features(Path workdir) {
    FeatureCache cache = new FeatureCache(spark, workdir.toString());
    return cache.rows(cache.version()).collectAsList().stream()
        .collect(
            toMap(
                row ->
                    String.join(
                        " ",
                        row.<String>getAs("pipeline"),
                        row.<String>getAs("image_id"),
                        row.<Integer>getAs("variant").toString(),
                        row.<String>getAs("augmentation")),
                row -> List.copyOf(row.<Float>getList(row.fieldIndex("feature"))),
                (a, b) -> {
                  throw new AssertionError("A row is there twice in " + workdir);
                },
                TreeMap::new));
  }

  private static JsonNode record(Path workdir) throws IOException {
    ObjectMapper json = new ObjectMapper();
    String run = json.readTree(workdir.resolve("champion.json").toFile()).path("run").asText();
    return json.readTree(workdir.resolve("runs/" + run + "/run.json").toFile());
  }

  private static String logs() {
    try {
      return cluster.logsOfWorkers();
    } catch (IOException e) {
      return e.toString();
    }
  }
}
