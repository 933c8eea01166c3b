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

    static final int RANGES = 16;

    private final Range[] ranges;

    Local(Rows rows, int labels) {
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
      IntStream.range(0, ranges.length).parallel().forEach(i -> ranges[i].run(parameters));
      IntStream.range(0, ranges.length).parallel().forEach(i -> accumulate(i, gradient));
      return Arrays.stream(ranges).mapToDouble(range -> range.loss).reduce(0, Double::sum);
    }

    /**
     * Adds one of as many parts of the gradient as there are ranges, each number over the ranges in
     * their order.
     */
    private void accumulate(int part, double[] gradient) {
      int from = (int) ((long) gradient.length * part / ranges.length);
      int to = (int) ((long) gradient.length * (part + 1) / ranges.length);
      double[] sum = new double[to - from];
      for (Range range : ranges) {
        for (int i = from; i < to; i++) {
          sum[i - from] += range.gradient[i];
        }
      }
      for (int i = from; i < to; i++) {
        gradient[i] += sum[i - from];
      }
    }
  }

  /** Neighbouring rows, and their part of the sums. */
  final class Range {

    private final Rows rows;
    private final int labels;
    private final int features;
    private final int from;
    private final int to;
    private final RowTile tile;

    /** Of the rows of the tile, [row][label]: logits, then what the loss changes with them. */
    private final double[] errors;

    /** As the parameters. */
    private final double[] gradient;

    private double loss;

    Range(Rows rows, int labels, int from, int to) {
      this.rows = rows;
      this.labels = labels;
      this.from = from;
      this.to = to;
      this.features = rows.features()[0].length;
      this.tile = new RowTile(features);
      this.errors = new double[Kernels.ROWS * labels];
      this.gradient = new double[labels * (features + 1)];
    }

    void run(double[] parameters) {
      Arrays.fill(gradient, 0);
      loss = 0;
      int biases = labels * features;
      for (int start = from; start < to; start += Kernels.ROWS) {
        int count = Math.min(Kernels.ROWS, to - start);
        tile.load(rows.features(), start, count);
        for (int r = 0; r < Kernels.ROWS; r++) {
          System.arraycopy(parameters, biases, errors, r * labels, labels);
        }
        Kernels.best().addProducts(tile.rows(), parameters, 0, features, labels, errors);
        for (int r = 0; r < count; r++) {
          error(r * labels, rows.labels()[start + r], rows.weights()[start + r]);
        }
        Arrays.fill(errors, count * labels, errors.length, 0);
        Kernels.best().addOuterProducts(tile.rows(), errors, labels, gradient, 0, features);
        for (int i = 0; i < errors.length; i++) {
          gradient[biases + i % labels] += errors[i];
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
