package io.headgraft.head;

/**
 * Rows to train on, and examples that are held out to choose settings with.
 *
 * @param trainPhotos images that the rows are variants of
 * @param heldOut none of whose groups is trained on
 */
record Fold(TrainingSet train, int trainPhotos, Examples heldOut) implements AutoCloseable {

  /** The held-out features, standardized as the training rows are. */
  float[][] heldOutFeatures() {
    float[][] rows = new float[heldOut.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = train.standardization().applyInSinglePrecision(heldOut.features()[i]);
    }
    return rows;
  }

  @Override
  public void close() {
    train.close();
  }
}
