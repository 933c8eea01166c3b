package io.headgraft.run;

import io.headgraft.coreml.FeatureLayers.Standardization;
import io.headgraft.coreml.KnnPipeline.Example;
import io.headgraft.coreml.KnnPipeline.Settings;
import io.headgraft.head.Examples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The nearest-neighbours model as it is shipped: what it knows from the start, and what it has to
 * say then.
 *
 * @param standardization of the features, if the model has it as a layer
 */
record GraftedNeighbours(
    Settings settings, List<Example> examples, Optional<Standardization> standardization) {

  static GraftedNeighbours of(
      Settings settings,
      Examples photos,
      List<String> labels,
      Optional<Standardization> standardization) {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < photos.size(); i++) {
      float[] feature = photos.features()[i];
      examples.add(
          new Example(
              standardization.map(layer -> layer.apply(feature)).orElse(feature),
              labels.get(photos.labels()[i])));
    }
    return new GraftedNeighbours(settings, examples, standardization);
  }

  /** The labels of the examples, as they come up; the default label where there are none. */
  List<String> labels() {
    return examples.isEmpty()
        ? List.of(settings.defaultLabel())
        : examples.stream().map(Example::label).distinct().toList();
  }

  /**
   * The share of each label in the votes of the nearest examples. A distance is squared, as the
   * format's distance function is, by which its votes are weighted.
   */
  double[] probabilities(float[] feature) {
    List<String> labels = labels();
    double[] votes = new double[labels.size()];
    if (examples.isEmpty()) {
      votes[0] = 1;
      return votes;
    }
    float[] own = standardization.map(layer -> layer.apply(feature)).orElse(feature);
    double[] distances =
        examples.stream().mapToDouble(example -> distance(example.features(), own)).toArray();
    List<Integer> nearest =
        IntStream.range(0, distances.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> distances[i]))
            .limit(settings.k().defaultValue())
            .toList();
    double sum = 0;
    for (int i : nearest) {
      double vote = vote(distances[i], distances[nearest.get(0)]);
      votes[labels.indexOf(examples.get(i).label())] += vote;
      sum += vote;
    }
    for (int label = 0; label < votes.length; label++) {
      votes[label] /= sum;
    }
    return votes;
  }

  /** As a multiple of the nearest one's; of an example that is the same, only its like count. */
  private double vote(double distance, double smallest) {
    return switch (settings.weighting()) {
      case UNIFORM -> 1;
      case INVERSE_DISTANCE -> distance == smallest ? 1 : smallest / distance;
    };
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = (double) a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }
}
