package io.headgraft.coreml;

import java.util.Optional;

/**
 * The end of a network that phones train: from the first layer that they train to the softmax.
 *
 * @param head the last layer
 * @param headTrains whether it is trained; else the convolution is
 * @param convolution a trained one before the head, if there is one
 */
public record TrainableLayers(
    DenseHead head, boolean headTrains, Optional<PooledConvolution> convolution) {

  /** Refuses layers that do not fit together. */
  public TrainableLayers {
    convolution.ifPresent(
        before -> {
          if (before.outputs() != head.inputs()) {
            throw new IllegalArgumentException(
                "A convolution of %d outputs before a head of %d"
                    .formatted(before.outputs(), head.inputs()));
          }
        });
    if (!headTrains && convolution.isEmpty()) {
      throw new IllegalArgumentException("Neither head nor convolution is trained");
    }
  }
}
