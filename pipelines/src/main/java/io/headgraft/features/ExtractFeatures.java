package io.headgraft.features;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.headgraft.JobGroup;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.Split;
import io.headgraft.features.Networks.PackedBackbone;
import io.headgraft.image.Rejection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/** Extracts the features that the cache lacks, one commit a chunk of images. */
public final class ExtractFeatures {

  private static final StructType IMAGES =
      new StructType()
          .add("listed_id", DataTypes.StringType, false)
          .add("path", DataTypes.StringType, false)
          .add("variants", FeatureExtractor.VARIANTS, false);

  private static final int IMAGES_A_TASK = 32;

  /** Reasons that lie in the settings as much as in the image. */
  private static final Set<Rejection> LIMITS =
      Set.of(Rejection.TOO_MANY_BYTES, Rejection.TOO_MANY_PIXELS);

  private final SparkSession spark;
  private final FeatureCache cache;
  private final FeaturePipeline pipeline;
  private final int chunk;

  /**
   * What an extraction did.
   *
   * @param version of the feature cache
   * @param extracted rows that were computed
   * @param reused rows that were there
   * @param unread ids of images whose files could not be read, or had changed since they were
   *     listed
   */
  public record Result(
      long version, String pipeline, long extracted, long reused, Set<String> unread, Work work) {}

  /**
   * What its tasks did; a task that had to run again counts again.
   *
   * @param decoded images, each with all its variants
   * @param networksLoaded once a JVM, unless it had loaded the network before
   * @param rejected images, by reason
   */
  public record Work(long decoded, long networksLoaded, Map<Rejection, Long> rejected) {}

  /** What the tasks of all chunks share. */
  private record Shared(
      String fingerprint, Broadcast<PackedBackbone> backbone, ExtractionCounters counters) {}

  /** An image of which variants are to be computed. */
  private record Missing(String imageId, String path, List<Integer> variants) {}

  /**
   * Prepares an extraction.
   *
   * @param chunk images a commit, at least 1
   */
  public ExtractFeatures(
      SparkSession spark, FeatureCache cache, FeaturePipeline pipeline, int chunk) {
    this.spark = spark;
    this.cache = cache;
    this.pipeline = pipeline;
    this.chunk = chunk;
  }

  /** Extracts what the cache lacks of some images. */
  public Result run(List<LabelledImage> images, Progress progress) {
    return group("extract: %,d images, what the cache holds of them".formatted(images.size()))
        .run(() -> extract(images, progress));
  }

  private JobGroup group(String description) {
    return new JobGroup(spark.sparkContext(), "extract", description);
  }

  private Result extract(List<LabelledImage> images, Progress progress) {
    String fingerprint = pipeline.fingerprint();
    Map<String, Set<Integer>> cached = cache.variants(fingerprint);
    Set<String> rejected = new HashSet<>();
    // The limits may have been raised.
    cache.forget(fingerprint, LIMITS).forEach(image -> rejected.add(image.imageId()));
    List<Missing> missing = new ArrayList<>();
    long reused = 0;
    for (LabelledImage image : images) {
      if (rejected.contains(image.imageId())) {
        continue;
      }
      Set<Integer> there = cached.getOrDefault(image.imageId(), Set.of());
      List<Integer> wanted = variants(image.split());
      List<Integer> lacking = wanted.stream().filter(variant -> !there.contains(variant)).toList();
      reused += wanted.size() - lacking.size();
      if (!lacking.isEmpty()) {
        missing.add(new Missing(image.imageId(), image.path(), lacking));
      }
    }
    ExtractionCounters counters = ExtractionCounters.register(spark.sparkContext());
    long extracted = extractAll(missing, fingerprint, counters, progress);
    return new Result(
        cache.version(),
        fingerprint,
        extracted,
        reused,
        unread(missing, extracted, fingerprint),
        counters.work());
  }

  private long extractAll(
      List<Missing> missing, String fingerprint, ExtractionCounters counters, Progress progress) {
    if (missing.isEmpty()) {
      return 0;
    }
    long extracted = 0;
    Broadcast<PackedBackbone> backbone =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(PackedBackbone.of(pipeline.backbone()));
    Shared shared = new Shared(fingerprint, backbone, counters);
    try (ProgressListener listener =
        new ProgressListener(spark.sparkContext(), missing.size(), progress)) {
      for (int from = 0; from < missing.size(); from += chunk) {
        List<Missing> part = missing.subList(from, Math.min(missing.size(), from + chunk));
        extracted +=
            group(
                    "extract: %,d new images × %d variants"
                        .formatted(part.size(), pipeline.variantCount()))
                .run(() -> extract(part, shared, listener));
      }
    }
    return extracted;
  }

  private Set<String> unread(List<Missing> missing, long extracted, String fingerprint) {
    Set<String> unread = new HashSet<>();
    if (extracted < missing.stream().mapToInt(image -> image.variants().size()).sum()) {
      missing.forEach(image -> unread.add(image.imageId()));
      unread.removeAll(cache.variants(fingerprint).keySet());
      cache.rejected(fingerprint).forEach(image -> unread.remove(image.imageId()));
    }
    return unread;
  }

  /** Held-out images are measured as they are, never in variants. */
  private List<Integer> variants(Split split) {
    List<Integer> variants = new ArrayList<>(List.of(0));
    for (int i = 1; split == Split.TRAIN && i < pipeline.variantCount(); i++) {
      variants.add(i);
    }
    return variants;
  }

  private long extract(List<Missing> part, Shared shared, ProgressListener listener) {
    List<Row> rows = part.stream().map(this::row).toList();
    int cores = spark.sparkContext().defaultParallelism();
    int tasks = Math.max(cores, (rows.size() + IMAGES_A_TASK - 1) / IMAGES_A_TASK);
    listener.begin(part.size(), Math.min(tasks, rows.size()));
    Dataset<Row> images =
        spark.createDataFrame(
            JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(rows, Math.min(tasks, rows.size())),
            IMAGES);
    Dataset<Row> done =
        extractor()
            .transform(images, pipeline.backbone(), shared.backbone(), shared.counters())
            .withColumn("pipeline", lit(shared.fingerprint()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Row counts = done.agg(count(col("feature")), count(when(isJudged(), 1))).first();
      listener.end();
      commit(done, counts.getLong(0), counts.getLong(1));
      return counts.getLong(0);
    } finally {
      done.unpersist();
    }
  }

  private void commit(Dataset<Row> done, long features, long rejections) {
    if (features > 0) {
      cache.append(
          done.where(col("feature").isNotNull())
              .select("pipeline", "image_id", "variant", "augmentation", "feature")
              .coalesce(spark.sparkContext().defaultParallelism()));
    }
    if (rejections > 0) {
      cache.appendRejections(
          done.where(isJudged())
              .select(
                  col("pipeline"),
                  col("listed_id").as("image_id"),
                  col("rejection").as("reason"),
                  col("detail")));
    }
  }

  /**
   * Whether an image's content is of no use: a file that could not be read may be readable
   * tomorrow, and of one that has changed since it was listed, other content was judged.
   */
  private static Column isJudged() {
    return col("rejection")
        .isNotNull()
        .and(col("rejection").notEqual(Rejection.UNREADABLE.name()))
        .and(col("image_id").isNull().or(col("image_id").equalTo(col("listed_id"))));
  }

  private Row row(Missing image) {
    // An array: Spark turns Java's lists into its own only where it is not given an RDD.
    Row[] variants = new Row[image.variants().size()];
    for (int i = 0; i < variants.length; i++) {
      int variant = image.variants().get(i);
      variants[i] = RowFactory.create(variant, pipeline.variant(image.imageId(), variant).name());
    }
    return RowFactory.create(image.imageId(), image.path(), variants);
  }

  private FeatureExtractor extractor() {
    return new FeatureExtractor()
        .setEngine(pipeline.engine().toString())
        .setBatchSize(pipeline.batchSize())
        .setImageOptions(pipeline.image())
        .setInputCols("path", "variants");
  }
}
