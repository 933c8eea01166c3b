package io.headgraft.run;

import io.headgraft.dataset.LabelledDataset;
import io.headgraft.dataset.LabelledImage;
import io.headgraft.evaluation.Probabilities;
import io.headgraft.head.Examples;
import io.headgraft.head.Predictions;
import io.headgraft.report.Report.Answer;
import io.headgraft.report.Report.Mistake;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The test photos that the heads are most wrong about. */
final class WorstMistakes {

  private WorstMistakes() {}

  /**
   * Photos that at least one head has wrong, those first whose own label has the lowest
   * probability, in the mean over the heads.
   *
   * @param predictions by the heads' names
   * @param most at most so many
   */
  static List<Mistake> of(
      LabelledDataset dataset, Examples test, Map<String, Predictions> predictions, int most) {
    Map<String, LabelledImage> images = new HashMap<>();
    dataset.images().forEach(image -> images.put(image.imageId(), image));
    List<String> labels = dataset.labels();
    return IntStream.range(0, test.size())
        .boxed()
        .filter(i -> predictions.values().stream().anyMatch(head -> wrong(head, i)))
        .sorted(
            Comparator.comparingDouble((Integer i) -> meanTrueProbability(predictions, i))
                .thenComparing(i -> test.imageIds()[i]))
        .limit(most)
        .map(i -> mistake(labels, images.get(test.imageIds()[i]), predictions, i))
        .toList();
  }

  private static boolean wrong(Predictions head, int example) {
    return Probabilities.argmax(head.probabilities()[example]) != head.labels()[example];
  }

  private static double meanTrueProbability(Map<String, Predictions> heads, int example) {
    return heads.values().stream()
        .mapToDouble(head -> head.probabilities()[example][head.labels()[example]])
        .average()
        .orElseThrow();
  }

  private static Mistake mistake(
      List<String> labels, LabelledImage image, Map<String, Predictions> heads, int example) {
    return new Mistake(
        image.imageId(),
        image.path(),
        image.label(),
        heads.entrySet().stream()
            .map(head -> answer(labels, head.getKey(), head.getValue(), example))
            .toList());
  }

  private static Answer answer(List<String> labels, String name, Predictions head, int example) {
    double[] probabilities = head.probabilities()[example];
    int given = Probabilities.argmax(probabilities);
    return new Answer(
        name, labels.get(given), probabilities[given], probabilities[head.labels()[example]]);
  }
}
