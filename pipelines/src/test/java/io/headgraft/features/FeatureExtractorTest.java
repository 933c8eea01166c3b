package io.headgraft.features;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;
import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.CompiledNetwork;
import io.headgraft.coreml.NetworkEngine;
import io.headgraft.image.Augmentation;
import io.headgraft.image.Crop;
import io.headgraft.image.ImageOptions;
import io.headgraft.image.ImageTransform;
import io.headgraft.image.Rejection;
import io.headgraft.testing.LocalSpark;
import io.headgraft.testing.Photos;
import io.headgraft.testing.TinyBackbone;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FeatureExtractorTest {

  private static final StructType CONTENT =
      new StructType().add("name", DataTypes.StringType).add("content", DataTypes.BinaryType);
  private static final StructType PATH =
      new StructType().add("path", DataTypes.StringType).add("name", DataTypes.StringType);
  private static final StructType VARIANTS =
      new StructType()
          .add("content", DataTypes.BinaryType)
          .add("variants", FeatureExtractor.VARIANTS);

  @TempDir private static Path folder;
  private static Path model;

  @BeforeAll
  static void writeTheBackbone() throws IOException {
    model = Photos.write(folder.resolve("tiny.mlmodel"), TinyBackbone.model(1).toByteArray());
  }

  @ParameterizedTest
  @EnumSource(NetworkEngine.class)
  void givesTheFeaturesOfTheNetwork(NetworkEngine engine) {
    ImageTransform transform =
        new ImageTransform(new ImageOptions(1000, 10_000, Crop.SCALE_FILL), 16, 16);
    Backbone backbone =
        Backbone.read(TinyBackbone.model(1).toByteArray(), "tiny.mlmodel", "flatten");
    List<byte[]> pixels =
        transform.apply(
            Photos.png(1), List.of(new Augmentation.None(), new Augmentation.VerticalFlip()));

    List<Row> rows =
        extractor()
            .setEngine(engine.toString())
            .setInputCols("content", "variants")
            .transform(
                images(
                    VARIANTS, RowFactory.create(Photos.png(1), variants("none", "vertical-flip"))))
            .collectAsList();

    try (CompiledNetwork network = backbone.compile(4, engine)) {
      float[][] expected = network.run(pixels);
      assertThat(feature(rows.get(0))).containsExactly(expected[0]);
      assertThat(feature(rows.get(1))).containsExactly(expected[1]);
      assertThat(expected[0]).hasSize(TinyBackbone.FEATURES).isNotEqualTo(expected[1]);
    }
  }

  @Test
  void keepsOtherColumnsAndAddsItsOwn() {
    Dataset<Row> features =
        extractor()
            .setOutputCol("numbers")
            .transform(images(CONTENT, content("one", Photos.png(1))));

    assertThat(features.columns())
        .containsExactly(
            "name", "image_id", "variant", "augmentation", "numbers", "rejection", "detail");
    assertThat(features.first())
        .extracting(row -> row.get(0), row -> row.get(2), row -> row.get(3), row -> row.get(5))
        .containsExactly("one", 0, "none", null);
  }

  @Test
  void aPathGivesWhatItsBytesGive() throws IOException {
    Path file = Photos.write(folder.resolve("two words 100 %41:é.png"), 1);

    Row byPath =
        extractor()
            .setInputCols("path")
            .transform(images(PATH, RowFactory.create(file.toString(), "one")))
            .first();

    assertThat(byPath).isEqualTo(extract(CONTENT, content("one", Photos.png(1))).get(0));
  }

  @Test
  void eachVariantIsARow() {
    List<Row> rows =
        extract(
            VARIANTS,
            RowFactory.create(Photos.png(1), variants("none", "horizontal-flip", "vertical-flip")),
            RowFactory.create(Photos.png(2), List.of(RowFactory.create(2, "vertical-flip"))),
            RowFactory.create(Photos.png(3), List.of()),
            RowFactory.create(Photos.png(4), null));

    assertThat(rows)
        .extracting(row -> row.getAs("variant"), row -> row.getAs("augmentation"))
        .containsExactlyInAnyOrder(
            tuple(0, "none"),
            tuple(1, "horizontal-flip"),
            tuple(2, "vertical-flip"),
            tuple(2, "vertical-flip"),
            tuple(0, "none"));
    assertThat(rows).extracting(row -> Arrays.toString(feature(row))).doesNotHaveDuplicates();
  }

  @Test
  void rejectsImagesNotRuns() {
    byte[] photo = Photos.png(1);

    List<Row> rows =
        extract(
            CONTENT,
            content("text", "no photo".getBytes(StandardCharsets.UTF_8)),
            content("cut off", Arrays.copyOf(photo, photo.length / 2)),
            content("empty", new byte[0]),
            content("null", null),
            content("good", photo));

    assertThat(rows).hasSize(5);
    assertThat(row(rows, "text")).satisfies(row -> assertRejected(row, Rejection.NOT_AN_IMAGE));
    assertThat(row(rows, "cut off")).satisfies(row -> assertRejected(row, Rejection.CORRUPT));
    assertThat(row(rows, "empty")).satisfies(row -> assertRejected(row, Rejection.EMPTY));
    assertThat(row(rows, "null")).satisfies(row -> assertRejected(row, Rejection.UNREADABLE));
    assertThat(row(rows, "null").<String>getAs("detail")).isEqualTo("the image is null");
    assertThat(row(rows, "good").<String>getAs("rejection")).isNull();
    assertThat(rows)
        .filteredOn(row -> row.getAs("image_id") == null)
        .extracting(row -> row.getAs("name"))
        .containsExactly("null");
  }

  @Test
  void rejectsFilesNotRuns() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty.png"));
    Path photo = Photos.write(folder.resolve("long.png"), 1);

    List<Row> rows =
        extractor()
            .setInputCols("path")
            .setImageOptions(new ImageOptions(1000, 50, Crop.SCALE_FILL))
            .transform(
                images(
                    PATH,
                    RowFactory.create(empty.toString(), "empty"),
                    RowFactory.create(photo.toString(), "long"),
                    RowFactory.create(folder + "/gone.png", "gone"),
                    RowFactory.create(null, "null")))
            .collectAsList();

    assertThat(row(rows, "empty")).satisfies(row -> assertRejected(row, Rejection.EMPTY));
    assertThat(row(rows, "empty").<String>getAs("image_id")).startsWith("e3b0c44298fc1c14");
    assertThat(row(rows, "long")).satisfies(row -> assertRejected(row, Rejection.TOO_MANY_BYTES));
    assertThat(row(rows, "long").<String>getAs("image_id")).isNull();
    assertThat(row(rows, "gone")).satisfies(row -> assertRejected(row, Rejection.UNREADABLE));
    assertThat(row(rows, "gone").<String>getAs("detail")).contains("gone.png");
    assertThat(row(rows, "null")).satisfies(row -> assertRejected(row, Rejection.UNREADABLE));
  }

  @Test
  void aLimitMayBeAsLargeAsItCan() throws IOException {
    Path photo = Photos.write(folder.resolve("photo.png"), 1);

    Row row =
        extractor()
            .setInputCols("path")
            .setImageOptions(new ImageOptions(1000, Long.MAX_VALUE, Crop.SCALE_FILL))
            .transform(images(PATH, RowFactory.create(photo.toString(), "photo")))
            .first();

    assertThat(feature(row)).hasSize(TinyBackbone.FEATURES);
  }

  @Test
  void partitionsDoNotChangeABit() {
    Row[] photos =
        Arrays.stream(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
            .mapToObj(i -> content("" + i, Photos.png(i)))
            .toArray(Row[]::new);

    List<Row> one = extractor().transform(images(CONTENT, photos).coalesce(1)).collectAsList();
    List<Row> many = extractor().transform(images(CONTENT, photos).repartition(5)).collectAsList();

    assertThat(many).containsExactlyInAnyOrderElementsOf(one);
  }

  @Test
  void batchSizesHardlyMatter() {
    Row[] photos =
        Arrays.stream(new int[] {1, 2, 3, 4, 5})
            .mapToObj(i -> content("" + i, Photos.png(i)))
            .toArray(Row[]::new);
    List<Row> one = extractor().setBatchSize(1).transform(images(CONTENT, photos)).collectAsList();

    for (int size : new int[] {4, 7}) {
      List<Row> rows =
          extractor().setBatchSize(size).transform(images(CONTENT, photos)).collectAsList();
      for (Row row : one) {
        float[] expected = feature(row);
        float[] actual = feature(row(rows, row.getAs("name")));
        for (int i = 0; i < expected.length; i++) {
          assertThat(Math.abs(actual[i] - expected[i]) / Math.abs(expected[i])).isLessThan(1e-5f);
        }
      }
    }
  }

  @Test
  void aCopyHasTheParameters() {
    FeatureExtractor copy = (FeatureExtractor) extractor().setBatchSize(3).copy(new ParamMap());

    assertThat(copy.explainParams())
        .contains("images that a task runs together (default: 4, current: 3)");
    assertThat(copy.transform(images(CONTENT, content("one", Photos.png(1)))).first())
        .isEqualTo(extract(CONTENT, content("one", Photos.png(1))).get(0));
  }

  @Test
  void isSavedAndLoaded() throws IOException {
    String file = folder.resolve("extractor").toString();
    FeatureExtractor saved =
        extractor()
            .setOutputCol("numbers")
            .setImageOptions(new ImageOptions(9, 8, Crop.CENTER_CROP));
    saved.write().overwrite().save(file);

    FeatureExtractor loaded = FeatureExtractor.load(file);

    assertThat(loaded.uid()).isEqualTo(saved.uid());
    assertThat(parameters(loaded)).isEqualTo(parameters(saved)).contains("center-crop", "numbers");
  }

  private static String parameters(FeatureExtractor extractor) {
    // An array is told by its address.
    return extractor.explainParams().replaceAll("@[0-9a-f]+", "");
  }

  @Test
  void isSavedAndLoadedInAPipeline() throws IOException {
    String file = folder.resolve("pipeline").toString();
    Dataset<Row> photos = images(CONTENT, content("one", Photos.png(1)));
    PipelineModel pipeline =
        new Pipeline().setStages(new PipelineStage[] {extractor()}).fit(photos);
    pipeline.write().overwrite().save(file);

    assertThat(PipelineModel.load(file).transform(photos).first())
        .isEqualTo(pipeline.transform(photos).first());
  }

  @Test
  void refusesColumnsOfAnotherType() {
    StructType numbers = new StructType().add("content", DataTypes.LongType);
    StructType texts =
        new StructType()
            .add("content", DataTypes.BinaryType)
            .add("variants", DataTypes.createArrayType(DataTypes.StringType));

    assertThatThrownBy(() -> extractor().transformSchema(numbers))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Column content is BIGINT; bytes or a path are needed");
    assertThatThrownBy(() -> extractor().setInputCols("content", "variants").transformSchema(texts))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Column variants is ARRAY<STRING>; ARRAY<STRUCT<variant: INT, augmentation: STRING>> is"
                + " needed");
  }

  @Test
  void refusesMissingColumns() {
    assertThatThrownBy(() -> extractor().setInputCols("photo").transformSchema(CONTENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("photo does not exist. Available: name, content");
    assertThatThrownBy(() -> extractor().setInputCols("content", "kinds").transformSchema(CONTENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("kinds does not exist. Available: name, content");
    assertThatThrownBy(() -> extractor().setInputCols().transformSchema(CONTENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("inputCols are []: the image, and if wanted its variants");
  }

  @Test
  void refusesOtherParameters() {
    assertThatThrownBy(() -> extractor().setBatchSize(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("parameter batchSize given invalid value 0");
    assertThatThrownBy(() -> extractor().setEngine("abacus").transformSchema(CONTENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Engine 'abacus' is unknown: pytorch, onnxruntime");
    assertThatThrownBy(() -> new FeatureExtractor().transform(images(CONTENT)))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessageContaining("modelUrl");
  }

  @Test
  void refusesBackbonesThatAreNone() {
    assertUnusable(
        extractor().setModelUrl(folder + "/gone.mlmodel"),
        "The backbone " + folder + "/gone.mlmodel cannot be read: ");
    assertUnusable(
        extractor().setFeatureLayer("fc7"),
        model + " has no layer 'fc7' to take the features from; its last layers are");
  }

  private static void assertUnusable(FeatureExtractor extractor, String message) {
    assertThatThrownBy(() -> extractor.transform(images(CONTENT)))
        .isInstanceOfSatisfying(
            HeadgraftException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.UNUSABLE))
        .hasMessageStartingWith(message);
  }

  private static void assertRejected(Row row, Rejection reason) {
    assertThat(row.<String>getAs("rejection")).isEqualTo(reason.name());
    assertThat(row.<String>getAs("detail")).isNotBlank();
    assertThat(row.<Object>getAs("feature")).isNull();
    assertThat(row.<Object>getAs("variant")).isNull();
  }

  private static Row row(List<Row> rows, String name) {
    return rows.stream().filter(row -> row.getAs("name").equals(name)).findFirst().orElseThrow();
  }

  private static float[] feature(Row row) {
    List<Float> values = row.getList(row.fieldIndex("feature"));
    float[] feature = new float[values.size()];
    for (int i = 0; i < feature.length; i++) {
      feature[i] = values.get(i);
    }
    return feature;
  }

  private static List<Row> variants(String... augmentations) {
    List<Row> variants = new ArrayList<>();
    for (String augmentation : augmentations) {
      variants.add(RowFactory.create(variants.size(), augmentation));
    }
    return variants;
  }

  private static Row content(String name, byte[] bytes) {
    return RowFactory.create(name, bytes);
  }

  private static List<Row> extract(StructType schema, Row... rows) {
    FeatureExtractor extractor =
        schema.equals(VARIANTS) ? extractor().setInputCols("content", "variants") : extractor();
    return extractor.transform(images(schema, rows)).collectAsList();
  }

  private static Dataset<Row> images(StructType schema, Row... rows) {
    return LocalSpark.session().createDataFrame(List.of(rows), schema);
  }

  private static FeatureExtractor extractor() {
    return new FeatureExtractor().setModelUrl(model.toString());
  }
}
