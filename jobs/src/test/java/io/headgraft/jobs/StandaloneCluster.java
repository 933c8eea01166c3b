package io.headgraft.jobs;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A Spark cluster of one master and two workers of one core and one GPU each, which is none: every
 * one of them a process of its own, of Spark's own classes.
 */
final class StandaloneCluster implements AutoCloseable {

  /** What the workers take for the address of their GPU. */
  static final String GPU = "7";

  private static final Path ROOT = Path.of(System.getProperty("headgraft.root"));
  private static final String HOST = "127.0.0.1";
  private static final int WORKERS = 2;
  private static final String EXECUTOR = "CoarseGrainedExecutorBackend";

  private final Path folder;
  private final Path home;
  private final String url;
  private final URI page;
  private final List<Process> daemons = new ArrayList<>();

  private StandaloneCluster(Path folder) throws IOException {
    this.folder = folder;
    this.home = ROOT.resolve("jobs/target/spark-home");
    int port = freePort();
    int pagePort = freePort();
    this.url = "spark://%s:%d".formatted(HOST, port);
    this.page = URI.create("http://%s:%d/json/".formatted(HOST, pagePort));
    run(List.of(ROOT.resolve("bench/spark-home").toString(), home.toString()));
    startDaemon(
        "master",
        Map.of(),
        "org.apache.spark.deploy.master.Master --host %s --port %d --webui-port %d"
            .formatted(HOST, port, pagePort));
    for (int i = 1; i <= WORKERS; i++) {
      startWorker("worker-" + i);
    }
  }

  /** Starts a cluster, all of whose files lie in a folder. */
  static StandaloneCluster start(Path folder) throws IOException, InterruptedException {
    StandaloneCluster cluster = new StandaloneCluster(Files.createDirectories(folder));
    // Also where the build is broken off.
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close));
    try {
      cluster.awaitWorkers();
      return cluster;
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private void startWorker(String name) throws IOException {
    Path script = folder.resolve("gpus-of-" + name);
    Files.writeString(
        script, "#!/bin/sh\necho '{\"name\": \"gpu\", \"addresses\": [\"" + GPU + "\"]}'\n");
    script.toFile().setExecutable(true);
    startDaemon(
        name,
        Map.of(
            "SPARK_WORKER_OPTS",
            "-Dspark.worker.resource.gpu.amount=1 -Dspark.worker.resource.gpu.discoveryScript="
                + script),
        "org.apache.spark.deploy.worker.Worker --host %s --cores 1 --memory 2g --webui-port %d --work-dir %s %s"
            .formatted(HOST, freePort(), folder.resolve(name), url));
  }

  private void startDaemon(String name, Map<String, String> environment, String command)
      throws IOException {
    List<String> words = new ArrayList<>(List.of(home.resolve("bin/spark-class").toString()));
    words.addAll(List.of(command.split(" ")));
    ProcessBuilder builder = builder(words, folder.resolve(name + ".log"));
    builder.environment().putAll(environment);
    daemons.add(builder.start());
  }

  private ProcessBuilder builder(List<String> command, Path log) {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder
        .environment()
        .putAll(
            Map.of(
                "SPARK_HOME",
                home.toString(),
                "SPARK_LOCAL_IP",
                HOST,
                "SPARK_DAEMON_MEMORY",
                "256m",
                // A short life: compiling Java a second time would take most of it.
                "JAVA_TOOL_OPTIONS",
                "-XX:TieredStopAtLevel=1",
                "LC_ALL",
                "C.UTF-8"));
    return builder;
  }

  /** Starts spark-submit, as users do. */
  Process submit(Path log, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin/spark-submit").toString());
    command.addAll(List.of("--master", url));
    command.addAll(
        List.of("--properties-file", ROOT.resolve("conf/spark-defaults.conf").toString()));
    // A short life: compiling Spark's queries would take most of it.
    for (String setting :
        List.of(
            "spark.sql.codegen.wholeStage=false",
            "spark.sql.codegen.factoryMode=NO_CODEGEN",
            "spark.sql.shuffle.partitions=2",
            "spark.databricks.delta.snapshotPartitions=2",
            "spark.executor.memory=768m",
            "spark.driver.memory=768m",
            "spark.scheduler.minRegisteredResourcesRatio=1.0")) {
      command.addAll(List.of("--conf", setting));
    }
    command.addAll(arguments);
    return builder(command, log).start();
  }

  /** Kills an executor, and says whether there was one. */
  boolean killAnExecutor() {
    return executors().findFirst().map(ProcessHandle::destroyForcibly).orElse(false);
  }

  private Stream<ProcessHandle> executors() {
    return daemons.stream()
        .flatMap(Process::descendants)
        .filter(process -> process.info().commandLine().orElse("").contains(EXECUTOR));
  }

  /** What executors and drivers of the workers have logged, all together. */
  String logsOfWorkers() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.endsWith("stderr"))
          .map(StandaloneCluster::read)
          .collect(joining("\n"));
    }
  }

  /** How the driver that came last in cluster mode has ended: FINISHED, FAILED. */
  String stateOfLastDriver() throws IOException, InterruptedException {
    JsonNode drivers = status().path("completeddrivers");
    String state = "";
    String newest = "";
    for (JsonNode driver : drivers) {
      if (driver.path("id").asText().compareTo(newest) > 0) {
        newest = driver.path("id").asText();
        state = driver.path("state").asText();
      }
    }
    return state;
  }

  private void awaitWorkers() throws IOException, InterruptedException {
    int alive = 0;
    while (alive < WORKERS) {
      for (Process daemon : daemons) {
        if (!daemon.isAlive()) {
          throw new AssertionError("A daemon has ended:\n" + logs());
        }
      }
      Thread.sleep(100);
      try {
        alive = status().path("aliveworkers").asInt();
      } catch (IOException e) {
        // It is not there yet.
      }
    }
  }

  private String logs() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .map(StandaloneCluster::read)
          .collect(joining("\n"));
    }
  }

  private JsonNode status() throws IOException, InterruptedException {
    return new ObjectMapper()
        .readTree(
            HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofByteArray())
                .body());
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void run(List<String> command) throws IOException {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      if (process.waitFor() != 0) {
        throw new AssertionError(command + " failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    for (Process daemon : daemons) {
      List<ProcessHandle> children = daemon.descendants().toList();
      daemon.destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
