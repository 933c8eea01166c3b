package io.headgraft.coreml;

import java.util.List;

/** Whether numbers are finite, whatever form the file has them in. */
final class Finite {

  private Finite() {}

  static boolean all(List<? extends Number> values) {
    for (Number value : values) {
      if (!Double.isFinite(value.doubleValue())) {
        return false;
      }
    }
    return true;
  }
}
