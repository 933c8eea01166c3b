package io.headgraft.head;

import java.util.Arrays;
import java.util.List;

/** Rows in this process. */
record LocalTrainingSet(List<String> labels, Standardization standardization, Rows rows)
    implements TrainingSet {

  static LocalTrainingSet of(List<String> labels, Examples examples, ClassWeights classWeights) {
    Standardization standardization = Standardization.fit(examples.features());
    long[] counts = new long[labels.size()];
    Arrays.stream(examples.labels()).forEach(label -> counts[label]++);
    float[] weights = classWeights.of(labels, counts);
    return new LocalTrainingSet(
        labels, standardization, examples.standardized(standardization, weights));
  }

  @Override
  public long size() {
    return rows.size();
  }

  @Override
  public String where() {
    return "in one process";
  }

  @Override
  public void close() {}
}
