package io.headgraft.personalization;

import io.headgraft.coreml.TrainableLayers;
import java.util.function.Supplier;

/**
 * What Core ML tells an app in the midst of an update ({@code MLUpdateContext}), and the epoch's
 * mean loss, which it does not tell.
 *
 * @param epoch counted from 0
 * @param miniBatch of the epoch, counted from 0
 * @param loss mean cross entropy of the last mini-batch, before it was learnt from; not a number
 *     before the first. Core ML reports the same, also at the end of an epoch
 * @param meanLoss cross entropy of a row in the mean over this epoch's rows so far, each as it was
 *     when its turn came; not a number before the first
 * @param parameters the hyper-parameters in use
 * @param layers gives a copy of what is trained, as it is during the call; asking later gives what
 *     it is then
 */
public record UpdateContext(
    UpdateEvent event,
    int epoch,
    int miniBatch,
    double loss,
    double meanLoss,
    DeviceOptions parameters,
    Supplier<TrainableLayers> layers) {}
