package io.headgraft.run;

import io.headgraft.coreml.ImageClassifier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Runs an emitted model on images, through its own graph, and compares it with its head. */
final class EmittedModelCheck {

  /** An image's pixels, and the probability of each label of the model that it should get. */
  record Expected(byte[] pixels, double[] probabilities) {}

  /**
   * What was found.
   *
   * @param maxDifference of a probability
   * @param placeholderWins images whose most probable label is a placeholder
   * @param placeholderProbability of all placeholders together, in the mean over the images
   */
  record Result(double maxDifference, int placeholderWins, double placeholderProbability) {}

  private EmittedModelCheck() {}

  /**
   * Runs all images.
   *
   * @param realLabels how many of the model's labels are no placeholders; they come first
   */
  static Result run(ImageClassifier model, List<Expected> images, int realLabels) {
    int size = model.batchSize();
    int batches = (images.size() + size - 1) / size;
    List<Result> results = new ArrayList<>();
    IntStream.range(0, batches)
        .parallel()
        .mapToObj(i -> images.subList(i * size, Math.min(images.size(), (i + 1) * size)))
        .map(batch -> batch(model, batch, realLabels))
        .forEachOrdered(results::addAll);
    return new Result(
        results.stream().mapToDouble(Result::maxDifference).max().orElse(0),
        results.stream().mapToInt(Result::placeholderWins).sum(),
        results.stream().mapToDouble(Result::placeholderProbability).average().orElse(0));
  }

  private static List<Result> batch(ImageClassifier model, List<Expected> images, int realLabels) {
    float[][] probabilities = model.probabilities(images.stream().map(Expected::pixels).toList());
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < probabilities.length; i++) {
      results.add(compare(probabilities[i], images.get(i).probabilities(), realLabels));
    }
    return results;
  }

  private static Result compare(float[] found, double[] expected, int realLabels) {
    double difference = 0;
    double placeholders = 0;
    int largest = 0;
    for (int label = 0; label < found.length; label++) {
      double gap = Math.abs(found[label] - expected[label]);
      // Not a number is as far off as can be.
      difference = Math.max(difference, Double.isNaN(gap) ? Double.POSITIVE_INFINITY : gap);
      placeholders += label >= realLabels ? found[label] : 0;
      largest = found[label] > found[largest] ? label : largest;
    }
    return new Result(difference, largest >= realLabels ? 1 : 0, placeholders);
  }
}
