package io.headgraft.personalization;

import io.headgraft.dataset.LabelledImage;
import java.text.Normalizer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the fixed layers make of a photo.
 *
 * @param values channel by channel
 */
record PhotoValues(LabelledImage photo, float[] values) {

  String label() {
    return photo.label();
  }

  static List<String> labels(List<PhotoValues> photos) {
    return photos.stream().map(PhotoValues::label).toList();
  }

  static float[][] matrix(List<PhotoValues> photos) {
    return photos.stream().map(PhotoValues::values).toArray(float[][]::new);
  }

  /** The number of photos by label. */
  static Map<String, Integer> counts(List<PhotoValues> photos) {
    Map<String, Integer> counts = new TreeMap<>();
    photos.forEach(each -> counts.merge(each.label(), 1, Integer::sum));
    return counts;
  }

  /** A model's label in the form that photos' labels are in. */
  static String normalized(String label) {
    return Normalizer.normalize(label, Normalizer.Form.NFC);
  }
}
