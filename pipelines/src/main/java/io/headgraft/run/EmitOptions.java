package io.headgraft.run;

/**
 * What is shipped, and how.
 *
 * @param head lbfgs, sgd or best
 * @param standardizeAsLayer whether the standardization is a layer of its own; else it is folded
 *     into the weights
 * @param classes that the model is filled up to
 * @param placeholders that there are at least
 * @param placeholderProbability that all placeholders together have at most, in (0, 0.01]
 * @param learningRate default of on-device training, in (0, 1]
 * @param seed of the empty model's weights
 * @param maxProbabilityDifference between model and head, above which a run fails
 */
public record EmitOptions(
    String head,
    boolean standardizeAsLayer,
    int classes,
    int placeholders,
    double placeholderProbability,
    double learningRate,
    long seed,
    double maxProbabilityDifference) {}
