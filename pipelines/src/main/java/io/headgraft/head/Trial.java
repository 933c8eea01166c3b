package io.headgraft.head;

import java.util.Map;

/**
 * One setting of a sweep and what came of it on the examples that it was not trained on.
 *
 * @param hyperparameters that the sweep varies
 * @param logLoss in nats, of the held-out examples; NaN if the training diverged
 * @param accuracy of the held-out examples; NaN if the training diverged
 * @param seconds that the training took
 */
public record Trial(
    Map<String, Object> hyperparameters, double logLoss, double accuracy, double seconds) {}
