package io.headgraft.testing;

import io.headgraft.dataset.LabelledDataset;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.Split;
import io.headgraft.head.Examples;
import io.headgraft.head.HeadOptions;
import io.headgraft.head.TrainingData;
import io.headgraft.run.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Three labels, of which the features tell two well and the third badly; four in five train. */
public final class SmallProblem {

  public static final List<String> LABELS = List.of("ant", "bee", "cat");
  public static final int FEATURES = 5;
  public static final int IMAGES = 60;

  /** Of rows as the feature cache gives them. */
  private static final StructType SCHEMA =
      new StructType()
          .add("image_id", DataTypes.StringType, false)
          .add("variant", DataTypes.IntegerType, false)
          .add("feature", DataTypes.createArrayType(DataTypes.FloatType, false), false);

  private SmallProblem() {}

  /** The defaults, less what is given as key=value. */
  public static HeadOptions options(String... overrides) {
    return Settings.load(Optional.empty(), List.of(overrides)).heads();
  }

  /** The whole problem. */
  public static TrainingData load(HeadOptions options) {
    return load(options, dataset(), features(2, false));
  }

  /** Some of it. */
  public static TrainingData load(
      HeadOptions options, LabelledDataset dataset, Dataset<Row> features) {
    return TrainingData.load(LocalSpark.session(), dataset, features, options);
  }

  /** 48 images to train on, 6 to validate, 6 to test; those of some splits train instead. */
  public static LabelledDataset dataset(Split... notHeldOut) {
    List<Split> training = List.of(notHeldOut);
    List<LabelledImage> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      Split split = training.contains(split(i)) ? Split.TRAIN : split(i);
      images.add(new LabelledImage(id(i), "file:/" + id(i), 1, LABELS.get(i % 3), id(i), split));
    }
    return new LabelledDataset(7, images, List.of());
  }

  private static Split split(int image) {
    return switch (image % 10) {
      case 0 -> Split.TEST;
      case 1 -> Split.VALIDATION;
      default -> Split.TRAIN;
    };
  }

  /** The rows of all images in two variants, and of one that no data set has. */
  public static Dataset<Row> features(int partitions, boolean backwards) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES + 1; i++) {
      for (int variant = 0; variant < 2; variant++) {
        rows.add(
            backwards ? 0 : rows.size(), RowFactory.create(id(i), variant, feature(i, variant)));
      }
    }
    return LocalSpark.session().createDataFrame(rows, SCHEMA).repartition(partitions);
  }

  /** What {@link TrainingData} makes of a split: the training images in two variants. */
  public static Examples examples(Split wanted) {
    int variants = wanted == Split.TRAIN ? 2 : 1;
    int[] rows =
        IntStream.range(0, variants * IMAGES).filter(i -> split(i / variants) == wanted).toArray();
    float[][] features = new float[rows.length][FEATURES];
    int[] labels = new int[rows.length];
    String[] ids = new String[rows.length];
    int[] numbers = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      int image = rows[i] / variants;
      numbers[i] = rows[i] % variants;
      labels[i] = image % 3;
      ids[i] = id(image);
      List<Float> feature = feature(image, numbers[i]);
      for (int j = 0; j < FEATURES; j++) {
        features[i][j] = feature.get(j);
      }
    }
    return new Examples(features, labels, ids, ids, numbers);
  }

  /** The features of a variant; the last is the same for all. */
  public static List<Float> feature(int image, int variant) {
    Random random = new Random(image * 2L + variant);
    int label = image % 3;
    List<Float> feature = new ArrayList<>();
    for (int i = 0; i < FEATURES - 1; i++) {
      double centre = label == 2 ? 0.3 : (label == i % 2 ? 1.2 : -0.6);
      feature.add((float) (centre + random.nextGaussian()) * (i + 1));
    }
    feature.add(3f);
    return feature;
  }

  /** The id of an image. */
  public static String id(int image) {
    return "image%02d".formatted(image);
  }
}
