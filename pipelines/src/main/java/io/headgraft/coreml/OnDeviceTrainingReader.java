package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.OnDeviceTraining.OnDeviceOptimizer;
import io.headgraft.coreml.WholeHyperparameter.Allowed;
import io.headgraft.coreml.proto.AdamOptimizer;
import io.headgraft.coreml.proto.DoubleParameter;
import io.headgraft.coreml.proto.Int64Parameter;
import io.headgraft.coreml.proto.NetworkUpdateParameters;
import io.headgraft.coreml.proto.Optimizer;
import io.headgraft.coreml.proto.SGDOptimizer;
import java.util.List;
import java.util.Optional;

/** Reads how a phone trains a classifier, as {@link OnDeviceTraining#message} writes it. */
final class OnDeviceTrainingReader {

  private OnDeviceTrainingReader() {}

  /**
   * The hyper-parameters of a model. What the format sets no bounds to may be anything of its kind.
   *
   * @param name what to call the file in messages
   * @throws HeadgraftException if a phone could not train with them
   */
  static OnDeviceTraining of(NetworkUpdateParameters update, List<String> layers, String name) {
    try {
      return new OnDeviceTraining(
          layers,
          optimizer(update.getOptimizer()),
          whole(update.getEpochs(), 1),
          update.getShuffle().getDefaultValue(),
          update.hasSeed()
              ? Optional.of(whole(update.getSeed(), Long.MIN_VALUE))
              : Optional.empty());
    } catch (IllegalArgumentException e) {
      throw HeadgraftException.unusable(
          "%s cannot be trained on a phone: %s".formatted(name, e.getMessage()));
    }
  }

  private static OnDeviceOptimizer optimizer(Optimizer optimizer) {
    return switch (optimizer.getOptimizerTypeCase()) {
      case SGDOPTIMIZER -> {
        SGDOptimizer sgd = optimizer.getSgdOptimizer();
        yield new OnDeviceOptimizer.Sgd(
            real(sgd.getLearningRate()), whole(sgd.getMiniBatchSize(), 1), real(sgd.getMomentum()));
      }
      case ADAMOPTIMIZER -> {
        AdamOptimizer adam = optimizer.getAdamOptimizer();
        yield new OnDeviceOptimizer.Adam(
            real(adam.getLearningRate()),
            whole(adam.getMiniBatchSize(), 1),
            real(adam.getBeta1()),
            real(adam.getBeta2()),
            real(adam.getEps()));
      }
      case OPTIMIZERTYPE_NOT_SET -> throw new IllegalArgumentException("it has no optimizer");
    };
  }

  private static DoubleHyperparameter real(DoubleParameter parameter) {
    return parameter.hasRange()
        ? new DoubleHyperparameter(
            parameter.getDefaultValue(),
            parameter.getRange().getMinValue(),
            parameter.getRange().getMaxValue())
        : new DoubleHyperparameter(
            parameter.getDefaultValue(), -Double.MAX_VALUE, Double.MAX_VALUE);
  }

  /**
   * A whole number.
   *
   * @param least that it may be where the format sets no bounds
   */
  static WholeHyperparameter whole(Int64Parameter parameter, long least) {
    Allowed allowed =
        switch (parameter.getAllowedValuesCase()) {
          case SET -> new Allowed.Values(parameter.getSet().getValuesList());
          case RANGE ->
              new Allowed.Range(
                  parameter.getRange().getMinValue(), parameter.getRange().getMaxValue());
          case ALLOWEDVALUES_NOT_SET -> new Allowed.Range(least, Long.MAX_VALUE);
        };
    return new WholeHyperparameter(parameter.getDefaultValue(), allowed);
  }
}
