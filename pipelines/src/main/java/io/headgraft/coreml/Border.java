package io.headgraft.coreml;

/**
 * What is added before and behind a side of an image, or taken from it.
 *
 * @param start above, or on the left
 * @param end below, or on the right
 */
record Border(long start, long end) {

  static final Border NONE = new Border(0, 0);

  /** A total of pixels in two halves; {@code startHeavy} says where the odd one goes. */
  static Border halves(long total, boolean startHeavy) {
    long smaller = total / 2;
    return startHeavy ? new Border(total - smaller, smaller) : new Border(smaller, total - smaller);
  }

  /** The four borders of an image as ONNX has them: top, left, bottom, right. */
  static long[] outer(Border rows, Border columns) {
    return new long[] {rows.start(), columns.start(), rows.end(), columns.end()};
  }

  long total() {
    return start + end;
  }
}
