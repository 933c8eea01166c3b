package io.headgraft.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeAnswersTest {

  private static final String BUCKET = "answers-of-headgraft";
  private static final byte[] OBJECT = "a commit of a table".getBytes(StandardCharsets.US_ASCII);

  @Test
  void anAnswerThatIsCutAmongItsHeadersIsNoEmptyObject(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("object"), OBJECT);
    try (S3Server s3 = S3Server.start(folder.resolve("s3"), BUCKET)) {
      s3.put(file, BUCKET, "object");
      try (FaultyProxy proxy = new FaultyProxy(s3.endpoint(), 0.3, 1);
          FileSystem store = store(proxy.endpoint())) {
        org.apache.hadoop.fs.Path object =
            new org.apache.hadoop.fs.Path("s3a://%s/object".formatted(BUCKET));
        for (int i = 0; i < 60; i++) {
          assertThat(read(store, object)).isEqualTo(OBJECT);
        }
        assertThat(proxy.faults()).containsKey(FaultyProxy.Fault.CUT_ANSWER);
      }
    }
  }

  private static byte[] read(FileSystem store, org.apache.hadoop.fs.Path object)
      throws IOException {
    try (InputStream in = store.open(object)) {
      return in.readAllBytes();
    }
  }

  private static FileSystem store(URI endpoint) throws IOException {
    Configuration hadoop = SparkOptions.hadoop();
    Map<String, String> keys = S3Server.environment();
    hadoop.set("fs.s3a.access.key", keys.get("AWS_ACCESS_KEY_ID"));
    hadoop.set("fs.s3a.secret.key", keys.get("AWS_SECRET_ACCESS_KEY"));
    hadoop.set("fs.s3a.endpoint", endpoint.toString());
    hadoop.set("fs.s3a.path.style.access", "true");
    hadoop.set("fs.s3a.retry.limit", "7");
    hadoop.set("fs.s3a.retry.interval", "10ms");
    return FileSystem.newInstance(URI.create("s3a://" + BUCKET), hadoop);
  }
}
