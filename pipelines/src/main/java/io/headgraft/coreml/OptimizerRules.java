package io.headgraft.coreml;

import io.headgraft.coreml.proto.AdamOptimizer;
import io.headgraft.coreml.proto.DoubleParameter;
import io.headgraft.coreml.proto.Int64Parameter;
import io.headgraft.coreml.proto.NetworkUpdateParameters;
import io.headgraft.coreml.proto.SGDOptimizer;

/** What the hyper-parameters of an updatable network meet. */
final class OptimizerRules {

  private final NetworkUpdateParameters update;
  private final Findings findings;

  OptimizerRules(NetworkUpdateParameters update, Findings findings) {
    this.update = update;
    this.findings = findings;
  }

  void check() {
    switch (update.getOptimizer().getOptimizerTypeCase()) {
      case SGDOPTIMIZER -> sgd(update.getOptimizer().getSgdOptimizer());
      case ADAMOPTIMIZER -> adam(update.getOptimizer().getAdamOptimizer());
      case OPTIMIZERTYPE_NOT_SET ->
          findings.add(Rule.OPTIMIZER_PRESENT, "there is no optimizer; give SGD or Adam");
    }
    if (update.hasEpochs()) {
      whole("epochs", update.getEpochs(), true);
    } else {
      findings.add(Rule.EPOCHS_PRESENT, "the number of epochs is not given");
    }
    if (update.hasSeed()) {
      whole("seed", update.getSeed(), false);
    }
  }

  private void sgd(SGDOptimizer sgd) {
    learningRate(sgd.hasLearningRate(), sgd.getLearningRate());
    miniBatchSize(sgd.hasMiniBatchSize(), sgd.getMiniBatchSize());
    DoubleParameter momentum = sgd.getMomentum();
    double value = momentum.getDefaultValue();
    boolean sensible = value >= 0 && value <= 1;
    if (!sensible || ParameterRules.flaw(momentum).isPresent()) {
      findings.addAt(
          "momentum",
          Rule.MOMENTUM_SENSIBLE,
          "%s",
          sensible
              ? ParameterRules.flaw(momentum).orElseThrow()
              : "its default %s lies outside [0, 1]".formatted(value));
    }
  }

  private void adam(AdamOptimizer adam) {
    learningRate(adam.hasLearningRate(), adam.getLearningRate());
    miniBatchSize(adam.hasMiniBatchSize(), adam.getMiniBatchSize());
    real("beta1", adam.hasBeta1(), adam.getBeta1());
    real("beta2", adam.hasBeta2(), adam.getBeta2());
    real("eps", adam.hasEps(), adam.getEps());
  }

  private void learningRate(boolean given, DoubleParameter rate) {
    real("learningRate", given, rate);
    double value = rate.getDefaultValue();
    if (given && (!Double.isFinite(value) || value < 0)) {
      findings.addAt(
          "learningRate",
          Rule.LEARNING_RATE_SENSIBLE,
          "its default is %s; make it a finite number that is not negative",
          value);
    }
  }

  private void miniBatchSize(boolean given, Int64Parameter size) {
    if (given) {
      whole("miniBatchSize", size, true);
    } else {
      missing("miniBatchSize");
    }
  }

  private void real(String name, boolean given, DoubleParameter parameter) {
    if (given) {
      ParameterRules.flaw(parameter)
          .ifPresent(flaw -> findings.addAt(name, Rule.DEFAULT_IN_RANGE, "%s", flaw));
    } else {
      missing(name);
    }
  }

  private void whole(String name, Int64Parameter parameter, boolean positive) {
    ParameterRules.flaw(parameter, positive)
        .ifPresent(flaw -> findings.addAt(name, Rule.DEFAULT_ALLOWED, "%s", flaw));
  }

  private void missing(String name) {
    findings.add(Rule.OPTIMIZER_PARAMETERS, "the optimizer has no %s", name);
  }
}
