package io.headgraft.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.HeadgraftException;
import io.headgraft.run.Lease;
import io.headgraft.run.LeaseOptions;
import io.headgraft.run.WorkDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a work directory promises, on S3, where to move is to copy and to delete. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3WorkDirectoryTest {

  private static final String BUCKET = "workdir-of-headgraft";
  private static final LeaseOptions NO_WAIT =
      new LeaseOptions(Duration.ZERO, Duration.ofSeconds(60));

  private S3Server s3;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    s3 = S3Server.start(folder, BUCKET);
  }

  @AfterAll
  void stop() {
    s3.close();
  }

  @Test
  void aFileIsPutAtOnceAndReadersSeeItWholeWhileItIsReplaced() throws IOException {
    WorkDirectory workdir = open("replaced");
    workdir.write("champion.json", text(0));
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < 40; i++) {
                    workdir.write("champion.json", text(i % 10));
                  }
                })
            .whenComplete((nothing, failure) -> done.set(true));

    while (!done.get()) {
      assertThat(new String(workdir.read("champion.json"), StandardCharsets.UTF_8))
          .matches("([0-9])\\1{4999}");
    }
    writer.join();
    assertThat(files("replaced")).containsExactly("champion.json");
  }

  private static byte[] text(int digit) {
    return String.valueOf(digit).repeat(5000).getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aFolderTakesThePlaceOfAnother() throws IOException {
    WorkDirectory workdir = open("folders");
    workdir.write("run/models/old", new byte[] {1});
    workdir.write("run/models/package/both", new byte[] {1});
    workdir.write("run/new/package/both", new byte[] {2});
    workdir.write("run/new/file", new byte[] {2});

    workdir.replaceFolder("run/models", "run/new");

    assertThat(files("folders"))
        .containsExactlyInAnyOrder("run/models/file", "run/models/package/both");
    assertThat(workdir.read("run/models/file")).containsExactly(2);
    assertThat(workdir.read("run/models/package/both")).containsExactly(2);
  }

  @Test
  void whatWasKilledWhileItCopiedIsDoneByTheNext() throws IOException {
    WorkDirectory workdir = open("killed/copying");
    workdir.write("run/models/old", new byte[] {1});
    workdir.write("run/models/a", new byte[] {2});
    workdir.write("run/models/b", new byte[] {1});
    workdir.write("run/new/a", new byte[] {2});
    workdir.write("run/new/b", new byte[] {2});
    assertFinished(workdir, "killed/copying");
  }

  @Test
  void whatWasKilledWhileItDeletedIsDoneByTheNext() throws IOException {
    WorkDirectory workdir = open("killed/deleting");
    workdir.write("run/models/a", new byte[] {2});
    workdir.write("run/models/b", new byte[] {2});
    workdir.write("run/new/b", new byte[] {2});
    assertFinished(workdir, "killed/deleting");
  }

  private void assertFinished(WorkDirectory workdir, String name) throws IOException {
    workdir.write(
        "replacement.json",
        Map.of("folder", "run/models", "by", "run/new", "names", List.of("a", "b")));

    Lease.acquire(workdir, "test", NO_WAIT, warning -> {}).close();

    assertThat(files(name)).containsExactlyInAnyOrder("run/models/a", "run/models/b");
    assertThat(workdir.read("run/models/a")).containsExactly(2);
    assertThat(workdir.read("run/models/b")).containsExactly(2);
  }

  @Test
  void oneAtATimeWrites() {
    WorkDirectory workdir = open("lease");
    List<String> warnings = new ArrayList<>();
    try (Lease first = Lease.acquire(workdir, "first", NO_WAIT, warnings::add)) {
      assertThatThrownBy(() -> Lease.acquire(open("lease"), "second", NO_WAIT, warnings::add))
          .hasMessageStartingWith(
              "s3a://%s/lease is written by 'headgraft first' on ".formatted(BUCKET));
      first.check();
    }
    Lease.acquire(workdir, "third", NO_WAIT, warnings::add).close();
    assertThat(warnings).isEmpty();
  }

  /** Hadoop takes an object for empty of which it was not told the length. */
  @Test
  void aFileIsReadWholeOrNotAtAll() throws IOException {
    open("faulty").write("file", text(1));
    try (FaultyProxy proxy = new FaultyProxy(s3.endpoint(), 0.6, 7)) {
      WorkDirectory workdir = WorkDirectory.open(uri("faulty"), impatient(proxy.endpoint()));
      int whole = 0;
      for (int i = 0; i < 100; i++) {
        try {
          assertThat(workdir.read("file")).hasSize(5000).isEqualTo(text(1));
          whole++;
        } catch (HeadgraftException e) {
          assertThat(e).hasMessageContaining("file cannot be read");
        }
      }
      assertThat(whole).isBetween(1, 99);
    }
  }

  /** Gives up soon. */
  private static Configuration impatient(URI endpoint) {
    Configuration hadoop = hadoop(endpoint);
    hadoop.set("fs.s3a.impl.disable.cache", "true");
    hadoop.set("fs.s3a.attempts.maximum", "1");
    hadoop.set("fs.s3a.retry.limit", "1");
    hadoop.set("fs.s3a.retry.interval", "1ms");
    hadoop.set("fs.s3a.retry.throttle.interval", "1ms");
    return hadoop;
  }

  private WorkDirectory open(String name) {
    return WorkDirectory.open(uri(name), hadoop(s3.endpoint()));
  }

  private static String uri(String name) {
    return "s3a://%s/%s".formatted(BUCKET, name);
  }

  private static Configuration hadoop(URI endpoint) {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.s3a.endpoint", endpoint.toString());
    hadoop.set("fs.s3a.path.style.access", "true");
    hadoop.set("fs.s3a.directory.marker.retention", "keep");
    Map<String, String> environment = S3Server.environment();
    hadoop.set("fs.s3a.access.key", environment.get("AWS_ACCESS_KEY_ID"));
    hadoop.set("fs.s3a.secret.key", environment.get("AWS_SECRET_ACCESS_KEY"));
    return hadoop;
  }

  /** The objects below a name, but for those that stand for folders. */
  private List<String> files(String name) throws IOException {
    Path folder = s3.files(BUCKET + "/" + name);
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .toList();
    }
  }
}
