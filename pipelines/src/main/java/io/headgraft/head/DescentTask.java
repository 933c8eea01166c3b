package io.headgraft.head;

import io.headgraft.Json;
import io.headgraft.Sha256;
import io.headgraft.head.DescentState.HeldOut;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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

  /** Of the checkpoints: none is read that is written in another way. */
  private static final String FORMAT = "2";

  /**
   * Trains on rows of this process, from where a killed run has left it. Tasks of the same seed
   * that have come equally far go on side by side.
   *
   * @param tasks of one trainer
   * @return the state of each task
   */
  static List<DescentState> run(List<DescentTask> tasks, Rows rows, int labels, HeldOut heldOut) {
    DescentState[] states = new DescentState[tasks.size()];
    for (int i = 0; i < states.length; i++) {
      DescentTask task = tasks.get(i);
      states[i] = task.resumed().orElseGet(() -> task.start(labels, rows.features()[0].length));
    }
    for (List<Integer> next = next(tasks, states); !next.isEmpty(); next = next(tasks, states)) {
      long begin = System.nanoTime();
      DescentTask first = tasks.get(next.get(0));
      List<MiniBatches.Learner> learners = new ArrayList<>();
      for (int i : next) {
        SoftmaxLayer layer = new SoftmaxLayer(states[i].layer(), first.options.rule());
        learners.add(new MiniBatches.Learner(layer, tasks.get(i).setting));
      }
      List<MiniBatches.Losses> losses =
          MiniBatches.epoch(
              learners, rows, first.options, first.seed, states[next.get(0)].epochs());
      // Nobody can say which of them the time went into.
      double share = (System.nanoTime() - begin) / 1e9 / learners.size();
      for (int i = 0; i < learners.size(); i++) {
        int task = next.get(i);
        states[task] =
            states[task].after(
                learners.get(i).layer().state(),
                losses.get(i),
                heldOut,
                states[task].seconds() + share,
                first.options.patience());
        tasks.get(task).keep(states[task]);
      }
    }
    return List.of(states);
  }

  /** Tasks that have the least epochs of those that are not done, and the same seed. */
  private static List<Integer> next(List<DescentTask> tasks, DescentState[] states) {
    List<Integer> next = new ArrayList<>();
    for (int i = 0; i < states.length; i++) {
      DescentTask task = tasks.get(i);
      if (states[i].done(task.setting.epochs(), task.options.patience())) {
        continue;
      }
      if (!next.isEmpty() && states[i].epochs() < states[next.get(0)].epochs()) {
        next.clear();
      }
      if (next.isEmpty()
          || (states[i].epochs() == states[next.get(0)].epochs()
              && task.seed == tasks.get(next.get(0)).seed)) {
        next.add(i);
      }
    }
    return next;
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
        String.join("\n", FORMAT, data, setting.toString(), options.toString(), "seed " + seed);
    return Sha256.hex(identity.getBytes(StandardCharsets.UTF_8)) + ".json";
  }
}
