package io.headgraft.features;

import io.headgraft.HeadgraftException;
import io.headgraft.Stores;
import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.NetworkEngine;
import io.headgraft.features.Networks.PackedBackbone;
import io.headgraft.image.Crop;
import io.headgraft.image.ImageOptions;
import io.headgraft.image.ImageTransform;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.encoders.ExpressionEncoder;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Turns images into features: a Spark ML transformer that gives, for each image, a row for each of
 * its variants.
 *
 * <p>Input columns ({@code inputCols}): first the image, either its bytes (binary) or its path
 * (string, read by the task); second, if wanted, its variants, an array of (variant, augmentation).
 * Without the second column, or where it is null, an image has variant 0 alone.
 *
 * <p>Output: the other columns, then {@code image_id} (SHA-256 of the bytes), {@code variant},
 * {@code augmentation}, the features ({@code outputCol}, an array of floats), and for an image that
 * cannot be used, in one row, {@code rejection} and {@code detail} in place of the features.
 */
public final class FeatureExtractor extends Transformer implements DefaultParamsWritable {

  private static final long serialVersionUID = 1L;

  /** The type of the second input column. */
  public static final DataType VARIANTS =
      DataTypes.createArrayType(
          new StructType()
              .add("variant", DataTypes.IntegerType, false)
              .add("augmentation", DataTypes.StringType, false),
          false);

  private final String uid;
  private final Param<String> modelUrl;
  private final Param<String> featureLayer;
  private final Param<String> engine;
  private final IntParam batchSize;
  private final StringArrayParam inputCols;
  private final Param<String> outputCol;
  private final Param<String> crop;
  private final LongParam maxPixels;
  private final LongParam maxBytes;

  /** Makes a transformer whose parameters have still to be set. */
  public FeatureExtractor() {
    this("featureExtractor_" + UUID.randomUUID().toString().substring(0, 12));
  }

  /** Makes a transformer with a name of its own, as Spark's readers do. */
  public FeatureExtractor(String uid) {
    this.uid = uid;
    modelUrl = new Param<>(this, "modelUrl", "URI of the backbone, a .mlmodel or .caffemodel");
    featureLayer = new Param<>(this, "featureLayer", "layer whose output is the features");
    engine =
        new Param<>(
            this, "engine", "what runs the network: " + String.join(", ", NetworkEngine.names()));
    batchSize =
        new IntParam(
            this, "batchSize", "images that a task runs together", ParamValidators.gtEq(1));
    inputCols = new StringArrayParam(this, "inputCols", "image, and if wanted its variants");
    outputCol = new Param<>(this, "outputCol", "the features");
    crop = new Param<>(this, "crop", "scale-fill or center-crop");
    maxPixels = new LongParam(this, "maxPixels", "larger images are rejected");
    maxBytes = new LongParam(this, "maxBytes", "longer files are rejected");
    setDefault(featureLayer, "flatten");
    setDefault(engine, NetworkEngine.ONNXRUNTIME.toString());
    setDefault(batchSize, 4);
    setDefault(inputCols, new String[] {"content"});
    setDefault(outputCol, "feature");
    setDefault(crop, Crop.SCALE_FILL.toString());
    setDefault(maxPixels, 100_000_000L);
    setDefault(maxBytes, 64L << 20);
  }

  /** Where the backbone lies. Spark finds parameters by such methods. */
  public Param<String> modelUrl() {
    return modelUrl;
  }

  /** The layer whose output is the features. */
  public Param<String> featureLayer() {
    return featureLayer;
  }

  /** What runs the network. */
  public Param<String> engine() {
    return engine;
  }

  /** Images that a task runs together. */
  public IntParam batchSize() {
    return batchSize;
  }

  /** The image's column, and if wanted its variants'. */
  public StringArrayParam inputCols() {
    return inputCols;
  }

  /** The features' column. */
  public Param<String> outputCol() {
    return outputCol;
  }

  /** How a picture of another shape meets the input. */
  public Param<String> crop() {
    return crop;
  }

  /** Larger images are rejected. */
  public LongParam maxPixels() {
    return maxPixels;
  }

  /** Longer files are rejected. */
  public LongParam maxBytes() {
    return maxBytes;
  }

  /** Where the backbone lies; if not set, {@link #transform} fails. */
  public FeatureExtractor setModelUrl(String value) {
    return (FeatureExtractor) set(modelUrl, value);
  }

  /** The layer whose output is the features; if not set, {@code flatten}. */
  public FeatureExtractor setFeatureLayer(String value) {
    return (FeatureExtractor) set(featureLayer, value);
  }

  /** What runs the network, {@code onnxruntime} or {@code pytorch}; if not set, the former. */
  public FeatureExtractor setEngine(String value) {
    return (FeatureExtractor) set(engine, value);
  }

  /** Images that a task runs together, at least 1; if not set, 4. */
  public FeatureExtractor setBatchSize(int value) {
    return (FeatureExtractor) set(batchSize, value);
  }

  /** The image's column, and if wanted its variants'; if not set, {@code content}. */
  public FeatureExtractor setInputCols(String... value) {
    return (FeatureExtractor) set(inputCols, value);
  }

  /** The features' column; if not set, {@code feature}. */
  public FeatureExtractor setOutputCol(String value) {
    return (FeatureExtractor) set(outputCol, value);
  }

  /** What is accepted as an image, and how its shape is treated. */
  public FeatureExtractor setImageOptions(ImageOptions options) {
    set(crop, options.crop().toString());
    set(maxPixels, options.maxPixels());
    return (FeatureExtractor) set(maxBytes, options.maxBytes());
  }

  @Override
  public Dataset<Row> transform(Dataset<?> images) {
    StructType schema = transformSchema(images.schema());
    SparkSession spark = images.sparkSession();
    Backbone backbone =
        backbone(new SerializableConfiguration(spark.sessionState().newHadoopConf()));
    ExtractionTask task =
        task(spark, images.schema(), backbone, ExtractionCounters.register(spark.sparkContext()));
    return images.toDF().mapPartitions(task, ExpressionEncoder.apply(schema));
  }

  /** What tasks do with rows of such columns and a backbone that has been read. */
  ExtractionTask task(
      SparkSession spark, StructType columns, Backbone backbone, ExtractionCounters counters) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    SerializableConfiguration hadoop =
        new SerializableConfiguration(spark.sessionState().newHadoopConf());
    ImageOptions options =
        new ImageOptions(
            (long) getOrDefault(maxPixels),
            (long) getOrDefault(maxBytes),
            Crop.of(getOrDefault(crop)));
    ImageTransform transform =
        new ImageTransform(
            options, backbone.features().image().width(), backbone.features().image().height());
    List<String> names = List.of(columns.fieldNames());
    String[] inputs = getOrDefault(inputCols);
    return new ExtractionTask(
        context.broadcast(PackedBackbone.of(backbone)),
        context.broadcast(hadoop),
        transform,
        options.maxBytes(),
        counters,
        (int) getOrDefault(batchSize),
        NetworkEngine.of(getOrDefault(engine)),
        names.indexOf(inputs[0]),
        inputs.length > 1 ? names.indexOf(inputs[1]) : -1);
  }

  private Backbone backbone(SerializableConfiguration hadoop) {
    Path path = new Path(getOrDefault(modelUrl));
    try (InputStream file = Stores.open(path.getFileSystem(hadoop.value()), path)) {
      return Backbone.read(file.readAllBytes(), path.toString(), getOrDefault(featureLayer));
    } catch (IOException e) {
      throw HeadgraftException.unusable(
          "The backbone %s cannot be read: %s".formatted(path, Stores.reason(e)), e);
    }
  }

  @Override
  public StructType transformSchema(StructType schema) {
    NetworkEngine.of(getOrDefault(engine));
    List<String> inputs = List.of(getOrDefault(inputCols));
    if (inputs.isEmpty() || inputs.size() > 2) {
      throw new IllegalArgumentException(
          "inputCols are %s: the image, and if wanted its variants".formatted(inputs));
    }
    DataType image = schema.apply(inputs.get(0)).dataType();
    if (!image.equals(DataTypes.BinaryType) && !image.equals(DataTypes.StringType)) {
      throw new IllegalArgumentException(
          "Column %s is %s; bytes or a path are needed".formatted(inputs.get(0), image.sql()));
    }
    if (inputs.size() > 1) {
      requireVariants(inputs.get(1), schema.apply(inputs.get(1)).dataType());
    }
    StructType result = new StructType();
    for (StructField field : schema.fields()) {
      if (!inputs.contains(field.name())) {
        result = result.add(field);
      }
    }
    return result
        .add("image_id", DataTypes.StringType)
        .add("variant", DataTypes.IntegerType)
        .add("augmentation", DataTypes.StringType)
        .add(getOrDefault(outputCol), DataTypes.createArrayType(DataTypes.FloatType, false))
        .add("rejection", DataTypes.StringType)
        .add("detail", DataTypes.StringType);
  }

  private static void requireVariants(String column, DataType type) {
    // Whether they may be null is left out here: it does not matter.
    if (!type.catalogString().equals(VARIANTS.catalogString())) {
      throw new IllegalArgumentException(
          "Column %s is %s; %s is needed".formatted(column, type.sql(), VARIANTS.sql()));
    }
  }

  @Override
  public Transformer copy(ParamMap extra) {
    return defaultCopy(extra);
  }

  @Override
  public String uid() {
    return uid;
  }

  @Override
  public MLWriter write() {
    return DefaultParamsWritable.super.write();
  }

  /** Reads what {@link #write} writes; Spark's pipelines look for it under this name. */
  public static MLReader<FeatureExtractor> read() {
    return new DefaultParamsReader<>();
  }

  /** Reads a saved transformer. */
  public static FeatureExtractor load(String path) {
    return read().load(path);
  }
}
