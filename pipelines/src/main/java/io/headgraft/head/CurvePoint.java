package io.headgraft.head;

import java.io.Serializable;

/**
 * Where a training stands after an epoch, or after an iteration of L-BFGS.
 *
 * @param epoch counted from 1
 * @param seconds since the training began
 * @param trainLoss mean cross entropy of the training rows over the epoch, in nats, without the
 *     penalty
 * @param lastBatchLoss mean cross entropy of the epoch's last mini-batch, as Core ML reports it;
 *     NaN for L-BFGS, which has no batches
 * @param validationLoss log-loss of the held-out examples, in nats
 * @param validationAccuracy accuracy of the held-out examples
 */
public record CurvePoint(
    int epoch,
    double seconds,
    double trainLoss,
    double lastBatchLoss,
    double validationLoss,
    double validationAccuracy)
    implements Serializable {}
