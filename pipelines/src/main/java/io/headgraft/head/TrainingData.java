package io.headgraft.head;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;

import io.headgraft.HeadgraftException;
import io.headgraft.dataset.LabelledDataset;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.Split;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * The cached features of a data set, joined with its labels: the training rows with all their
 * variants, the held-out images as they are.
 */
public final class TrainingData implements AutoCloseable {

  private static final StructType IMAGES =
      new StructType()
          .add("image_id", DataTypes.StringType, false)
          .add("label", DataTypes.IntegerType, false)
          .add("split", DataTypes.StringType, false);

  private final List<String> labels;
  private final Dataset<Row> rows;
  private final Map<Split, Examples> examples;

  private TrainingData(List<String> labels, Dataset<Row> rows, Map<Split, Examples> examples) {
    this.labels = labels;
    this.rows = rows;
    this.examples = examples;
  }

  /**
   * Joins features and labels.
   *
   * @param features rows as {@link io.headgraft.features.FeatureCache#read} gives them
   * @param memory bytes of features that may be held
   * @throws HeadgraftException if features are missing, or take more memory
   */
  public static TrainingData load(
      SparkSession spark, LabelledDataset dataset, Dataset<Row> features, long memory) {
    List<String> labels = dataset.labels();
    List<Row> images =
        dataset.images().stream()
            .map(
                image ->
                    RowFactory.create(
                        image.imageId(), labels.indexOf(image.label()), image.split().text()))
            .toList();
    Dataset<Row> rows =
        features
            .join(broadcast(spark.createDataFrame(images, IMAGES)), "image_id")
            .where(col("variant").equalTo(0).or(col("split").equalTo(Split.TRAIN.text())))
            .persist(StorageLevel.MEMORY_AND_DISK());
    requireMemory(rows, memory);
    List<Row> sorted = rows.orderBy("image_id", "variant").collectAsList();
    requireAll(dataset, sorted);
    Map<Split, Examples> examples = new EnumMap<>(Split.class);
    for (Split split : Split.values()) {
      examples.put(split, examples(sorted, split));
    }
    return new TrainingData(labels, rows, examples);
  }

  private static void requireMemory(Dataset<Row> rows, long memory) {
    long count = rows.count();
    if (count > 0) {
      Row first = rows.first();
      long bytes = count * first.getList(first.fieldIndex("feature")).size() * Float.BYTES;
      if (bytes > memory) {
        throw HeadgraftException.unusable(
            "%,d rows of features take %,d bytes, head.memory allows %,d: raise it, or extract fewer variants"
                .formatted(count, bytes, memory));
      }
    }
  }

  private static void requireAll(LabelledDataset dataset, List<Row> rows) {
    Set<String> there = new HashSet<>();
    rows.forEach(row -> there.add(row.getAs("image_id")));
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

  private static Examples examples(List<Row> sorted, Split split) {
    List<Row> rows =
        sorted.stream().filter(row -> row.getAs("split").equals(split.text())).toList();
    float[][] features = new float[rows.size()][];
    int[] labels = new int[rows.size()];
    String[] imageIds = new String[rows.size()];
    for (int i = 0; i < labels.length; i++) {
      Row row = rows.get(i);
      features[i] = floats(row.getList(row.fieldIndex("feature")));
      labels[i] = row.<Integer>getAs("label");
      imageIds[i] = row.getAs("image_id");
    }
    return new Examples(features, labels, imageIds);
  }

  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }

  /** The labels, in the order of their indices. */
  public List<String> labels() {
    return labels;
  }

  /** The rows of one split, which may be none. */
  public Examples examples(Split split) {
    return examples.get(split);
  }

  /**
   * The training rows on Spark: {@code image_id}, {@code variant}, {@code feature}, {@code label}.
   */
  Dataset<Row> trainingRows() {
    return rows.where(col("split").equalTo(Split.TRAIN.text()));
  }

  @Override
  public void close() {
    rows.unpersist();
  }
}
