package io.headgraft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headgraft.dataset.DatasetFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoresTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "s3a://bucket/folder:1/a@b.jpg",
        "hdfs://namenode:8020/photos@home",
        "abfs://container@account/photos",
        "/photos/me@home: 1.jpg",
        "emit.training.epochs={ default = 20, set = [5, 20, 100] }"
      })
  void whatHoldsNoPasswordIsTaken(String text) {
    Stores.requireNoSecrets(text);
  }

  @Test
  void onlyS3IsAnObjectStore() {
    assertThat(Stores.isObjectStore(URI.create("S3A://bucket/photos"))).isTrue();
    assertThat(Stores.isObjectStore(URI.create("hdfs://namenode/photos"))).isFalse();
    assertThat(Stores.isObjectStore(URI.create("/photos"))).isFalse();
  }

  /** A run that goes on without it would train on less, and say nothing. */
  @Test
  void aPhotoThatS3DoesNotDeliverIsNotRejected() {
    IOException cut = new IOException("Connection reset");

    assertThatThrownBy(() -> DatasetFiles.reason("s3a://bucket/cat/1.jpg", cut))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessage("s3a://bucket/cat/1.jpg cannot be read, try again later: Connection reset");
    assertThat(DatasetFiles.reason("s3a://bucket/cat/1.jpg", new FileNotFoundException("gone")))
        .isEqualTo("gone");
    assertThat(DatasetFiles.reason("file:/photos/cat/1.jpg", cut)).isEqualTo("Connection reset");
  }

  @Test
  void whatIsNotOfS3IsToldAsItIs() {
    assertThat(Stores.reason(new IOException("No space left\non device")))
        .isEqualTo("No space left");
    assertThat(Stores.failure(new IllegalStateException(new IOException("full")))).isEmpty();
  }
}
