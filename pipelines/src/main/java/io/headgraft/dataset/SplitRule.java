package io.headgraft.dataset;

import io.headgraft.Sha256;

/**
 * Gives each image its split from a hash of its group, or of its content, and a seed: the split of
 * an image does not depend on the other images, and stays when the data set grows.
 */
record SplitRule(DatasetOptions options) {

  Split split(IndexedFile indexed) {
    return indexed.file().split().orElseGet(() -> drawn(indexed));
  }

  private Split drawn(IndexedFile indexed) {
    double share = share(indexed.file().group().orElse(indexed.imageId()));
    if (share < options.test()) {
      return Split.TEST;
    }
    return share < options.test() + options.validation() ? Split.VALIDATION : Split.TRAIN;
  }

  /** A number in [0, 1), evenly spread over the groups. */
  private double share(String group) {
    byte[] hash = Sha256.of(options.seed() + "\n" + group);
    long bits = 0;
    for (int i = 0; i < 7; i++) {
      bits = bits << 8 | (hash[i] & 0xff);
    }
    // 53 of the 56 bits are what a double in [0, 1) holds.
    return (bits >>> 3) * 0x1.0p-53;
  }
}
