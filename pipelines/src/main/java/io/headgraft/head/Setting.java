package io.headgraft.head;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/** The hyper-parameters of a head that a sweep varies. */
public sealed interface Setting extends Serializable {

  /** Of L-BFGS. */
  record Penalty(double l2) implements Setting {
    @Override
    public Map<String, Object> toMap() {
      return Map.of("l2", l2);
    }
  }

  /**
   * Of gradient descent.
   *
   * @param epochs that are trained
   */
  record Descent(double learningRate, double l2, int epochs) implements Setting {
    @Override
    public Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("learning-rate", learningRate);
      map.put("l2", l2);
      map.put("epochs", epochs);
      return map;
    }
  }

  /** Of the nearest neighbours. */
  record Neighbours(int k, Weighting weighting) implements Setting {
    @Override
    public Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("k", k);
      map.put("weighting", weighting.text());
      return map;
    }
  }

  /** As the report names them. */
  Map<String, Object> toMap();
}
