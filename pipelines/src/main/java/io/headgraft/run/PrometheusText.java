package io.headgraft.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Gauges in Prometheus's text format, version 0.0.4. */
final class PrometheusText {

  private final Map<String, String> common;
  private final StringBuilder text = new StringBuilder();
  private String name;

  /**
   * Begins with nothing.
   *
   * @param common labels of every sample
   */
  PrometheusText(Map<String, String> common) {
    this.common = Map.copyOf(common);
  }

  /** Begins a gauge, whose samples follow. */
  PrometheusText gauge(String newName, String help) {
    name = newName;
    String escaped = help.replace("\\", "\\\\").replace("\n", "\\n");
    text.append("# HELP %s %s\n# TYPE %s gauge\n".formatted(name, escaped, name));
    return this;
  }

  /** Adds the only sample of a gauge. */
  PrometheusText sample(double value) {
    return sample(Map.of(), value);
  }

  /** Adds a sample with a label of its own. */
  PrometheusText sample(String label, String labelValue, double value) {
    return sample(Map.of(label, labelValue), value);
  }

  private PrometheusText sample(Map<String, String> own, double value) {
    Map<String, String> labels = new LinkedHashMap<>(common);
    labels.putAll(own);
    String set =
        labels.entrySet().stream()
            .map(label -> "%s=\"%s\"".formatted(label.getKey(), escaped(label.getValue())))
            .collect(Collectors.joining(","));
    text.append(name).append('{').append(set).append("} ").append(number(value)).append('\n');
    return this;
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private static String number(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.valueOf((long) value)
        : String.valueOf(value);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
