package io.headgraft.personalization;

/** A number of on-device training that an app may set ({@code MLParameterKey}). */
public enum HyperParameter {
  LEARNING_RATE("learning-rate", false),
  MOMENTUM("momentum", false),
  BETA1("beta1", false),
  BETA2("beta2", false),
  EPS("eps", false),
  MINI_BATCH_SIZE("mini-batch-size", true),
  EPOCHS("epochs", true),
  SEED("seed", true),
  /** Of nearest neighbours; all others are a network's. */
  NUMBER_OF_NEIGHBORS("number-of-neighbors", true);

  /** The group of the configuration that sets them. */
  static final String GROUP = "personalize.";

  private final String text;
  private final boolean whole;

  HyperParameter(String text, boolean whole) {
    this.text = text;
    this.whole = whole;
  }

  /** As 'headgraft inspect' names it. */
  public String text() {
    return text;
  }

  /** The key of the configuration that sets it. */
  public String key() {
    return GROUP + text;
  }

  /** Whether it is a whole number. */
  public boolean isWhole() {
    return whole;
  }
}
