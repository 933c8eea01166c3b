package io.headgraft.dataset;

import io.headgraft.JobGroup;
import io.headgraft.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.security.DigestInputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** Reads files on the cluster to learn what they hold. */
final class ContentIndex {

  /**
   * What a file holds.
   *
   * @param imageId SHA-256 of its bytes, hexadecimal, or null if it cannot be read
   * @param error why it cannot be read, or null
   */
  record Content(String path, String imageId, String error) implements Serializable {}

  /**
   * A store takes longer to answer than a hash. With 16 tasks in a process these are as many as S3A
   * has connections for, and then some for others.
   */
  private static final int READS_A_TASK = 4;

  private ContentIndex() {}

  /** The contents of files, in the order of the paths. */
  static List<Content> read(SparkSession spark, List<String> paths) {
    if (paths.isEmpty()) {
      return List.of();
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(new SerializableConfiguration(spark.sessionState().newHadoopConf()));
    int slices = Math.max(1, Math.min(paths.size() / 32, context.defaultParallelism() * 8));
    List<Content> contents =
        new JobGroup(context.sc(), "list", "list: reading %,d new files".formatted(paths.size()))
            .run(
                () ->
                    context
                        .parallelize(paths, slices)
                        .mapPartitions(part -> contents(part, hadoop))
                        .collect());
    hadoop.destroy();
    return contents;
  }

  private static Iterator<Content> contents(
      Iterator<String> part, Broadcast<SerializableConfiguration> hadoop) throws IOException {
    List<String> names = new ArrayList<>();
    part.forEachRemaining(names::add);
    return ManyRequests.ask(names, READS_A_TASK, name -> content(name, hadoop)).iterator();
  }

  private static Content content(String name, Broadcast<SerializableConfiguration> hadoop) {
    return content(name, hadoop.value().value());
  }

  /** Reads one file here and now. */
  static Content content(String name, Configuration hadoop) {
    try (InputStream file = DatasetFiles.open(name, hadoop)) {
      return new Content(name, sha256(file), null);
    } catch (IOException e) {
      return new Content(name, null, DatasetFiles.reason(name, e));
    }
  }

  private static String sha256(InputStream file) throws IOException {
    DigestInputStream digest = new DigestInputStream(file, Sha256.begin());
    digest.transferTo(OutputStream.nullOutputStream());
    return HexFormat.of().formatHex(digest.getMessageDigest().digest());
  }
}
