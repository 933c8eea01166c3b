package io.headgraft.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headgraft.coreml.proto.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data, backbone and work directory on S3. bench/README.md says how the same is done with real
 * photos and weights, and more faults.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3NightlyTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BUCKET = "photos-of-headgraft";

  /** How many requests have to fail before the comparison is believed. */
  private static final int FAULTS = Integer.getInteger("headgraft.s3.faults", 15);

  private Path root;
  private S3Server s3;
  private Night first;
  private Night second;

  /** How a process that ran the whole chain has ended. */
  private record Night(int exitCode, String out, String err) {}

  @BeforeAll
  void twoNightsStartAtOnce(@TempDir Path folder) throws Exception {
    root = folder;
    s3 = S3Server.start(root, BUCKET);
    s3.put(photos(), BUCKET, "photos");
    s3.put(backbone(), BUCKET, "backbone.mlmodel");
    Path events = Files.createDirectory(root.resolve("events"));
    List<String> options = new ArrayList<>(S3Server.javaOptions(s3.endpoint()));
    options.add("-Dspark.eventLog.enabled=true");
    options.add("-Dspark.eventLog.dir=" + events.toUri());
    try (HeadgraftProcess one = nightly("first", options, "calm");
        HeadgraftProcess two = nightly("second", options, "calm")) {
      first = ended(one);
      second = ended(two);
    }
  }

  @AfterAll
  void stop() {
    s3.close();
  }

  private Path photos() {
    String given = System.getProperty("headgraft.s3.photos");
    return given == null ? CommandLineFixture.twoLabels(root.resolve("photos")) : Path.of(given);
  }

  private Path backbone() throws IOException {
    String given = System.getenv("HEADGRAFT_BACKBONE");
    return System.getProperty("headgraft.s3.photos") == null || given == null
        ? CommandLineFixture.untrainedBackbone(root)
        : Path.of(given);
  }

  @Test
  void oneOfThemWritesAndTheOtherLeaves() throws IOException {
    assertThat(List.of(first.exitCode(), second.exitCode()))
        .as(first.err() + second.err())
        .containsExactlyInAnyOrder(0, 3);
    Night loser = first.exitCode() == 3 ? first : second;
    assertThat(loser.err())
        .contains(
            "headgraft: s3a://%s/calm is written by 'headgraft nightly' on ".formatted(BUCKET));
    assertThat(names(s3.files(BUCKET + "/calm/lease"))).isEmpty();
    assertThat(names(s3.files(BUCKET + "/calm/runs"))).hasSize(1);
    JsonNode champion = JSON.readTree(s3.files(BUCKET + "/calm/champion.json").toFile());
    assertThat(champion.at("/run").asText()).isEqualTo(run("calm"));
    // Its photos came from S3 as well.
    assertThat(Files.readString(report("calm"))).contains("data:image/jpeg;base64,");
  }

  @Test
  void nothingThatIsWrittenHoldsTheSecret() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      List<Path> written =
          files
              .filter(Files::isRegularFile)
              .filter(file -> !file.getFileName().toString().equals("s3proxy.conf"))
              .toList();
      assertThat(written)
          .anyMatch(file -> file.endsWith("run.json"))
          .anyMatch(file -> file.endsWith("stderr"))
          .anyMatch(file -> file.startsWith(root.resolve("events")));
      assertThat(written).noneMatch(S3NightlyTest::holdsTheSecret);
    }
    // It was there to be found: S3A takes it from here.
    assertThat(Files.readString(root.resolve("events").resolve(events())))
        .contains("spark.hadoop.fs.s3a.endpoint", "Hadoop Properties");
  }

  private String events() throws IOException {
    return names(root.resolve("events")).get(0);
  }

  private static boolean holdsTheSecret(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
          .contains(S3Server.SECRET);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anObjectThatIsUploadedAgainIsNotReadAgain() throws Exception {
    Path photo;
    try (Stream<Path> files = Files.walk(photos())) {
      photo = files.filter(Files::isRegularFile).min(Comparator.naturalOrder()).orElseThrow();
    }
    s3.put(photo, BUCKET, "photos/" + photos().relativize(photo));

    List<Object> args = new ArrayList<>(List.of("extract", "--data", uri("photos")));
    args.addAll(List.of("--workdir", uri("calm"), "--backbone", uri("backbone.mlmodel")));
    args.addAll(List.of("--master", "local[2]", "--set", "augment.variants=[horizontal-flip]"));
    try (HeadgraftProcess extract =
        start("extract", S3Server.javaOptions(s3.endpoint()), args.toArray())) {
      Night done = ended(extract);
      assertThat(done.exitCode()).as(done.err()).isZero();
      assertThat(done.out())
          .matches("(?s)[\\d,]+ files, 0 of them read; 0 rows of features extracted, .*");
    }
  }

  @Test
  void whatFailsOnTheWayChangesNothing() throws Exception {
    int faults = 0;
    for (int round = 0; faults < FAULTS; round++) {
      String workdir = "faulty-" + round;
      try (FaultyProxy proxy = new FaultyProxy(s3.endpoint(), 0.1, 20 + round);
          HeadgraftProcess nightly =
              nightly(workdir, S3Server.javaOptions(proxy.endpoint()), workdir)) {
        Night night = ended(nightly);
        assertThat(night.exitCode()).as(night.err()).isZero();
        faults += proxy.faults().values().stream().mapToInt(Integer::intValue).sum();
        System.out.println(
            "S3 faults: %s of %,d requests".formatted(proxy.faults(), proxy.requests()));
      }
      assertSame("calm", workdir);
    }
  }

  private void assertSame(String calm, String faulty) throws IOException {
    assertThat(features(faulty)).isEqualTo(features(calm)).doesNotHaveDuplicates();
    assertThat(keys(features(faulty))).doesNotHaveDuplicates();
    for (String head : List.of("lbfgs", "sgd")) {
      assertThat(head(faulty, head)).isEqualTo(head(calm, head));
    }
    for (String model : List.of("classifier", "empty", "knn")) {
      assertThat(model(faulty, model)).isEqualTo(model(calm, model));
    }
    for (String lost : List.of("/features/extracted", "/features/rejected", "/dataset/images")) {
      assertThat(record(faulty).at(lost)).as(lost).isEqualTo(record(calm).at(lost));
    }
    assertThat(names(s3.files(BUCKET + "/" + faulty + "/lease"))).isEmpty();
    // Neither temporary files nor folders that were to be moved.
    assertThat(names(s3.files(BUCKET + "/" + faulty)))
        .containsExactlyInAnyOrder("champion.json", "dataset", "features", "lease", "runs");
    assertThat(names(s3.files("%s/%s/runs/%s".formatted(BUCKET, faulty, run(faulty)))))
        .containsExactlyInAnyOrder(
            "heads", "models", "rejected.jsonl", "report.html", "report.json", "run.json");
  }

  /** All rows, with all bits of the features. */
  private List<String> features(String workdir) {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "localhost")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .getOrCreate()) {
      return spark
          .read()
          .format("delta")
          .load(s3.files(BUCKET + "/" + workdir + "/features").toString())
          .select("pipeline", "image_id", "variant", "augmentation", "feature")
          .collectAsList()
          .stream()
          .map(Row::json)
          .sorted()
          .toList();
    }
  }

  private static List<String> keys(List<String> rows) throws IOException {
    List<String> keys = new ArrayList<>();
    for (String row : rows) {
      JsonNode json = JSON.readTree(row);
      keys.add(json.at("/pipeline") + " " + json.at("/image_id") + " " + json.at("/variant"));
    }
    return keys;
  }

  private String head(String workdir, String name) throws IOException {
    String run = run(workdir);
    Path file = s3.files("%s/%s/runs/%s/heads/%s.json".formatted(BUCKET, workdir, run, name));
    return Files.readString(file)
        .replace(run, "RUN")
        .replaceFirst("\"seconds\" : [0-9.E-]+", "\"seconds\" : 0");
  }

  /** But for the metadata, which name the run. */
  private Model model(String workdir, String name) throws IOException {
    Path file =
        s3.files("%s/%s/runs/%s/models/%s.mlmodel".formatted(BUCKET, workdir, run(workdir), name));
    Model.Builder model = Model.parseFrom(Files.readAllBytes(file)).toBuilder();
    model.getDescriptionBuilder().clearMetadata();
    return model.build();
  }

  private JsonNode record(String workdir) throws IOException {
    return JSON.readTree(
        s3.files("%s/%s/runs/%s/run.json".formatted(BUCKET, workdir, run(workdir))).toFile());
  }

  private Path report(String workdir) throws IOException {
    return s3.files("%s/%s/runs/%s/report.html".formatted(BUCKET, workdir, run(workdir)));
  }

  private String run(String workdir) throws IOException {
    List<String> runs = names(s3.files(BUCKET + "/" + workdir + "/runs"));
    assertThat(runs).hasSize(1);
    return runs.get(0);
  }

  private static List<String> names(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private HeadgraftProcess nightly(String name, List<String> javaOptions, String workdir)
      throws IOException {
    List<Object> args = new ArrayList<>(List.of("nightly", "--data", uri("photos")));
    args.addAll(List.of("--workdir", uri(workdir), "--backbone", uri("backbone.mlmodel")));
    args.addAll(List.of("--master", "local[2]", "--set", "augment.variants=[horizontal-flip]"));
    args.addAll(List.of("--set", "head.names=[lbfgs, sgd]", "--set", "head.sgd.epochs=3"));
    args.addAll(List.of("--set", "head.learning-curve=[]", "--set", "features.chunk=512"));
    args.addAll(List.of("--set", "personalize.forecast=false"));
    return start(name, javaOptions, args.toArray());
  }

  private HeadgraftProcess start(String name, List<String> javaOptions, Object... args)
      throws IOException {
    return HeadgraftProcess.start(
        Files.createDirectory(root.resolve(name)), S3Server.environment(), javaOptions, args);
  }

  private static Night ended(HeadgraftProcess process) throws IOException, InterruptedException {
    return new Night(process.exitCode(), process.stdout(), process.stderr());
  }

  private static String uri(String path) {
    return "s3a://" + BUCKET + "/" + path;
  }
}
