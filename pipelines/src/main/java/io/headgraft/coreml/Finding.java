package io.headgraft.coreml;

/**
 * A rule that a model breaks.
 *
 * @param where the place in the model, as in {@code layer 'conv10'}, behind the part of a pipeline
 *     that it lies in, as in {@code model 'features', layer 'conv10'}; empty for the whole model
 * @param message what is wrong, with the names and values, and the way out
 */
public record Finding(Rule rule, String where, String message) {

  /** The rule's code, the place and the message, on one line. */
  public String text() {
    return rule.code() + ": " + (where.isEmpty() ? "" : where + ": ") + message;
  }
}
