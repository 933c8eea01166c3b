package io.headgraft.coreml;

/** A layer breaks a rule; the message says how, as a clause about "it". */
final class InvalidLayerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Rule rule;

  InvalidLayerException(Rule rule, String reason) {
    super(reason);
    this.rule = rule;
  }

  /** The rule that is broken. */
  Rule rule() {
    return rule;
  }
}
