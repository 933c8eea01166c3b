package io.headgraft.head;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.encoders.ExpressionEncoder;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Spark MLlib's multinomial logistic regression by L-BFGS (D. C. Liu and J. Nocedal, "On the
 * limited memory BFGS method for large scale optimization", 1989).
 */
public record LbfgsTrainer(HeadOptions options) implements Trainer {

  private static final StructType ROWS =
      new StructType()
          .add("label", DataTypes.DoubleType, false)
          .add("features", SQLDataTypes.VectorType(), false);

  @Override
  public String name() {
    return "lbfgs";
  }

  @Override
  public Head train(TrainingData data, Standardization standardization) {
    long start = System.nanoTime();
    Dataset<Row> rows = rows(data, standardization).persist();
    SparkSession spark = rows.sparkSession();
    spark.sparkContext().setJobGroup("train", "train: L-BFGS", false);
    try {
      LogisticRegressionModel model =
          new LogisticRegression()
              .setFamily("multinomial")
              .setRegParam(options.l2())
              .setStandardization(false)
              .setMaxIter(options.lbfgs().maxIterations())
              .setTol(options.lbfgs().tolerance())
              .fit(rows);
      Map<String, Object> hyperparameters = new LinkedHashMap<>();
      hyperparameters.put("l2", options.l2());
      hyperparameters.put("tolerance", options.lbfgs().tolerance());
      hyperparameters.put("iterations", model.summary().totalIterations());
      return new Head(
          name(),
          data.labels(),
          standardization,
          weights(model.coefficientMatrix()),
          model.interceptVector().toArray(),
          hyperparameters,
          (System.nanoTime() - start) / 1e9);
    } finally {
      rows.unpersist();
      spark.sparkContext().clearJobGroup();
    }
  }

  /**
   * The rows in an order, and in partitions, that do not depend on how the cache was read: sums of
   * floating-point numbers depend on both.
   */
  private Dataset<Row> rows(TrainingData data, Standardization standardization) {
    Dataset<Row> rows = data.trainingRows();
    Broadcast<Standardization> broadcast =
        JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext())
            .broadcast(standardization);
    MapFunction<Row, Row> standardize = row -> standardized(row, broadcast.value());
    return rows.repartition(options.partitions(), rows.col("image_id"))
        .sortWithinPartitions("image_id", "variant")
        .map(standardize, ExpressionEncoder.apply(ROWS));
  }

  private static Row standardized(Row row, Standardization standardization) {
    List<Float> feature = row.getList(row.fieldIndex("feature"));
    float[] values = new float[feature.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = feature.get(i);
    }
    return RowFactory.create(
        row.<Integer>getAs("label").doubleValue(), Vectors.dense(standardization.apply(values)));
  }

  private static double[][] weights(Matrix matrix) {
    double[][] weights = new double[matrix.numRows()][matrix.numCols()];
    for (int row = 0; row < weights.length; row++) {
      for (int column = 0; column < weights[row].length; column++) {
        weights[row][column] = matrix.apply(row, column);
      }
    }
    return weights;
  }
}
