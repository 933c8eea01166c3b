package io.headgraft.head;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A training by gradient descent as it stands: all that it needs to go on.
 *
 * @param epochs that were trained
 * @param layer as it is
 * @param best as it was after the epoch with the lowest log-loss of the held-out examples; null
 *     before the first epoch, and if there are none
 * @param bestEpoch that epoch, counted from 1
 * @param curve a point an epoch
 * @param diverged whether a loss, a weight or a logit is not a finite number any more
 */
record DescentState(
    int epochs,
    LayerState layer,
    LayerState best,
    int bestEpoch,
    List<CurvePoint> curve,
    boolean diverged)
    implements Serializable {

  static DescentState start(int labels, int features, UpdateRule rule) {
    return new DescentState(
        0, LayerState.zero(labels, features, rule.states()), null, 0, List.of(), false);
  }

  /** What is measured after each epoch; standardized features, or none at all. */
  record HeldOut(float[][] features, int[] labels) implements Serializable {

    static final HeldOut NONE = new HeldOut(new float[0][], new int[0]);
  }

  double seconds() {
    return curve.isEmpty() ? 0 : curve.get(curve.size() - 1).seconds();
  }

  /** Whether it has gone on for long enough without becoming better. */
  boolean done(int maxEpochs, int patience) {
    boolean stopped = patience > 0 && best != null && epochs - bestEpoch >= patience;
    return diverged || epochs >= maxEpochs || stopped;
  }

  /**
   * After one more epoch, or diverged, if there is a number that is none.
   *
   * @param seconds of training so far
   * @param patience as the options have it; without it, the last epoch counts as the best
   */
  DescentState after(
      LayerState trained,
      MiniBatches.Losses losses,
      HeldOut heldOut,
      double seconds,
      int patience) {
    double[][] logits = SoftmaxLayer.logits(trained, heldOut.features);
    // The last step of an epoch may be the one that leads nowhere, and shows in no loss.
    if (!losses.finite() || !trained.finite() || !finite(logits)) {
      return new DescentState(epochs, layer, best, bestEpoch, curve, true);
    }
    Scores scores =
        heldOut.labels.length == 0
            ? new Scores(Double.NaN, Double.NaN)
            : Scores.of(heldOut.labels, logits);
    List<CurvePoint> longer = new ArrayList<>(curve);
    longer.add(
        new CurvePoint(
            epochs + 1,
            seconds,
            losses.mean(),
            losses.lastBatch(),
            scores.logLoss(),
            scores.accuracy()));
    boolean better =
        heldOut.labels.length > 0
            && (patience == 0
                || best == null
                || scores.logLoss() < curve.get(bestEpoch - 1).validationLoss());
    return new DescentState(
        epochs + 1,
        trained,
        better ? trained.withoutStates() : best,
        better ? epochs + 1 : bestEpoch,
        List.copyOf(longer),
        false);
  }

  private static boolean finite(double[][] logits) {
    return Arrays.stream(logits).flatMapToDouble(Arrays::stream).allMatch(Double::isFinite);
  }

  /** The best layer of those that were measured; without measurements, the last one. */
  LayerState result() {
    return best == null ? layer : best;
  }
}
