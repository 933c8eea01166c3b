package io.headgraft.head;

import java.io.Serializable;
import java.util.Arrays;

/**
 * What is known of standardized rows x and their labels.
 *
 * @param counts [label]
 * @param sums [label][feature]
 * @param products the sum of x · xᵀ as {@link Products} gives it
 */
record Scatter(long[] counts, double[][] sums, double[] products) implements Serializable {

  /** Of some rows, which may be none. */
  static Scatter of(Examples rows, Standardization standardization, int labels) {
    int features = standardization.mean().length;
    long[] counts = new long[labels];
    double[][] sums = new double[labels][features];
    for (int row = 0; row < rows.size(); row++) {
      int label = rows.labels()[row];
      counts[label]++;
      double[] standardized = standardization.apply(rows.features()[row]);
      for (int i = 0; i < features; i++) {
        sums[label][i] += standardized[i];
      }
    }
    double[] products =
        Products.sum(
            rows.size(),
            features,
            (row, from, to) -> standardization.apply(rows.features()[row], from, to));
    return new Scatter(counts, sums, products);
  }

  /** Of these rows and others. */
  Scatter plus(Scatter others) {
    Scatter all =
        new Scatter(
            counts.clone(),
            Arrays.stream(sums).map(double[]::clone).toArray(double[][]::new),
            products.clone());
    for (int label = 0; label < counts.length; label++) {
      all.counts[label] += others.counts[label];
      add(others.sums[label], all.sums[label], 1);
    }
    add(others.products, all.products, 1);
    return all;
  }

  private static void add(double[] from, double[] to, double factor) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * from[i];
    }
  }

  /** The mean of x · xᵀ. */
  double[] moments() {
    return divided(products.clone());
  }

  /** The covariance of rows around their own label's mean. */
  double[] insideLabels() {
    double[] inside = products.clone();
    // Σ (x − m)(x − m)ᵀ = Σ x xᵀ − n m mᵀ, and n m mᵀ = s sᵀ with s = Σ x / √n.
    double[] means =
        Products.sum(
            counts.length,
            sums[0].length,
            (label, from, to) -> {
              double root = Math.sqrt((double) Math.max(1, counts[label]));
              for (int i = from; i < to.length; i++) {
                to[i] = sums[label][i] / root;
              }
            });
    add(means, inside, -1);
    return divided(inside);
  }

  private double[] divided(double[] sum) {
    long rows = Arrays.stream(counts).sum();
    for (int i = 0; i < sum.length; i++) {
      sum[i] /= (double) rows;
    }
    return sum;
  }
}
