package io.headgraft.head;

import io.headgraft.Json;
import io.headgraft.Sha256;
import io.headgraft.head.DescentState.HeldOut;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One training by gradient descent.
 *
 * @param setting whose number of epochs is the most that are trained
 * @param data digest of the rows
 */
record DescentTask(
    Setting.Descent setting,
    HeadOptions.Descent options,
    long seed,
    int checkpointEpochs,
    Checkpoints checkpoints,
    String data)
    implements Serializable {

  /** Trains on rows of this process, from where a killed run has left it. */
  DescentState run(Rows rows, int labels, HeldOut heldOut) {
    DescentState state = resumed().orElseGet(() -> start(labels, rows.features()[0].length));
    long begin = System.nanoTime() - (long) (state.seconds() * 1e9);
    while (!state.done(setting.epochs(), options.patience())) {
      SoftmaxLayer layer = new SoftmaxLayer(state.layer(), options.rule());
      MiniBatches.Losses losses =
          MiniBatches.epoch(layer, rows, setting, options, seed, state.epochs());
      state =
          state.after(
              layer.state(),
              losses,
              heldOut,
              (System.nanoTime() - begin) / 1e9,
              options.patience());
      keep(state);
    }
    return state;
  }

  DescentState start(int labels, int features) {
    return DescentState.start(labels, features, options.rule());
  }

  Optional<DescentState> resumed() {
    return checkpoints
        .read(name())
        .map(bytes -> Json.read(bytes, DescentState.class, "The checkpoint " + name()));
  }

  /** Writes a checkpoint if it is time for one. */
  void keep(DescentState state) {
    boolean ends = state.done(setting.epochs(), options.patience());
    // One that diverged holds nothing to go on from.
    if (!state.diverged() && (ends || state.epochs() % checkpointEpochs == 0)) {
      checkpoints.write(name(), Json.line(state).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Says all that the training depends on. */
  private String name() {
    String identity =
        String.join("\n", data, setting.toString(), options.toString(), "seed " + seed);
    return Sha256.hex(identity.getBytes(StandardCharsets.UTF_8)) + ".json";
  }
}
