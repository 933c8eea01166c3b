package io.headgraft.coreml;

import io.headgraft.coreml.WholeHyperparameter.Allowed.Values;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What tests graft heads with. */
public final class Grafts {

  public static final ModelMetadata METADATA =
      new ModelMetadata(
          "",
          "",
          "",
          "Image classifier that can be trained on the device",
          Map.of("io.headgraft.run", "test"));

  private Grafts() {}

  /** As the reference has it, but for the learning rate and the layers. */
  public static OnDeviceTraining sgd(double learningRate, String... layers) {
    return new OnDeviceTraining(
        List.of(layers),
        new OnDeviceTraining.OnDeviceOptimizer.Sgd(
            new DoubleHyperparameter(learningRate, 0, 1),
            new WholeHyperparameter(8, new Values(List.of(1L, 2L, 8L, 16L))),
            new DoubleHyperparameter(0, 0, 1)),
        new WholeHyperparameter(10, new Values(List.of(1L, 10L, 50L))),
        true,
        Optional.empty());
  }
}
