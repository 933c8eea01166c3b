package io.headgraft.features;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.headgraft.JobGroup;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.Split;
import io.headgraft.image.Rejection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.collection.mutable.WrappedArray;

/** Extracts the features that the cache lacks, one commit a chunk of images. */
public final class ExtractFeatures {

  private static final StructType IMAGES =
      new StructType()
          .add("listed_id", DataTypes.StringType, false)
          .add("path", DataTypes.StringType, false)
          .add("variants", FeatureExtractor.VARIANTS, false);

  private static final String[] INPUTS = {"path", "variants"};

  /** What tasks make of images. */
  private static final StructType DONE =
      new FeatureExtractor().setInputCols(INPUTS).transformSchema(IMAGES);

  private static final int LISTED_ID = DONE.fieldIndex("listed_id");
  private static final int IMAGE_ID = DONE.fieldIndex("image_id");
  private static final int FEATURE = DONE.fieldIndex("feature");
  private static final int REJECTION = DONE.fieldIndex("rejection");

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
    ExtractionTask task = task(counters);
    try (ProgressListener listener =
        new ProgressListener(spark.sparkContext(), missing.size(), progress)) {
      for (int from = 0; from < missing.size(); from += chunk) {
        List<Missing> part = missing.subList(from, Math.min(missing.size(), from + chunk));
        extracted +=
            group(
                    "extract: %,d new images × %d variants"
                        .formatted(part.size(), pipeline.variantCount()))
                .run(() -> extract(part, task, fingerprint, listener));
      }
    }
    return extracted;
  }

  private Set<String> unread(List<Missing> missing, long extracted, String fingerprint) {
    Set<String> unread = new HashSet<>();
    if (extracted < rows(missing)) {
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

  private long extract(
      List<Missing> part, ExtractionTask task, String fingerprint, ProgressListener listener) {
    List<Row> images = part.stream().map(this::row).toList();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int tasks =
        Math.min(
            images.size(),
            Math.max(
                context.defaultParallelism(), (images.size() + IMAGES_A_TASK - 1) / IMAGES_A_TASK));
    listener.begin(part.size(), tasks);
    // Not a Dataset: Spark SQL would count a cached one by a job of its own, and take it apart
    // twice.
    JavaRDD<Row> done =
        context
            .parallelize(images, tasks)
            .mapPartitions(task::call)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      long features = done.filter(ExtractFeatures::isFeature).count();
      listener.end();
      commit(done, features, rows(part), fingerprint);
      return features;
    } finally {
      done.unpersist();
    }
  }

  private void commit(JavaRDD<Row> done, long features, long wanted, String fingerprint) {
    Column pipelineColumn = lit(fingerprint).as("pipeline");
    if (features > 0) {
      cache.append(
          spark
              .createDataFrame(done.filter(ExtractFeatures::isFeature), DONE)
              .select(
                  pipelineColumn,
                  col("image_id"),
                  col("variant"),
                  col("augmentation"),
                  col("feature"))
              .coalesce(spark.sparkContext().defaultParallelism()));
    }
    List<Row> judged =
        features < wanted ? done.filter(ExtractFeatures::isJudged).collect() : List.of();
    if (!judged.isEmpty()) {
      cache.appendRejections(
          spark
              .createDataFrame(judged, DONE)
              .select(
                  pipelineColumn,
                  col("listed_id").as("image_id"),
                  col("rejection").as("reason"),
                  col("detail")));
    }
  }

  private static long rows(List<Missing> images) {
    return images.stream().mapToLong(image -> image.variants().size()).sum();
  }

  private static boolean isFeature(Row done) {
    return !done.isNullAt(FEATURE);
  }

  /**
   * Whether an image's content is of no use: a file that could not be read may be readable
   * tomorrow, and of one that has changed since it was listed, other content was judged.
   */
  private static boolean isJudged(Row done) {
    return !done.isNullAt(REJECTION)
        && !done.getString(REJECTION).equals(Rejection.UNREADABLE.name())
        && (done.isNullAt(IMAGE_ID) || done.getString(IMAGE_ID).equals(done.getString(LISTED_ID)));
  }

  private Row row(Missing image) {
    Row[] variants = new Row[image.variants().size()];
    for (int i = 0; i < variants.length; i++) {
      int variant = image.variants().get(i);
      variants[i] = RowFactory.create(variant, pipeline.variant(image.imageId(), variant).name());
    }
    // A sequence of Scala's, which is what rows hold: nothing turns these into Spark SQL's own.
    return RowFactory.create(image.imageId(), image.path(), WrappedArray.make(variants));
  }

  private ExtractionTask task(ExtractionCounters counters) {
    return new FeatureExtractor()
        .setEngine(pipeline.engine().toString())
        .setBatchSize(pipeline.batchSize())
        .setImageOptions(pipeline.image())
        .setInputCols(INPUTS)
        .task(spark, IMAGES, pipeline.backbone(), counters);
  }
}
