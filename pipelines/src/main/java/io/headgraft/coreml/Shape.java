package io.headgraft.coreml;

/**
 * The shape of a blob, of one example.
 *
 * @param channels at least 1
 * @param height at least 1
 * @param width at least 1
 */
record Shape(long channels, long height, long width) {

  /**
   * The number of values.
   *
   * @throws ArithmeticException if they are more than a {@code long} counts
   */
  long size() {
    return Math.multiplyExact(Math.multiplyExact(channels, height), width);
  }

  @Override
  public String toString() {
    return channels + " × " + height + " × " + width;
  }
}
