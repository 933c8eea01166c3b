package io.headgraft.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.amazonaws.SdkClientException;
import io.headgraft.ExitCode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.s3a.AWSClientIOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said when S3 cannot be used: where, why, and what to do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3ErrorsTest {

  private static final String BUCKET = "errors-of-headgraft";

  private Path root;
  private S3Server s3;
  private int processes;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    root = folder;
    s3 = S3Server.start(root, BUCKET);
  }

  @AfterAll
  void stop() {
    s3.close();
  }

  @Test
  void aBucketThatIsNotThere() throws Exception {
    assertRefused(
        S3Server.environment(),
        s3.endpoint(),
        "s3a://no-bucket-of-headgraft/work",
        "headgraft: s3a://no-bucket-of-headgraft/work/runs cannot be read: there is no such bucket: create it, or correct the URI (");
  }

  @Test
  void aFolderWithoutRuns() throws Exception {
    assertRefused(
        S3Server.environment(),
        s3.endpoint(),
        "s3a://%s/work".formatted(BUCKET),
        "headgraft: s3a://%s/work holds no runs".formatted(BUCKET));
  }

  @Test
  void credentialsThatAreWrong() throws Exception {
    Map<String, String> wrong = new HashMap<>(S3Server.environment());
    wrong.put("AWS_SECRET_ACCESS_KEY", "another");
    assertRefused(
        wrong,
        s3.endpoint(),
        "s3a://%s/work".formatted(BUCKET),
        "headgraft: s3a://%s/work/runs cannot be read: access is denied: the credentials that were found are wrong, or do not allow this ("
            .formatted(BUCKET));
  }

  @Test
  void noCredentials() throws Exception {
    assertRefused(
        Map.of("AWS_EC2_METADATA_DISABLED", "true"),
        s3.endpoint(),
        "s3a://%s/work".formatted(BUCKET),
        "headgraft: s3a://%s/work/runs cannot be read: no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or use another provider of fs.s3a.aws.credentials.provider ("
            .formatted(BUCKET));
  }

  @Test
  void anEndpointThatDoesNotAnswer() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertRefused(
        S3Server.environment(),
        URI.create("http://127.0.0.1:" + port),
        "s3a://%s/work".formatted(BUCKET),
        "headgraft: s3a://%s/work/runs cannot be read: the store cannot be reached: check spark.hadoop.fs.s3a.endpoint and the network ("
            .formatted(BUCKET),
        // Its patience is not what is tested.
        "-Dspark.hadoop.fs.s3a.attempts.maximum=2",
        "-Dspark.hadoop.fs.s3a.retry.limit=1");
  }

  /** As Delta and Spark pass it on, in the middle of a run. */
  @Test
  void whatFailsBehindSparkIsS3sFault() {
    Exception failure =
        new IllegalStateException(
            "Job aborted",
            new AWSClientIOException(
                "PUT",
                new SdkClientException("Unable to execute", new ConnectException("refused"))));

    assertThat(Main.known(failure).exitCode()).isEqualTo(ExitCode.UNUSABLE);
    assertThat(Main.known(failure))
        .hasMessageStartingWith(
            "S3 failed, and did so again when it was tried again; what was committed is kept: the store cannot be reached: check spark.hadoop.fs.s3a.endpoint and the network (PUT: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3a://AKIDHEADGRAFT:hunter2@bucket/work",
        "S3A://AKIDHEADGRAFT:hunt/hunter2@bucket/work",
        "s3n://hunter2@bucket/work",
        "--workdir=s3a://AKIDHEADGRAFT:hunter2@bucket/work",
        "hdfs://user:hunter2@namenode:8020/work"
      })
  void aUriWithAPasswordIsNotRepeated(String uri) {
    CommandLineFixture.Outcome outcome =
        uri.startsWith("--")
            ? CommandLineFixture.headgraft("runs", uri)
            : CommandLineFixture.headgraft("runs", "--workdir", uri);

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .matches(
            "headgraft: (s3a|S3A|s3n|hdfs)://… holds a password: leave it out, and give it by the environment .*\n");
    assertThat(outcome.err() + outcome.out()).doesNotContain("hunter2");
  }

  private void assertRefused(
      Map<String, String> environment,
      URI endpoint,
      String workdir,
      String message,
      String... javaOptions)
      throws IOException, InterruptedException {
    List<String> options = new ArrayList<>(S3Server.javaOptions(endpoint));
    options.addAll(List.of(javaOptions));
    Path folder = Files.createDirectory(root.resolve("process" + processes++));
    try (HeadgraftProcess runs =
        HeadgraftProcess.start(folder, environment, options, "runs", "--workdir", workdir)) {
      assertThat(runs.exitCode()).as(runs.stderr()).isEqualTo(3);
      assertThat(runs.stderr()).startsWith(message);
      assertThat(runs.stderr().lines()).hasSize(1);
      assertThat(runs.stderr()).doesNotContain(S3Server.SECRET);
    }
  }
}
