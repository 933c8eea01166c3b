package io.headgraft.head;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** The cross entropy of all rows and its gradient. */
interface LossSum {

  /**
   * Adds up the rows.
   *
   * @param parameters rows of weights, then biases
   * @param gradient to which the sum of the rows' gradients is added
   * @return the weighted sum of the rows' cross entropies
   */
  double add(double[] parameters, double[] gradient);

  /** Of a training set with so many labels. */
  static LossSum of(TrainingSet data) {
    int labels = data.labels().size();
    if (data instanceof LocalTrainingSet local) {
      return new Local(local.rows(), labels);
    }
    return new Distributed(((DistributedTrainingSet) data).chunks(), labels);
  }

  /** Rows on Spark: what the chunks give is added in their order. */
  record Distributed(JavaRDD<Rows> chunks, int labels) implements LossSum {

    private record Part(double loss, double[] gradient) implements Serializable {}

    @Override
    public double add(double[] parameters, double[] gradient) {
      int count = labels;
      Broadcast<double[]> broadcast =
          JavaSparkContext.fromSparkContext(chunks.context()).broadcast(parameters);
      List<Part> parts = chunks.map(rows -> part(rows, count, broadcast.value())).collect();
      broadcast.destroy();
      double loss = 0;
      for (Part part : parts) {
        loss += part.loss;
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] += part.gradient[i];
        }
      }
      return loss;
    }

    private static Part part(Rows rows, int labels, double[] parameters) {
      double[] gradient = new double[parameters.length];
      double loss = rows.size() == 0 ? 0 : new Local(rows, labels).add(parameters, gradient);
      return new Part(loss, gradient);
    }
  }

  /**
   * Rows in this process. Sums are taken over fixed ranges of the rows and added in their order, so
   * that no bit depends on how many processors there are.
   */
  final class Local implements LossSum {

    private static final int RANGES = 16;

    private final int labels;
    private final int features;
    private final Range[] ranges;

    Local(Rows rows, int labels) {
      this.labels = labels;
      this.features = rows.features()[0].length;
      int tiles = (rows.size() + Kernels.ROWS - 1) / Kernels.ROWS;
      int count = Math.min(RANGES, tiles);
      ranges =
          IntStream.range(0, count)
              .mapToObj(
                  i ->
                      new Range(
                          rows,
                          labels,
                          (int) ((long) tiles * i / count) * Kernels.ROWS,
                          Math.min(
                              (int) ((long) tiles * (i + 1) / count) * Kernels.ROWS, rows.size())))
              .toArray(Range[]::new);
    }

    @Override
    public double add(double[] parameters, double[] gradient) {
      double[] matrix = matrix(parameters);
      IntStream.range(0, ranges.length).parallel().forEach(i -> ranges[i].run(matrix));
      double loss = 0;
      double[] sum = new double[matrix.length];
      for (Range range : ranges) {
        loss += range.loss;
        for (int i = 0; i < sum.length; i++) {
          sum[i] += range.gradient[i];
        }
      }
      addTransposed(sum, gradient);
      return loss;
    }

    /** Weights by [feature][lane], and behind them the biases. */
    private double[] matrix(double[] parameters) {
      int lanes = Kernels.lanes(labels, Kernels.DOUBLE_LANES);
      double[] matrix = new double[(features + 1) * lanes];
      for (int k = 0; k < labels; k++) {
        for (int i = 0; i < features; i++) {
          matrix[i * lanes + k] = parameters[k * features + i];
        }
        matrix[features * lanes + k] = parameters[labels * features + k];
      }
      return matrix;
    }

    private void addTransposed(double[] sum, double[] gradient) {
      int lanes = Kernels.lanes(labels, Kernels.DOUBLE_LANES);
      for (int k = 0; k < labels; k++) {
        for (int i = 0; i < features; i++) {
          gradient[k * features + i] += sum[i * lanes + k];
        }
        gradient[labels * features + k] += sum[features * lanes + k];
      }
    }
  }

  /** Neighbouring rows, and their part of the sums. */
  final class Range {

    private final Rows rows;
    private final int labels;
    private final int lanes;
    private final int from;
    private final int to;
    private final RowTile tile;

    /** Of the rows of the tile, [row][lane]: logits, then what the loss changes with them. */
    private final double[] errors;

    /** As the matrix: the weights', and behind them the biases'. */
    private final double[] gradient;

    private double loss;

    Range(Rows rows, int labels, int from, int to) {
      this.rows = rows;
      this.labels = labels;
      this.lanes = Kernels.lanes(labels, Kernels.DOUBLE_LANES);
      this.from = from;
      this.to = to;
      int features = rows.features()[0].length;
      this.tile = new RowTile(features);
      this.errors = new double[Kernels.ROWS * lanes];
      this.gradient = new double[(features + 1) * lanes];
    }

    void run(double[] matrix) {
      Arrays.fill(gradient, 0);
      loss = 0;
      int biases = matrix.length - lanes;
      for (int start = from; start < to; start += Kernels.ROWS) {
        int count = Math.min(Kernels.ROWS, to - start);
        tile.load(rows.features(), start, count);
        for (int r = 0; r < Kernels.ROWS; r++) {
          System.arraycopy(matrix, biases, errors, r * lanes, lanes);
        }
        Kernels.best().addProducts(tile.rows(), matrix, 0, lanes, errors);
        for (int r = 0; r < count; r++) {
          error(r * lanes, rows.labels()[start + r], rows.weights()[start + r]);
        }
        Arrays.fill(errors, count * lanes, errors.length, 0);
        Kernels.best().addOuterProducts(tile.rows(), errors, lanes, gradient, 0, 0);
        for (int i = 0; i < errors.length; i++) {
          gradient[biases + i % lanes] += errors[i];
        }
      }
    }

    /** Turns a row's logits into what its loss changes with them. */
    private void error(int at, int label, double weight) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < labels; k++) {
        largest = Math.max(largest, errors[at + k]);
      }
      double ownLogit = errors[at + label] - largest;
      double sum = 0;
      for (int k = 0; k < labels; k++) {
        // StrictMath: the same parameters give the same bits on every machine.
        errors[at + k] = StrictMath.exp(errors[at + k] - largest);
        sum += errors[at + k];
      }
      for (int k = 0; k < labels; k++) {
        errors[at + k] *= weight / sum;
      }
      errors[at + label] -= weight;
      loss += weight * (StrictMath.log(sum) - ownLogit);
    }
  }
}
