package io.headgraft.coreml;

import io.headgraft.coreml.proto.Model;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A rule, a model that breaks it and it alone, and one that just meets it.
 *
 * @param besides the rules that the second one breaks all the same, because there is no nearer one
 */
record RuleExample(Rule rule, Model broken, Model met, List<Rule> besides) {

  static RuleExample example(
      Rule rule,
      Supplier<Model.Builder> base,
      Consumer<Model.Builder> breaking,
      Consumer<Model.Builder> meeting) {
    return new RuleExample(rule, edited(base, breaking), edited(base, meeting), List.of());
  }

  RuleExample besides(Rule other) {
    return new RuleExample(rule, broken, met, List.of(other));
  }

  static Model edited(Supplier<Model.Builder> base, Consumer<Model.Builder> edit) {
    Model.Builder model = base.get();
    edit.accept(model);
    return model.build();
  }

  @Override
  public String toString() {
    return rule.code();
  }
}
