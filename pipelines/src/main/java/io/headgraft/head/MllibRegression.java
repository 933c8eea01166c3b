package io.headgraft.head;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Spark MLlib's multinomial logistic regression by L-BFGS: for rows that one process does not hold.
 * Spark merges what it learns of the partitions in the order in which it arrives, so that the last
 * bits of what comes of it change from run to run where there are several.
 */
final class MllibRegression {

  private static final StructType ROWS =
      new StructType()
          .add("label", DataTypes.DoubleType, false)
          .add("weight", DataTypes.DoubleType, false)
          .add("features", SQLDataTypes.VectorType(), false);

  private MllibRegression() {}

  /** The minimum of the mean cross entropy + l2 / 2 · |weights|². */
  static Lbfgs.Minimum minimize(JavaRDD<Rows> chunks, Objective objective, Lbfgs.Limits limits) {
    SparkSession spark = SparkSession.builder().getOrCreate();
    Dataset<Row> rows =
        spark
            .createDataFrame(chunks.flatMap(chunk -> new RowIterator(chunk)), ROWS)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      LogisticRegressionModel model =
          new LogisticRegression()
              .setFamily("multinomial")
              .setWeightCol("weight")
              .setRegParam(objective.l2())
              .setStandardization(false)
              .setMaxIter(limits.iterations())
              .setTol(limits.tolerance())
              .fit(rows);
      double[][] weights = new double[model.numClasses()][];
      for (int k = 0; k < weights.length; k++) {
        weights[k] = row(model, k);
      }
      double[] parameters = Objective.parameters(weights, model.interceptVector().toArray());
      double[] gradient = objective.zeros();
      double value = objective.evaluate(parameters, gradient);
      return new Lbfgs.Minimum(
          parameters, value, Lbfgs.norm(gradient), model.summary().totalIterations());
    } finally {
      rows.unpersist();
    }
  }

  private static double[] row(LogisticRegressionModel model, int label) {
    double[] row = new double[model.numFeatures()];
    for (int i = 0; i < row.length; i++) {
      row[i] = model.coefficientMatrix().apply(label, i);
    }
    return row;
  }

  /** A chunk's rows one by one. */
  private static final class RowIterator implements Iterator<Row> {
    private final Rows rows;
    private int next;

    RowIterator(Rows rows) {
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      return next < rows.size();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      float[] features = rows.features()[next];
      double[] doubles = new double[features.length];
      for (int i = 0; i < doubles.length; i++) {
        doubles[i] = features[i];
      }
      Row row =
          RowFactory.create(
              (double) rows.labels()[next], (double) rows.weights()[next], Vectors.dense(doubles));
      next++;
      return row;
    }
  }
}
