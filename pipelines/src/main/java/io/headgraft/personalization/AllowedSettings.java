package io.headgraft.personalization;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.DoubleHyperparameter;
import io.headgraft.coreml.OnDeviceTraining;
import io.headgraft.coreml.OnDeviceTraining.OnDeviceOptimizer;
import io.headgraft.coreml.WholeHyperparameter;
import io.headgraft.head.UpdateRule;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a model lets an app set, and what comes of it. Core ML refuses other values, and so are they
 * here, as wrong configuration.
 *
 * @param training of the model
 * @param model what to call the file in messages
 */
record AllowedSettings(OnDeviceTraining training, String model) {

  private static final Set<HyperParameter> ANY_OPTIMIZER =
      EnumSet.of(
          HyperParameter.LEARNING_RATE,
          HyperParameter.MINI_BATCH_SIZE,
          HyperParameter.EPOCHS,
          HyperParameter.SEED);

  /**
   * How the model is trained.
   *
   * @throws HeadgraftException (exit code 2) if it does not allow that
   */
  DeviceOptions options(DeviceSettings settings) {
    if (training.optimizer() instanceof OnDeviceOptimizer.Sgd sgd) {
      requireKnown(settings, "sgd", EnumSet.of(HyperParameter.MOMENTUM));
      return options(
          settings,
          new UpdateRule.Sgd(real(settings, HyperParameter.MOMENTUM, sgd.momentum())),
          sgd.learningRate(),
          sgd.miniBatchSize());
    }
    OnDeviceOptimizer.Adam adam = (OnDeviceOptimizer.Adam) training.optimizer();
    requireKnown(
        settings,
        "adam",
        EnumSet.of(HyperParameter.BETA1, HyperParameter.BETA2, HyperParameter.EPS));
    return options(
        settings,
        new UpdateRule.Adam(
            real(settings, HyperParameter.BETA1, adam.beta1()),
            real(settings, HyperParameter.BETA2, adam.beta2()),
            real(settings, HyperParameter.EPS, adam.eps())),
        adam.learningRate(),
        adam.miniBatchSize());
  }

  private DeviceOptions options(
      DeviceSettings settings,
      UpdateRule rule,
      DoubleHyperparameter learningRate,
      WholeHyperparameter miniBatchSize) {
    try {
      return new DeviceOptions(
          rule,
          real(settings, HyperParameter.LEARNING_RATE, learningRate),
          narrow(whole(settings, HyperParameter.MINI_BATCH_SIZE, miniBatchSize, model)),
          narrow(whole(settings, HyperParameter.EPOCHS, training.epochs(), model)),
          settings.shuffle().orElse(training.shuffle()),
          seed(settings));
    } catch (IllegalArgumentException e) {
      throw HeadgraftException.usage("%s: %s".formatted(model, e.getMessage()));
    }
  }

  /** What is too large for an {@code int} is too large. */
  private static int narrow(long value) {
    return (int) Math.min(Integer.MAX_VALUE, value);
  }

  /** A model without a seed has another order each time: any seed gives one of them. */
  private long seed(DeviceSettings settings) {
    Number own = settings.numbers().get(HyperParameter.SEED);
    return training
        .seed()
        .map(seed -> whole(settings, HyperParameter.SEED, seed, model))
        .orElse(own == null ? 1 : own.longValue());
  }

  private void requireKnown(DeviceSettings settings, String optimizer, Set<HyperParameter> own) {
    for (HyperParameter each : settings.numbers().keySet()) {
      if (!own.contains(each) && !ANY_OPTIMIZER.contains(each)) {
        throw HeadgraftException.usage(
            "%s is set, but %s trains by %s, which has no such number: leave it out"
                .formatted(each.key(), model, optimizer));
      }
    }
  }

  private double real(
      DeviceSettings settings, HyperParameter which, DoubleHyperparameter parameter) {
    Number own = settings.numbers().get(which);
    double value = own == null ? parameter.defaultValue() : own.doubleValue();
    requireWithin(which, value, parameter);
    return value;
  }

  private void requireWithin(HyperParameter which, double value, DoubleHyperparameter parameter) {
    if (!(value >= parameter.min() && value <= parameter.max())) {
      throw refused(
          which, value, "within [%s, %s]".formatted(parameter.min(), parameter.max()), model);
    }
  }

  /**
   * A whole number, as set or by default.
   *
   * @throws HeadgraftException (exit code 2) if the model does not allow it
   */
  static long whole(
      DeviceSettings settings, HyperParameter which, WholeHyperparameter parameter, String model) {
    Number own = settings.numbers().get(which);
    long value = own == null ? parameter.defaultValue() : own.longValue();
    if (!parameter.allowed().contains(value)) {
      throw refused(which, value, parameter.allowed().toString(), model);
    }
    return value;
  }

  private static HeadgraftException refused(
      HyperParameter which, Object value, String allowed, String model) {
    return HeadgraftException.usage(
        "%s is %s; %s allows values %s, and an app can set no other"
            .formatted(which.key(), value, model, allowed));
  }

  /**
   * Checks what a handler goes on with.
   *
   * @throws HeadgraftException (exit code 2) if the model does not allow it
   */
  void require(DeviceOptions options) {
    if (training.optimizer() instanceof OnDeviceOptimizer.Sgd sgd
        && options.rule() instanceof UpdateRule.Sgd rule) {
      requireWithin(HyperParameter.LEARNING_RATE, options.learningRate(), sgd.learningRate());
      requireWithin(HyperParameter.MOMENTUM, rule.momentum(), sgd.momentum());
    } else if (training.optimizer() instanceof OnDeviceOptimizer.Adam adam
        && options.rule() instanceof UpdateRule.Adam rule) {
      requireWithin(HyperParameter.LEARNING_RATE, options.learningRate(), adam.learningRate());
      requireWithin(HyperParameter.BETA1, rule.beta1(), adam.beta1());
      requireWithin(HyperParameter.BETA2, rule.beta2(), adam.beta2());
      requireWithin(HyperParameter.EPS, rule.eps(), adam.eps());
    } else {
      throw new IllegalArgumentException(
          "%s cannot go on by %s".formatted(model, List.of(options.rule())));
    }
  }
}
