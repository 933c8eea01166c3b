package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.GLMClassifier;
import io.headgraft.coreml.proto.GLMClassifier.ClassEncoding;
import io.headgraft.coreml.proto.GLMClassifier.DoubleArray;
import io.headgraft.coreml.proto.GLMClassifier.PostEvaluationTransform;
import io.headgraft.coreml.proto.Model;
import io.headgraft.evaluation.NormalDistribution;
import io.headgraft.evaluation.Probabilities;
import java.util.List;

/**
 * Core ML's generalized linear classifier. A row of weights and its offset give a score.
 *
 * <p>Two labels have one row in either encoding: the second label's probability is the logistic
 * function (logit) or the normal distribution function (probit) of its score. With more labels
 * there is the logit alone. With a reference class, which is the first label and has the score 0,
 * the other labels' scores are relative to it, and the probabilities are their softmax. One against
 * the rest, each label's score goes through the logistic function on its own, and the results are
 * divided by their sum.
 */
// The arrays are this package's own, and nobody changes them.
@SuppressWarnings("ArrayRecordComponent")
record LinearClassifier(
    String name,
    List<String> labels,
    double[][] weights,
    double[] offsets,
    PostEvaluationTransform transform,
    ClassEncoding encoding)
    implements FeatureClassifier {

  static LinearClassifier of(Model model, String name) {
    GLMClassifier classifier = model.getGlmClassifier();
    List<String> labels = ModelParts.labels(model);
    require(labels.size() >= 2, name, "has %d labels, not two or more".formatted(labels.size()));
    PostEvaluationTransform transform = classifier.getPostEvaluationTransform();
    ClassEncoding encoding = classifier.getClassEncoding();
    int rows = rows(labels.size(), encoding, name);
    require(
        classifier.getWeightsCount() == rows && classifier.getOffsetCount() == rows,
        name,
        "has %d rows of weights and %d offsets; its %d labels need %d of each"
            .formatted(
                classifier.getWeightsCount(), classifier.getOffsetCount(), labels.size(), rows));
    require(
        transform == PostEvaluationTransform.Logit
            || (transform == PostEvaluationTransform.Probit && labels.size() == 2),
        name,
        "turns scores of %d labels into probabilities by %s, which is not defined"
            .formatted(labels.size(), transform));
    double[][] weights = new double[rows][];
    for (int row = 0; row < rows; row++) {
      weights[row] = weights(classifier.getWeights(row), row, classifier.getWeights(0), name);
    }
    double[] offsets = classifier.getOffsetList().stream().mapToDouble(each -> each).toArray();
    for (double offset : offsets) {
      require(Double.isFinite(offset), name, "has the offset " + offset);
    }
    return new LinearClassifier(name, labels, weights, offsets, transform, encoding);
  }

  private static int rows(int labels, ClassEncoding encoding, String name) {
    return switch (encoding) {
      case ReferenceClass -> labels - 1;
      case OneVsRest -> labels == 2 ? 1 : labels;
      case UNRECOGNIZED ->
          throw HeadgraftException.unusable(name + " encodes its labels in a way not known");
    };
  }

  private static double[] weights(DoubleArray row, int number, DoubleArray first, String name) {
    require(
        row.getValueCount() > 0 && row.getValueCount() == first.getValueCount(),
        name,
        "has %d weights in row %d and %d in row 0"
            .formatted(row.getValueCount(), number, first.getValueCount()));
    double[] weights = new double[row.getValueCount()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = row.getValue(i);
      require(Double.isFinite(weights[i]), name, "has %s in row %d".formatted(weights[i], number));
    }
    return weights;
  }

  private static void require(boolean condition, String name, String reason) {
    if (!condition) {
      throw HeadgraftException.unusable(name + " " + reason);
    }
  }

  @Override
  public int features() {
    return weights[0].length;
  }

  @Override
  public double[] probabilities(float[] example) {
    double[] scores = new double[weights.length];
    for (int row = 0; row < scores.length; row++) {
      scores[row] = score(row, example);
    }
    return switch (transform) {
      case Logit -> Probabilities.softmax(logits(scores));
      case Probit ->
          new double[] {
            NormalDistribution.cumulative(-scores[0]), NormalDistribution.cumulative(scores[0])
          };
      case UNRECOGNIZED -> throw new IllegalStateException("No transform");
    };
  }

  private double score(int row, float[] example) {
    double score = offsets[row];
    for (int i = 0; i < example.length; i++) {
      score += weights[row][i] * example[i];
    }
    require(Double.isFinite(score), name, "gives an image the score " + score);
    return score;
  }

  /** What the softmax of is the probabilities. */
  private double[] logits(double[] scores) {
    double[] logits = new double[labels.size()];
    if (logits.length == scores.length) {
      for (int i = 0; i < logits.length; i++) {
        logits[i] = logLogistic(scores[i]);
      }
    } else {
      System.arraycopy(scores, 0, logits, 1, scores.length);
    }
    return logits;
  }

  /**
   * ln(1 / (1 + e<sup>−x</sup>)), without overflow: a label that is far off still has its share.
   */
  private static double logLogistic(double x) {
    return Math.min(x, 0) - StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }
}
