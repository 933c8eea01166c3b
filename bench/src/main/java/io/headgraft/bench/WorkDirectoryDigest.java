package io.headgraft.bench;

import com.google.protobuf.CodedOutputStream;
import io.headgraft.Json;
import io.headgraft.Sha256;
import io.headgraft.coreml.proto.Metadata;
import io.headgraft.coreml.proto.Model;
import io.headgraft.features.FeatureCache;
import io.headgraft.head.Head;
import io.headgraft.run.Champion;
import io.headgraft.run.TrainedHead;
import io.headgraft.run.WorkDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What work directories hold, in digests that can be compared: one JSON line each. Left out is what
 * two equal runs differ in: their ids, the date, and the number of commits that their tables took.
 *
 * <p>Arguments: work directories whose champion was promoted.
 */
public final class WorkDirectoryDigest {

  private static final List<String> OF_THE_RUN =
      List.of(
          "io.headgraft.run", "io.headgraft.dataset", "io.headgraft.features", "io.headgraft.date");

  private WorkDirectoryDigest() {}

  /** Prints the lines. */
  public static void main(String[] args) throws IOException {
    try (SparkSession spark = LocalSpark.session()) {
      for (String workdir : args) {
        System.out.println(Json.line(of(spark, workdir)));
      }
    }
  }

  private static Map<String, Object> of(SparkSession spark, String workdir) throws IOException {
    WorkDirectory directory = WorkDirectory.withRuns(workdir, new Configuration());
    String run = "runs/" + Champion.of(directory).orElseThrow().run();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("workdir", workdir);
    addFeatures(facts, new FeatureCache(spark, directory.uri()));
    Map<String, String> heads = new TreeMap<>();
    for (String file : directory.list(run + "/heads")) {
      TrainedHead trained = directory.read(run + "/heads/" + file, TrainedHead.class);
      heads.put(
          file,
          Sha256.hex(
              (trained.pipeline() + Json.line(withoutSeconds(trained.head())))
                  .getBytes(StandardCharsets.UTF_8)));
    }
    facts.put("heads", heads);
    Map<String, String> models = new TreeMap<>();
    for (String file : directory.list(run + "/models")) {
      if (file.endsWith(".mlmodel")) {
        models.put(file, Sha256.hex(withoutRun(directory.read(run + "/models/" + file))));
      }
    }
    facts.put("models", models);
    facts.put("remains", remains(directory));
    return facts;
  }

  private static Head withoutSeconds(Head head) {
    return new Head(
        head.name(),
        head.labels(),
        head.standardization(),
        head.weights(),
        head.bias(),
        head.hyperparameters(),
        0);
  }

  private static void addFeatures(Map<String, Object> facts, FeatureCache cache) {
    Set<String> keys = new HashSet<>();
    List<String> rows = new ArrayList<>();
    for (Row row : cache.rows(cache.version()).collectAsList()) {
      String key = row.getAs("pipeline") + " " + row.getAs("image_id") + " " + row.getAs("variant");
      keys.add(key);
      rows.add(
          key
              + " "
              + row.getAs("augmentation")
              + " "
              + bits(row.getList(row.fieldIndex("feature"))));
    }
    rows.sort(null);
    MessageDigest digest = Sha256.begin();
    rows.forEach(row -> digest.update(row.getBytes(StandardCharsets.UTF_8)));
    facts.put("rows", rows.size());
    facts.put("distinct", keys.size());
    facts.put("features", HexFormat.of().formatHex(digest.digest()));
  }

  private static String bits(List<Float> feature) {
    ByteBuffer bits = ByteBuffer.allocate(Float.BYTES * feature.size());
    feature.forEach(bits::putFloat);
    return Sha256.hex(bits.array());
  }

  private static byte[] withoutRun(byte[] model) throws IOException {
    Model.Builder builder = Model.parseFrom(model).toBuilder();
    Metadata.Builder metadata = builder.getDescriptionBuilder().getMetadataBuilder();
    metadata.clearVersionString();
    OF_THE_RUN.forEach(metadata::removeUserDefined);
    Model neutral = builder.build();
    byte[] bytes = new byte[neutral.getSerializedSize()];
    CodedOutputStream output = CodedOutputStream.newInstance(bytes);
    output.useDeterministicSerialization();
    neutral.writeTo(output);
    output.checkNoSpaceLeft();
    return bytes;
  }

  /**
   * What killed runs have left behind: runs without a record, files that were not moved in place.
   */
  private static List<String> remains(WorkDirectory directory) {
    List<String> remains = new ArrayList<>();
    directory.list(".").stream().filter(name -> name.startsWith(".")).forEach(remains::add);
    directory.list("lease").forEach(name -> remains.add("lease/" + name));
    for (String run : directory.list("runs")) {
      List<String> files = directory.list("runs/" + run);
      if (!files.contains("run.json")) {
        remains.add("runs/" + run + ": " + String.join(" ", files));
      }
      files.stream()
          .filter(name -> name.startsWith(".") || name.equals("models-unchecked"))
          .forEach(name -> remains.add("runs/" + run + "/" + name));
    }
    return remains;
  }
}
