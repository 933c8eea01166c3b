package io.headgraft.jobs;

import com.amazonaws.auth.AWSStaticCredentialsProvider;
import com.amazonaws.auth.BasicAWSCredentials;
import com.amazonaws.client.builder.AwsClientBuilder.EndpointConfiguration;
import com.amazonaws.services.s3.AmazonS3;
import com.amazonaws.services.s3.AmazonS3ClientBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A real S3 server, S3Proxy, on loopback and in a process of its own. What it holds lies as plain
 * files in a folder, a folder a bucket.
 */
final class S3Server implements AutoCloseable {

  /** No part of any other text, so that it can be looked for. */
  static final String SECRET = "wJalrXUtnFEMIbPxRfiCYHEADGRAFT";

  private static final String ID = "AKIDHEADGRAFT";
  private static final Pattern PORT =
      Pattern.compile("ServerConnector@.*\\{127\\.0\\.0\\.1:(\\d+)}");
  private static final Path JAR =
      Path.of(System.getProperty("headgraft.root"), "jobs/target/s3-server/s3proxy.jar");

  private final Process process;
  private final Path buckets;
  private final URI endpoint;

  private S3Server(Process process, Path buckets, URI endpoint) {
    this.process = process;
    this.buckets = buckets;
    this.endpoint = endpoint;
  }

  /** Starts it with one bucket. */
  static S3Server start(Path folder, String bucket) throws IOException, InterruptedException {
    Path buckets = folder.resolve("buckets");
    Files.createDirectories(buckets.resolve(bucket));
    Path properties = folder.resolve("s3proxy.conf");
    Files.write(
        properties,
        List.of(
            "s3proxy.endpoint=http://127.0.0.1:0",
            "s3proxy.authorization=aws-v2-or-v4",
            "s3proxy.identity=" + ID,
            "s3proxy.credential=" + SECRET,
            "jclouds.provider=filesystem-nio2",
            "jclouds.filesystem.basedir=" + buckets));
    Path log = folder.resolve("s3proxy.log");
    ProcessBuilder builder =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                JAR.toString(),
                "--properties",
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("LC_ALL", "C.UTF-8");
    Process process = builder.start();
    return new S3Server(process, buckets, URI.create("http://127.0.0.1:" + port(process, log)));
  }

  private static String port(Process process, Path log) throws IOException, InterruptedException {
    while (true) {
      Matcher found = PORT.matcher(Files.readString(log));
      if (found.find()) {
        return found.group(1);
      }
      if (!process.isAlive()) {
        throw new AssertionError("S3Proxy has ended:\n" + Files.readString(log));
      }
      Thread.sleep(50);
    }
  }

  URI endpoint() {
    return endpoint;
  }

  /** The files of a bucket, or below one of its folders. */
  Path files(String path) {
    return buckets.resolve(path);
  }

  /** Puts a file, or all files of a folder, where their names follow the key. */
  void put(Path from, String bucket, String key) throws IOException {
    AmazonS3 client = client();
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = from.relativize(file).toString();
        client.putObject(bucket, name.isEmpty() ? key : key + "/" + name, file.toFile());
      }
    } finally {
      client.shutdown();
    }
  }

  private AmazonS3 client() {
    return AmazonS3ClientBuilder.standard()
        .withEndpointConfiguration(new EndpointConfiguration(endpoint.toString(), "us-east-1"))
        .withPathStyleAccessEnabled(true)
        .withCredentials(new AWSStaticCredentialsProvider(new BasicAWSCredentials(ID, SECRET)))
        .build();
  }

  /** Where S3A's provider chain finds the credentials. */
  static Map<String, String> environment() {
    return Map.of("AWS_ACCESS_KEY_ID", ID, "AWS_SECRET_ACCESS_KEY", SECRET);
  }

  /** What a process needs to reach a server of one's own, directly or through a proxy. */
  static List<String> javaOptions(URI endpoint) {
    return List.of(
        "-Dspark.hadoop.fs.s3a.endpoint=" + endpoint,
        "-Dspark.hadoop.fs.s3a.path.style.access=true");
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
