package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.FloatVector;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier;
import io.headgraft.coreml.proto.KNearestNeighborsClassifier.WeightingSchemeCase;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NearestNeighborsIndex;
import io.headgraft.coreml.proto.NearestNeighborsIndex.DistanceFunctionCase;
import io.headgraft.coreml.proto.NearestNeighborsIndex.IndexTypeCase;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Core ML's k-nearest-neighbours classifier: the default number of neighbours vote by squared
 * Euclidean distance; of equally near examples the earlier one comes first. A kd-tree and a linear
 * index find the same neighbours, so the examples are gone through one by one.
 *
 * <p>Inverse-distance weighting is what the format says of it: a vote counts 1 / distance by the
 * model's distance function, which is the <em>squared</em> distance. The format leaves open what an
 * example at distance 0 counts; here, as in {@code io.headgraft.head.NearestNeighbours}, such
 * examples leave the others no say. Without examples, the default label has probability 1.
 *
 * <p>The labels are those of the examples, in the order of their first appearance, so that equal
 * votes go to the earlier example here as well.
 */
// The arrays are this package's own, and nobody changes them.
@SuppressWarnings("ArrayRecordComponent")
record NeighborsClassifier(
    int features,
    List<String> labels,
    float[][] points,
    int[] pointLabels,
    int neighbors,
    WeightingSchemeCase weighting)
    implements FeatureClassifier {

  static NeighborsClassifier of(Model model, String name) {
    KNearestNeighborsClassifier classifier = model.getKNearestNeighborsClassifier();
    NearestNeighborsIndex index = classifier.getNearestNeighborsIndex();
    require(
        index.getIndexTypeCase() != IndexTypeCase.INDEXTYPE_NOT_SET,
        name,
        "has no index of points");
    require(
        index.getDistanceFunctionCase() == DistanceFunctionCase.SQUAREDEUCLIDEANDISTANCE,
        name,
        "has no distance function");
    require(
        classifier.getWeightingSchemeCase() != WeightingSchemeCase.WEIGHTINGSCHEME_NOT_SET,
        name,
        "has no weighting scheme");
    long k = classifier.getNumberOfNeighbors().getDefaultValue();
    require(k >= 1, name, "lets %d neighbours vote".formatted(k));
    require(
        index.getNumberOfDimensions() >= 1,
        name,
        "has points of %d numbers".formatted(index.getNumberOfDimensions()));
    List<String> pointLabels = ModelParts.labels(model);
    require(
        pointLabels.size() == index.getFloatSamplesCount(),
        name,
        "has %d labels for %d points".formatted(pointLabels.size(), index.getFloatSamplesCount()));
    List<String> labels =
        pointLabels.isEmpty()
            ? List.of(defaultLabel(classifier, name))
            : pointLabels.stream().distinct().toList();
    return new NeighborsClassifier(
        index.getNumberOfDimensions(),
        labels,
        points(index, name),
        indices(pointLabels, labels),
        (int) Math.min(k, pointLabels.size()),
        classifier.getWeightingSchemeCase());
  }

  private static String defaultLabel(KNearestNeighborsClassifier classifier, String name) {
    return switch (classifier.getDefaultClassLabelCase()) {
      case DEFAULTSTRINGLABEL -> classifier.getDefaultStringLabel();
      case DEFAULTINT64LABEL -> String.valueOf(classifier.getDefaultInt64Label());
      case DEFAULTCLASSLABEL_NOT_SET ->
          throw HeadgraftException.unusable(name + " has neither points nor a default label");
    };
  }

  private static float[][] points(NearestNeighborsIndex index, String name) {
    float[][] points = new float[index.getFloatSamplesCount()][];
    for (int i = 0; i < points.length; i++) {
      points[i] = point(index.getFloatSamples(i), i, index.getNumberOfDimensions(), name);
    }
    return points;
  }

  private static float[] point(FloatVector vector, int number, int dimensions, String name) {
    require(
        vector.getVectorCount() == dimensions,
        name,
        "has %d numbers at point %d, not %d"
            .formatted(vector.getVectorCount(), number, dimensions));
    float[] point = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      point[i] = vector.getVector(i);
      require(Float.isFinite(point[i]), name, "has %s in point %d".formatted(point[i], number));
    }
    return point;
  }

  private static int[] indices(List<String> pointLabels, List<String> labels) {
    Map<String, Integer> index = new HashMap<>();
    labels.forEach(label -> index.put(label, index.size()));
    return pointLabels.stream().mapToInt(index::get).toArray();
  }

  private static void require(boolean condition, String name, String reason) {
    if (!condition) {
      throw HeadgraftException.unusable(name + " " + reason);
    }
  }

  @Override
  public double[] probabilities(float[] example) {
    double[] probabilities = new double[labels.size()];
    if (points.length == 0) {
      probabilities[0] = 1;
      return probabilities;
    }
    double[] distances = new double[points.length];
    for (int i = 0; i < points.length; i++) {
      distances[i] = squaredDistance(points[i], example);
    }
    int[] nearest = nearest(distances);
    double sum = 0;
    for (int point : nearest) {
      double vote = vote(distances[point], distances[nearest[0]]);
      probabilities[pointLabels[point]] += vote;
      sum += vote;
    }
    for (int label = 0; label < probabilities.length; label++) {
      probabilities[label] /= sum;
    }
    return probabilities;
  }

  /** The sort is stable: equally near points stay in their order. */
  private int[] nearest(double[] distances) {
    return IntStream.range(0, distances.length)
        .boxed()
        .sorted(Comparator.comparingDouble(point -> distances[point]))
        .limit(neighbors)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static double squaredDistance(float[] point, float[] example) {
    double sum = 0;
    for (int i = 0; i < point.length; i++) {
      double difference = (double) point[i] - example[i];
      sum += difference * difference;
    }
    return sum;
  }

  /** Relative to the nearest point's, so that the smallest distance has a finite inverse. */
  private double vote(double distance, double smallest) {
    return switch (weighting) {
      case UNIFORMWEIGHTING -> 1;
      case INVERSEDISTANCEWEIGHTING -> distance == smallest ? 1 : smallest / distance;
      case WEIGHTINGSCHEME_NOT_SET -> throw new IllegalStateException("No weighting scheme");
    };
  }
}
