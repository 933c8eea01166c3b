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

    /** Rows that are looked at together: with 1000 features, both copies of them fit into L2. */
    private static final int BLOCK = 64;

    private static final int RANGES = 16;

    private final Range[] ranges;

    Local(Rows rows, int labels) {
      int blocks = (rows.size() + BLOCK - 1) / BLOCK;
      int count = Math.min(RANGES, blocks);
      ranges =
          IntStream.range(0, count)
              .mapToObj(
                  i ->
                      new Range(
                          rows,
                          labels,
                          (int) ((long) blocks * i / count) * BLOCK,
                          Math.min((int) ((long) blocks * (i + 1) / count) * BLOCK, rows.size())))
              .toArray(Range[]::new);
    }

    @Override
    public double add(double[] parameters, double[] gradient) {
      IntStream.range(0, ranges.length).parallel().forEach(i -> ranges[i].run(parameters));
      double loss = 0;
      for (Range range : ranges) {
        loss += range.loss;
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] += range.gradient[i];
        }
      }
      return loss;
    }
  }

  /** Neighbouring rows, and their part of the sums. */
  final class Range {

    private final Rows rows;
    private final int labels;
    private final int from;
    private final int to;
    private final DenseBlock block;
    private final double[] logits;
    private final double[] gradient;
    private double loss;

    Range(Rows rows, int labels, int from, int to) {
      this.rows = rows;
      this.labels = labels;
      this.from = from;
      this.to = to;
      int features = rows.features()[0].length;
      this.block = new DenseBlock(Local.BLOCK, features);
      this.logits = new double[labels * Local.BLOCK];
      this.gradient = new double[labels * (features + 1)];
    }

    void run(double[] parameters) {
      Arrays.fill(gradient, 0);
      loss = 0;
      for (int start = from; start < to; start += Local.BLOCK) {
        int count = Math.min(Local.BLOCK, to - start);
        block.load(rows.features(), start, count);
        int biases = labels * block.features();
        for (int k = 0; k < labels; k++) {
          Arrays.fill(logits, k * Local.BLOCK, (k + 1) * Local.BLOCK, parameters[biases + k]);
        }
        block.addProducts(parameters, labels, logits);
        errors(start, count);
        block.addGradient(logits, labels, gradient);
      }
    }

    /** Turns logits into what the loss of each row changes with them. */
    private void errors(int start, int count) {
      int biases = labels * block.features();
      for (int r = 0; r < Local.BLOCK; r++) {
        if (r < count) {
          error(r, rows.labels()[start + r], rows.weights()[start + r]);
        }
        for (int k = 0; k < labels; k++) {
          int i = k * Local.BLOCK + r;
          logits[i] = r < count ? logits[i] : 0;
          gradient[biases + k] += logits[i];
        }
      }
    }

    private void error(int r, int label, double weight) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < labels; k++) {
        largest = Math.max(largest, logits[k * Local.BLOCK + r]);
      }
      int own = label * Local.BLOCK + r;
      double ownLogit = logits[own] - largest;
      double sum = 0;
      for (int k = 0; k < labels; k++) {
        int i = k * Local.BLOCK + r;
        // StrictMath: the same parameters give the same bits on every machine.
        logits[i] = StrictMath.exp(logits[i] - largest);
        sum += logits[i];
      }
      for (int k = 0; k < labels; k++) {
        logits[k * Local.BLOCK + r] *= weight / sum;
      }
      logits[own] -= weight;
      loss += weight * (StrictMath.log(sum) - ownLogit);
    }
  }
}
