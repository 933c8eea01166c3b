package io.headgraft.run;

import io.headgraft.evaluation.Probabilities;
import io.headgraft.head.Head;
import java.util.Arrays;
import java.util.List;

/**
 * What the placeholders of a model take from its real labels.
 *
 * @param wins images whose most probable label is a placeholder
 * @param probability of all placeholders together, in the mean over the images
 */
record PlaceholderShare(int wins, double probability) {

  /** Of one image. The first of equally probable labels wins. */
  static PlaceholderShare of(double[] probabilities, int realLabels) {
    int largest = 0;
    double sum = 0;
    for (int label = 0; label < probabilities.length; label++) {
      largest = probabilities[label] > probabilities[largest] ? label : largest;
      sum += label >= realLabels ? probabilities[label] : 0;
    }
    return new PlaceholderShare(largest >= realLabels ? 1 : 0, sum);
  }

  /** Of many images. */
  static PlaceholderShare mean(List<PlaceholderShare> images) {
    return new PlaceholderShare(
        images.stream().mapToInt(PlaceholderShare::wins).sum(),
        images.stream().mapToDouble(PlaceholderShare::probability).average().orElse(0));
  }

  /** What it would be if placeholders were rows of zeros with a bias of zero, and no more. */
  static PlaceholderShare unsilenced(
      Head head, int placeholders, List<EmitModel.CheckImage> images) {
    int real = head.labels().size();
    return mean(
        images.stream()
            .map(image -> Arrays.copyOf(head.logits(image.feature()), real + placeholders))
            .map(logits -> of(Probabilities.softmax(logits), real))
            .toList());
  }
}
