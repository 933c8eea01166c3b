package io.headgraft.coreml;

import io.headgraft.coreml.proto.AdamOptimizer;
import io.headgraft.coreml.proto.BoolParameter;
import io.headgraft.coreml.proto.CategoricalCrossEntropyLossLayer;
import io.headgraft.coreml.proto.LossLayer;
import io.headgraft.coreml.proto.NetworkUpdateParameters;
import io.headgraft.coreml.proto.SGDOptimizer;
import java.util.List;
import java.util.Optional;

/**
 * How a phone trains a classifier: the defaults, and what an app may change of them.
 *
 * @param layers the names of the layers that are trained, convolutions or inner products
 * @param epochs at least 1
 * @param shuffle whether each epoch has an order of its own
 * @param seed of that order, if it is fixed
 */
public record OnDeviceTraining(
    List<String> layers,
    OnDeviceOptimizer optimizer,
    WholeHyperparameter epochs,
    boolean shuffle,
    Optional<WholeHyperparameter> seed) {

  /** Refuses what a phone would refuse. */
  public OnDeviceTraining {
    layers = List.copyOf(layers);
    if (layers.isEmpty() || layers.stream().distinct().count() < layers.size()) {
      throw new IllegalArgumentException("Layers to train are one or more, each once: " + layers);
    }
    requirePositive("The number of epochs", epochs);
  }

  /** How the weights follow the gradient. */
  public sealed interface OnDeviceOptimizer {

    /**
     * Stochastic gradient descent.
     *
     * @param miniBatchSize at least 1
     */
    record Sgd(
        DoubleHyperparameter learningRate,
        WholeHyperparameter miniBatchSize,
        DoubleHyperparameter momentum)
        implements OnDeviceOptimizer {

      /** Refuses what a phone would refuse. */
      public Sgd {
        requirePositive("The mini-batch size", miniBatchSize);
      }
    }

    /**
     * Adam (D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", 2015).
     *
     * @param miniBatchSize at least 1
     */
    record Adam(
        DoubleHyperparameter learningRate,
        WholeHyperparameter miniBatchSize,
        DoubleHyperparameter beta1,
        DoubleHyperparameter beta2,
        DoubleHyperparameter eps)
        implements OnDeviceOptimizer {

      /** Refuses what a phone would refuse. */
      public Adam {
        requirePositive("The mini-batch size", miniBatchSize);
      }
    }
  }

  private static void requirePositive(String what, WholeHyperparameter parameter) {
    if (parameter.allowed().least() < 1) {
      throw new IllegalArgumentException(
          "%s may be %d, must be at least 1".formatted(what, parameter.allowed().least()));
    }
  }

  /** As the format has it, for a cross entropy of some probabilities. */
  NetworkUpdateParameters message(String probabilities) {
    NetworkUpdateParameters.Builder message =
        NetworkUpdateParameters.newBuilder()
            .addLossLayers(
                LossLayer.newBuilder()
                    .setName("lossLayer")
                    .setCategoricalCrossEntropyLossLayer(
                        CategoricalCrossEntropyLossLayer.newBuilder()
                            .setInput(probabilities)
                            .setTarget(probabilities + "_true")))
            .setEpochs(epochs.message())
            .setShuffle(BoolParameter.newBuilder().setDefaultValue(shuffle));
    seed.ifPresent(number -> message.setSeed(number.message()));
    if (optimizer instanceof OnDeviceOptimizer.Sgd sgd) {
      message.getOptimizerBuilder().setSgdOptimizer(message(sgd));
    } else if (optimizer instanceof OnDeviceOptimizer.Adam adam) {
      message.getOptimizerBuilder().setAdamOptimizer(message(adam));
    }
    return message.build();
  }

  private static SGDOptimizer message(OnDeviceOptimizer.Sgd sgd) {
    return SGDOptimizer.newBuilder()
        .setLearningRate(sgd.learningRate().message())
        .setMiniBatchSize(sgd.miniBatchSize().message())
        .setMomentum(sgd.momentum().message())
        .build();
  }

  private static AdamOptimizer message(OnDeviceOptimizer.Adam adam) {
    return AdamOptimizer.newBuilder()
        .setLearningRate(adam.learningRate().message())
        .setMiniBatchSize(adam.miniBatchSize().message())
        .setBeta1(adam.beta1().message())
        .setBeta2(adam.beta2().message())
        .setEps(adam.eps().message())
        .build();
  }
}
