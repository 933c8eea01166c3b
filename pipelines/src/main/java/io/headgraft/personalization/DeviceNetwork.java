package io.headgraft.personalization;

import io.headgraft.coreml.TrainableLayers;
import io.headgraft.head.MiniBatches;
import io.headgraft.head.UpdateRule;

/** The layers that are trained, and those between them and the loss, in the midst of training. */
interface DeviceNetwork extends MiniBatches.Gradients {

  /** The number of examples. */
  int size();

  /** Goes on with other numbers of the update rule. */
  void follow(UpdateRule rule);

  /** Follows the mean gradient of a mini-batch. */
  void step(int batch, double learningRate);

  /** A copy of the layers. */
  TrainableLayers layers();
}
