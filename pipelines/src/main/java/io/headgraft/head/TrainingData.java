package io.headgraft.head;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;

import io.headgraft.HeadgraftException;
import io.headgraft.dataset.LabelledDataset;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The cached features of a data set, joined with its labels: the training images with all their
 * variants, the held-out ones as they are. The latter are held in memory; the former too, unless
 * they take more of it than is allowed.
 */
public final class TrainingData implements AutoCloseable {

  private static final StructType IMAGES =
      new StructType()
          .add("image_id", DataTypes.StringType, false)
          .add("label", DataTypes.IntegerType, false)
          .add("group", DataTypes.StringType, false)
          .add("split", DataTypes.StringType, false);

  private final List<String> labels;
  private final HeadOptions options;
  private final TrainingMemory memory;
  private final int trainPhotos;
  private final Examples train;
  private final JavaRDD<Examples> chunks;
  private final Examples validation;
  private final Examples test;

  private TrainingData(
      List<String> labels,
      HeadOptions options,
      TrainingMemory memory,
      int trainPhotos,
      Examples train,
      JavaRDD<Examples> chunks,
      Examples validation,
      Examples test) {
    this.labels = labels;
    this.options = options;
    this.memory = memory;
    this.trainPhotos = trainPhotos;
    this.train = train;
    this.chunks = chunks;
    this.validation = validation;
    this.test = test;
  }

  /**
   * Joins features and labels.
   *
   * @param features rows as {@link io.headgraft.features.FeatureCache#read} gives them
   * @throws HeadgraftException if features are missing, or if those that head.memory allows do not
   *     fit into the heap
   */
  public static TrainingData load(
      SparkSession spark, LabelledDataset dataset, Dataset<Row> features, HeadOptions options) {
    List<String> labels = dataset.labels();
    Dataset<Row> rows =
        features
            .join(broadcast(images(spark, dataset, labels)), "image_id")
            .where(col("variant").equalTo(0).or(col("split").equalTo(Split.TRAIN.text())))
            .select("image_id", "variant", "feature", "label", "group", "split")
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      requireAll(dataset, rows);
      Dataset<Row> training = rows.where(of(Split.TRAIN));
      TrainingMemory memory = memory(spark, dataset, training);
      boolean fits = memory.rows() * memory.features() * Float.BYTES <= options.memory();
      if (fits) {
        memory.requireFitsToLoad(Runtime.getRuntime().maxMemory(), options);
      }
      return new TrainingData(
          labels,
          options,
          memory,
          (int) images(dataset, Split.TRAIN),
          fits ? collect(training) : null,
          fits ? null : chunks(training, options.partitions()),
          collect(rows.where(of(Split.VALIDATION))),
          collect(rows.where(of(Split.TEST))));
    } finally {
      rows.unpersist();
    }
  }

  private static Column of(Split split) {
    return col("split").equalTo(split.text());
  }

  private static Dataset<Row> images(
      SparkSession spark, LabelledDataset dataset, List<String> labels) {
    Map<String, Integer> indices = new HashMap<>();
    labels.forEach(label -> indices.put(label, indices.size()));
    List<Row> images =
        dataset.images().stream()
            .map(
                image ->
                    RowFactory.create(
                        image.imageId(),
                        indices.get(image.label()),
                        image.group(),
                        image.split().text()))
            .toList();
    return spark.createDataFrame(images, IMAGES);
  }

  private static long images(LabelledDataset dataset, Split split) {
    return dataset.images().stream().filter(image -> image.split() == split).count();
  }

  private static TrainingMemory memory(
      SparkSession spark, LabelledDataset dataset, Dataset<Row> training) {
    long rows = training.count();
    return new TrainingMemory(
        rows,
        images(dataset, Split.VALIDATION),
        images(dataset, Split.TEST),
        rows == 0 ? 0 : training.first().getList(2).size(),
        dataset.labels().size(),
        spark.sparkContext().isLocal() ? spark.sparkContext().defaultParallelism() : 0);
  }

  private static void requireAll(LabelledDataset dataset, Dataset<Row> rows) {
    Set<String> there = new HashSet<>();
    rows.where(col("variant").equalTo(0))
        .select("image_id")
        .collectAsList()
        .forEach(row -> there.add(row.getString(0)));
    List<String> missing =
        dataset.images().stream()
            .filter(image -> !there.contains(image.imageId()))
            .map(LabelledImage::path)
            .toList();
    if (!missing.isEmpty()) {
      throw HeadgraftException.unusable(
          "%,d of %,d images have no features for this backbone and configuration, %s among them: run 'headgraft extract' first"
              .formatted(missing.size(), dataset.images().size(), missing.get(0)));
    }
  }

  /** Partitions and the order in them follow from the images' ids alone: sums depend on both. */
  private static JavaRDD<Examples> chunks(Dataset<Row> rows, int partitions) {
    JavaRDD<Examples> chunks =
        rows.toJavaRDD()
            .mapToPair(row -> new Tuple2<>(row.getString(0), row))
            .partitionBy(new HashPartitioner(partitions))
            .values()
            .mapPartitions(
                part -> {
                  List<CompactRow> compact = new ArrayList<>();
                  part.forEachRemaining(row -> compact.add(CompactRow.of(row)));
                  return List.of(examples(compact)).iterator();
                })
            .persist(StorageLevel.MEMORY_AND_DISK());
    // All of it now, before the rows that it is made of are let go.
    chunks.count();
    return chunks;
  }

  /** A row whose features are no longer objects, each of which takes five times its number. */
  private record CompactRow(String imageId, int variant, float[] feature, int label, String group) {

    static CompactRow of(Row row) {
      return new CompactRow(
          row.getString(0), row.getInt(1), floats(row.getList(2)), row.getInt(3), row.getString(4));
    }
  }

  /** One partition at a time, so that no more than one is here in another form than the last. */
  private static Examples collect(Dataset<Row> rows) {
    List<CompactRow> all = new ArrayList<>();
    rows.toLocalIterator().forEachRemaining(row -> all.add(CompactRow.of(row)));
    return examples(all);
  }

  private static Examples examples(List<CompactRow> rows) {
    rows.sort(Comparator.comparing(CompactRow::imageId).thenComparing(CompactRow::variant));
    float[][] features = new float[rows.size()][];
    int[] labels = new int[rows.size()];
    String[] imageIds = new String[rows.size()];
    String[] groups = new String[rows.size()];
    int[] variants = new int[rows.size()];
    for (int i = 0; i < labels.length; i++) {
      CompactRow row = rows.get(i);
      imageIds[i] = row.imageId();
      variants[i] = row.variant();
      features[i] = row.feature();
      labels[i] = row.label();
      groups[i] = row.group();
    }
    return new Examples(features, labels, imageIds, groups, variants);
  }

  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }

  /**
   * Refuses a training in this process that its heap has no room for.
   *
   * @param heap in bytes
   * @throws HeadgraftException with what is needed, what is there and the way out
   */
  public void requireFits(long heap) {
    if (train != null) {
      memory.requireFitsToTrain(heap, options);
    }
  }

  /** The labels, in the order of their indices. */
  public List<String> labels() {
    return labels;
  }

  /** The images that are held out to choose settings with, which may be none. */
  public Examples validation() {
    return validation;
  }

  /** The images that are held out to the end, which may be none. */
  public Examples test() {
    return test;
  }

  /** The training images and their variants, unless they are distributed. */
  public Optional<Examples> train() {
    return Optional.ofNullable(train);
  }

  /**
   * The images of one split as they are, without their variants.
   *
   * @throws HeadgraftException if it is the training split, and it is distributed
   */
  public Examples originals(Split split) {
    return switch (split) {
      case TRAIN -> inMemory().originals();
      case VALIDATION -> validation;
      case TEST -> test;
    };
  }

  /** What settings are chosen with. */
  public Folds folds() {
    if (validation.size() == 0) {
      return Folds.crossValidation(labels, inMemory(), options.classWeights(), options.folds());
    }
    return train == null
        ? Folds.validation(number -> trainingSet(null), trainPhotos, validation)
        : Folds.validation(labels, train, validation, options.classWeights());
  }

  /**
   * Up to so many of the training images as they are, evenly over the labels, in an order that
   * follows from the images' ids alone.
   */
  public Examples trainingSample(int images) {
    if (train != null) {
      return train.originals().evenly(images);
    }
    // What all give is within what each gives, so no more than that has to be held at once.
    return chunks
        .map(chunk -> chunk.originals().sorted().evenly(images))
        .treeReduce((some, others) -> some.and(others).sorted().evenly(images));
  }

  private Examples inMemory() {
    return train()
        .orElseThrow(
            () ->
                HeadgraftException.unusable(
                    "The training features take more than head.memory, %,d bytes, and without a validation split all of them are needed at once: raise head.memory, or set dataset.validation"
                        .formatted(options.memory())));
  }

  /** All that the final heads are trained on: the training split and the validation split. */
  public TrainingSet everything() {
    return trainingSet(validation);
  }

  private TrainingSet trainingSet(Examples more) {
    if (train != null) {
      Examples all = more == null ? train : train.and(more);
      return LocalTrainingSet.of(labels, all, options.classWeights());
    }
    return DistributedTrainingSet.of(labels, chunks, more, options.classWeights());
  }

  /** Whether there are variants of the training images, in memory. */
  public boolean hasVariants() {
    return train != null && train.size() > trainPhotos;
  }

  /** The same data with the training images as they are, without variants. */
  public Optional<TrainingData> withoutVariants() {
    return train()
        .map(
            examples ->
                new TrainingData(
                    labels,
                    options,
                    memory,
                    trainPhotos,
                    examples.originals(),
                    null,
                    validation,
                    test));
  }

  /**
   * What makes features differ as much in every direction inside a label, by all rows that the
   * final heads are trained on.
   *
   * @param standardization of those heads
   * @param shrinkage in (0, 1]
   */
  public Whitening whitening(Standardization standardization, double shrinkage) {
    int count = labels.size();
    List<Scatter> parts =
        train != null
            ? List.of(Scatter.of(train, standardization, count))
            : chunks.map(chunk -> Scatter.of(chunk, standardization, count)).collect();
    Scatter all =
        parts.stream().reduce(Scatter.of(validation, standardization, count), Scatter::plus);
    return Whitening.of(all, shrinkage);
  }

  /**
   * The mean of 1 / Σ exp(logit) over the same rows: of N more labels whose logit is always b, as
   * long as that is little, all have N exp(b) times as much probability in the mean.
   */
  public double meanInverseSum(Head head) {
    List<double[]> parts =
        train != null
            ? List.of(inverseSums(head, train))
            : chunks.map(chunk -> inverseSums(head, chunk)).collect();
    return Stream.concat(parts.stream(), Stream.of(inverseSums(head, validation)))
        .flatMapToDouble(Arrays::stream)
        .average()
        .orElseThrow();
  }

  /** The same over other rows. */
  public static double meanInverseSum(Head head, Examples rows) {
    return Arrays.stream(inverseSums(head, rows)).average().orElseThrow();
  }

  private static double[] inverseSums(Head head, Examples rows) {
    return Arrays.stream(rows.features())
        .mapToDouble(row -> 1 / Arrays.stream(head.logits(row)).map(StrictMath::exp).sum())
        .toArray();
  }

  /** What a head says of the training images as they are. */
  public Predictions trainPredictions(Head head) {
    if (train != null) {
      return Predictions.of(head, train.originals());
    }
    List<Predictions> parts =
        chunks.map(chunk -> Predictions.of(head, chunk.originals())).collect();
    return new Predictions(
        parts.stream().flatMapToInt(part -> Arrays.stream(part.labels())).toArray(),
        parts.stream()
            .flatMap(part -> Arrays.stream(part.probabilities()))
            .toArray(double[][]::new));
  }

  @Override
  public void close() {
    if (chunks != null) {
      chunks.unpersist();
    }
  }
}
