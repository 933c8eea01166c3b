package io.headgraft.head;

import io.headgraft.dataset.LabelledDataset;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.dataset.Split;
import io.headgraft.testing.LocalSpark;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Three labels, of which the features tell two well and the third badly; four in five train. */
final class SmallProblem {

  static final List<String> LABELS = List.of("ant", "bee", "cat");
  static final int FEATURES = 5;
  static final long MEMORY = 1 << 20;

  /** Of rows as the feature cache gives them. */
  static final StructType SCHEMA =
      new StructType()
          .add("image_id", DataTypes.StringType, false)
          .add("variant", DataTypes.IntegerType, false)
          .add("feature", DataTypes.createArrayType(DataTypes.FloatType, false), false);

  private static final int IMAGES = 60;

  private SmallProblem() {}

  static TrainingData load() {
    return load(features(2, false));
  }

  static TrainingData load(Dataset<Row> features) {
    return TrainingData.load(LocalSpark.session(), dataset(), features, MEMORY);
  }

  static LabelledDataset dataset() {
    List<LabelledImage> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      images.add(new LabelledImage(id(i), "file:/" + id(i), 1, LABELS.get(i % 3), split(i)));
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
  static Dataset<Row> features(int partitions, boolean backwards) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES + 1; i++) {
      for (int variant = 0; variant < 2; variant++) {
        rows.add(
            backwards ? 0 : rows.size(), RowFactory.create(id(i), variant, feature(i, variant)));
      }
    }
    return LocalSpark.session().createDataFrame(rows, SCHEMA).repartition(partitions);
  }

  static List<Float> feature(int image, int variant) {
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

  static String id(int image) {
    return "image%02d".formatted(image);
  }

  static HeadOptions options(long seed, HeadOptions.Sgd sgd) {
    return new HeadOptions(
        List.of("lbfgs", "sgd"), 0.01, seed, MEMORY, 1, new HeadOptions.Lbfgs(500, 1e-9), sgd);
  }

  /** The mean cross entropy on the training rows, and the penalty. */
  static double objective(Head head, TrainingData data, double l2) {
    Examples train = data.examples(Split.TRAIN);
    double[][] probabilities = head.probabilities(train.features());
    double sum = 0;
    for (int i = 0; i < train.size(); i++) {
      sum -= Math.log(probabilities[i][train.labels()[i]]);
    }
    double squares = 0;
    for (double[] row : head.weights()) {
      for (double weight : row) {
        squares += weight * weight;
      }
    }
    return sum / train.size() + l2 / 2 * squares;
  }
}
