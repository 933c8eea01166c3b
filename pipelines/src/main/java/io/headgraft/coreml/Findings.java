package io.headgraft.coreml;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gathers what is found in a model and in the parts of a pipeline. Of each rule the first few
 * findings are kept, whatever the size of the model.
 */
final class Findings {

  private static final int KEPT_PER_RULE = 10;

  private final String part;
  private final Map<Rule, List<Finding>> kept;
  private final Map<Rule, Integer> more;
  private final Set<Rule> broken = EnumSet.noneOf(Rule.class);

  private Findings(String part, Map<Rule, List<Finding>> kept, Map<Rule, Integer> more) {
    this.part = part;
    this.kept = kept;
    this.more = more;
  }

  static Findings empty() {
    return new Findings("", new EnumMap<>(Rule.class), new EnumMap<>(Rule.class));
  }

  /** Those of one of a pipeline's models. */
  Findings of(String model) {
    return new Findings(place(model), kept, more);
  }

  /** Adds a finding about the model as a whole. */
  void add(Rule rule, String message, Object... values) {
    addAt("", rule, message, values);
  }

  /** Adds a finding about a place in the model. */
  void addAt(String where, Rule rule, String message, Object... values) {
    broken.add(rule);
    List<Finding> list = kept.computeIfAbsent(rule, key -> new ArrayList<>());
    if (list.size() < KEPT_PER_RULE) {
      list.add(new Finding(rule, place(where), String.format(message, values)));
    } else {
      more.merge(rule, 1, Integer::sum);
    }
  }

  /** Whether this model breaks a rule, whatever its parts do. */
  boolean breaks(Rule rule) {
    return broken.contains(rule);
  }

  /** All, in the order of the rules. */
  List<Finding> inOrder() {
    more.forEach(
        (rule, count) ->
            kept.get(rule).add(new Finding(rule, "", "and %,d more of these".formatted(count))));
    return kept.values().stream().flatMap(Collection::stream).toList();
  }

  private String place(String where) {
    if (part.isEmpty()) {
      return where;
    }
    return where.isEmpty() ? part : part + ", " + where;
  }
}
