package io.headgraft.bench;

import com.sun.management.OperatingSystemMXBean;
import io.headgraft.backbone.Backbone;
import io.headgraft.backbone.SqueezeNet;
import io.headgraft.dataset.DatasetTable;
import io.headgraft.dataset.IndexDataset;
import io.headgraft.features.ExtractFeatures;
import io.headgraft.features.FeatureCache;
import io.headgraft.features.FeaturePipeline;
import io.headgraft.run.Settings;
import io.headgraft.run.UsableDataset;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * What a night costs before anything is decoded: listing, comparison with the data set table,
 * planning of the extraction. The files are no photos, but a number each; what the cache would hold
 * of them is written to it with features of one number.
 *
 * <p>Arguments: a new folder, how many files.
 */
public final class PlanningCost {

  private static final int FILES_A_FOLDER = 1_000;
  private static final int LABELS = 10;

  private final SparkSession spark;
  private final Path photos;
  private final Settings settings;
  private final DatasetTable table;
  private final FeatureCache cache;
  private final FeaturePipeline pipeline;
  private final String cached;

  private PlanningCost(SparkSession spark, Path folder) throws IOException {
    this.spark = spark;
    this.photos = folder.resolve("photos");
    this.settings = Settings.of(Map.of());
    this.table = new DatasetTable(spark, folder + "/work/dataset");
    this.cache = new FeatureCache(spark, folder + "/work");
    this.cached = folder + "/work/features";
    String backbone = folder + "/untrained.mlmodel";
    byte[] model = SqueezeNet.untrained(1).toByteArray();
    Files.write(Path.of(backbone), model);
    this.pipeline =
        new FeaturePipeline(
            Backbone.read(model, backbone, settings.featureLayer()),
            settings.engine(),
            settings.batchSize(),
            settings.image(),
            settings.augmentations());
  }

  /**
   * Prints the seconds of each step, of a first night, of two with nothing new, of one with 1 %.
   */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    int files = Integer.parseInt(args[1]);
    try (SparkSession spark = LocalSpark.session()) {
      PlanningCost cost = new PlanningCost(spark, folder);
      cost.make(0, files);
      long version = step("first night: list, read all", cost::list).version();
      cost.fillCache(version);
      cost.night("nothing new");
      cost.night("nothing new, again");
      cost.make(files, files / 100);
      cost.night("1 % new, none of them an image");
    }
  }

  private void make(int from, int count) throws IOException {
    for (int i = from; i < from + count; i++) {
      Path parent = photos.resolve("label" + i % LABELS + "/" + i / FILES_A_FOLDER);
      if (i % FILES_A_FOLDER < LABELS) {
        Files.createDirectories(parent);
      }
      Files.writeString(parent.resolve(i + ".jpg"), "photo " + i);
    }
  }

  /** As many files as a cache has that was filled chunk by chunk on two cores. */
  private void fillCache(long version) {
    int variants = pipeline.variantCount();
    long images = table.rows(version).count();
    table
        .rows(version)
        .selectExpr(
            "'%s' AS pipeline".formatted(pipeline.fingerprint()),
            "image_id",
            "explode(sequence(0, IF(split = 'train', %d, 0))) AS variant".formatted(variants - 1),
            "'none' AS augmentation",
            "array(CAST(1 AS FLOAT)) AS feature")
        .repartition((int) (1 + 2 * images / settings.chunk()))
        .write()
        .format("delta")
        .partitionBy("pipeline")
        .save(cached);
  }

  private void night(String name) {
    System.out.println(name + ":");
    long start = System.nanoTime();
    long cpuStart = cpu();
    IndexDataset.Result listed = step("  list", this::list);
    UsableDataset data = step("  labels and splits", () -> usable(listed));
    ExtractFeatures.Result extracted = step("  plan the extraction", () -> extract(data));
    step("  labels and splits", () -> usable(listed));
    System.out.printf(
        "  in all %.1f s, %.1f s of CPU; %d files read, %d rows extracted, %d reused%n",
        (System.nanoTime() - start) / 1e9,
        (cpu() - cpuStart) / 1e9,
        listed.read(),
        extracted.extracted(),
        extracted.reused());
    System.gc();
    System.out.printf(
        "  %d MiB of heap in use, %d images, peak resident set %d MiB%n",
        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20,
        data.dataset().images().size(),
        ResidentSet.mebibytes("VmHWM"));
  }

  private IndexDataset.Result list() {
    return new IndexDataset(spark, table, settings.dataset(), settings.image())
        .run(photos.toString());
  }

  private UsableDataset usable(IndexDataset.Result listed) {
    return UsableDataset.of(
        listed.version(),
        listed.files(),
        settings.dataset(),
        listed.rejected(),
        cache.rejected(pipeline.fingerprint()));
  }

  private ExtractFeatures.Result extract(UsableDataset data) {
    return new ExtractFeatures(spark, cache, pipeline, settings.chunk())
        .run(data.dataset().images(), (done, total) -> {});
  }

  private static <T> T step(String name, Supplier<T> work) {
    long start = System.nanoTime();
    long cpuStart = cpu();
    T result = work.get();
    System.out.printf(
        "%s %.1f s, %.1f s of CPU%n",
        name, (System.nanoTime() - start) / 1e9, (cpu() - cpuStart) / 1e9);
    return result;
  }

  /** Says more where others want the cores, too. */
  private static long cpu() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
