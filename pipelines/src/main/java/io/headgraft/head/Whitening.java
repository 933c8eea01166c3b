package io.headgraft.head;

import io.headgraft.HeadgraftException;

/**
 * A linear map of standardized features, behind which the photos of one label differ as much in
 * every direction: A = c · L⁻¹, with L · Lᵀ = (1 − s) · S + s · v · I. S is the covariance of the
 * training rows around their own label's mean, v its mean variance and s the shrinkage (O. Ledoit
 * and M. Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", 2004); c
 * makes the mean squared length of a training row the number of features. L⁻¹ differs by a rotation
 * from the inverse of the symmetric square root, to which gradient descent in a dense layer and
 * Euclidean distances are blind.
 */
public final class Whitening {

  private final Cholesky factor;
  private final double scale;
  private final double[][] matrix;

  private Whitening(Cholesky factor, double scale, double[][] matrix) {
    this.factor = factor;
    this.scale = scale;
    this.matrix = matrix;
  }

  /**
   * From training rows in memory.
   *
   * @param labels how many there are
   * @param shrinkage in (0, 1]
   * @throws HeadgraftException if no feature varies inside any label
   */
  public static Whitening of(
      Examples rows, Standardization standardization, int labels, double shrinkage) {
    return of(Scatter.of(rows, standardization, labels), shrinkage);
  }

  /**
   * From what is known of the training rows.
   *
   * @param shrinkage in (0, 1]
   * @throws HeadgraftException if no feature varies inside any label
   */
  static Whitening of(Scatter rows, double shrinkage) {
    int features = rows.sums()[0].length;
    int side = Products.side(features);
    double[] matrix = rows.insideLabels();
    double variance = 0;
    for (int i = 0; i < features; i++) {
      variance += matrix[i * side + i] / features;
    }
    // What is left of sums that cancel each other is no variance.
    if (variance < 1e-9) {
      throw HeadgraftException.unusable(
          "The training photos of a label do not differ from each other, so features cannot be whitened inside labels: set emit.standardize to layer, or give labels more photos");
    }
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] *= 1 - shrinkage;
    }
    for (int i = 0; i < side; i++) {
      matrix[i * side + i] += shrinkage * variance;
    }
    Cholesky factor = new Cholesky(matrix);
    double scale = scale(rows, factor, features);
    return new Whitening(factor, scale, matrix(factor, scale, features));
  }

  /** The mean of |L⁻¹ x|² is the trace of (L Lᵀ)⁻¹ times the mean of x · xᵀ. */
  private static double scale(Scatter rows, Cholesky factor, int features) {
    int side = Products.side(features);
    double[] solved = rows.moments();
    factor.solve(solved);
    double length = 0;
    for (int i = 0; i < features; i++) {
      length += solved[i * side + i];
    }
    return Math.sqrt(features / length);
  }

  private static double[][] matrix(Cholesky factor, double scale, int features) {
    int side = Products.side(features);
    double[] inverse = new double[side * side];
    for (int i = 0; i < side; i++) {
      inverse[i * side + i] = 1;
    }
    factor.solveFactor(inverse);
    double[][] matrix = new double[features][features];
    for (int i = 0; i < features; i++) {
      for (int j = 0; j <= i; j++) {
        matrix[i][j] = scale * inverse[j * side + i];
      }
    }
    return matrix;
  }

  /** A, [feature that comes out][feature that goes in]. */
  public double[][] matrix() {
    return matrix;
  }

  /**
   * Weights for what comes out that give the same logits as some for what goes in: w · A⁻¹.
   *
   * @param weights [feature that goes in]
   */
  public double[] moved(double[] weights) {
    double[] moved = factor.times(weights);
    for (int i = 0; i < moved.length; i++) {
      moved[i] /= scale;
    }
    return moved;
  }
}
