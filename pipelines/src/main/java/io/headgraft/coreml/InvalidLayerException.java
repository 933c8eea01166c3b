package io.headgraft.coreml;

/** A layer breaks a rule; the message says how, as a clause about "it". */
final class InvalidLayerException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Rule rule;

  InvalidLayerException(Rule rule, String reason) {
    super(reason);
    this.rule = rule;
  }

  /** Throws with the formatted reason unless a condition holds. */
  static void require(boolean condition, Rule rule, String reason, Object... values) {
    if (!condition) {
      throw new InvalidLayerException(rule, reason.formatted(values));
    }
  }

  /** The rule that is broken. */
  Rule rule() {
    return rule;
  }
}
