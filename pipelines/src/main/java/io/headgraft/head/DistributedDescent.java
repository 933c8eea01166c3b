package io.headgraft.head;

import io.headgraft.head.DescentState.HeldOut;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Gradient descent on rows that no single process holds: in each epoch every partition goes through
 * its own rows, and what comes of them is averaged, each counting its rows (R. McDonald, K. Hall
 * and G. Mann, "Distributed Training Strategies for the Structured Perceptron", NAACL 2010). All
 * settings are trained in the same pass.
 */
final class DistributedDescent {

  private final DistributedTrainingSet data;
  private final HeldOut heldOut;

  /** What a partition makes of a layer in one epoch. */
  private record Part(LayerState layer, MiniBatches.Losses losses, int rows)
      implements Serializable {}

  DistributedDescent(DistributedTrainingSet data, HeldOut heldOut) {
    this.data = data;
    this.heldOut = heldOut;
  }

  /** Trains each task to its end. */
  List<DescentState> run(List<DescentTask> tasks) {
    int labels = data.labels().size();
    int features = data.standardization().mean().length;
    List<DescentState> states = new ArrayList<>();
    tasks.forEach(task -> states.add(task.resumed().orElseGet(() -> task.start(labels, features))));
    double[] before = states.stream().mapToDouble(DescentState::seconds).toArray();
    long begin = System.nanoTime();
    List<Integer> open = open(tasks, states);
    while (!open.isEmpty()) {
      List<List<Part>> parts = epoch(tasks, states, open);
      for (int i = 0; i < open.size(); i++) {
        int number = i;
        int task = open.get(i);
        DescentState state =
            after(
                states.get(task),
                parts.stream().map(part -> part.get(number)).toList(),
                before[task] + (System.nanoTime() - begin) / 1e9,
                tasks.get(task).options().patience());
        states.set(task, state);
        tasks.get(task).keep(state);
      }
      open = open(tasks, states);
    }
    return states;
  }

  private static List<Integer> open(List<DescentTask> tasks, List<DescentState> states) {
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      DescentTask task = tasks.get(i);
      if (!states.get(i).done(task.setting().epochs(), task.options().patience())) {
        open.add(i);
      }
    }
    return open;
  }

  /** [partition][open task], in the order of the partitions, without those that have no rows. */
  private List<List<Part>> epoch(
      List<DescentTask> tasks, List<DescentState> states, List<Integer> open) {
    List<DescentTask> openTasks = open.stream().map(tasks::get).toList();
    ArrayList<LayerState> layers = new ArrayList<>();
    ArrayList<Integer> epochs = new ArrayList<>();
    open.forEach(
        i -> {
          layers.add(states.get(i).layer());
          epochs.add(states.get(i).epochs());
        });
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(data.chunks().context());
    Broadcast<ArrayList<LayerState>> broadcast = spark.broadcast(layers);
    ArrayList<DescentTask> sent = new ArrayList<>(openTasks);
    try {
      return data.chunks()
          .filter(rows -> rows.size() > 0)
          .map(rows -> parts(rows, sent, broadcast.value(), epochs))
          .collect();
    } finally {
      broadcast.destroy();
    }
  }

  private static List<Part> parts(
      Rows rows, List<DescentTask> tasks, List<LayerState> layers, List<Integer> epochs) {
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      DescentTask task = tasks.get(i);
      // In a local master all partitions share what was broadcast.
      SoftmaxLayer layer = new SoftmaxLayer(layers.get(i).copy(), task.options().rule());
      MiniBatches.Losses losses =
          MiniBatches.epoch(
                  List.of(new MiniBatches.Learner(layer, task.setting())),
                  rows,
                  task.options(),
                  task.seed(),
                  epochs.get(i))
              .get(0);
      parts.add(new Part(layer.state(), losses, rows.size()));
    }
    return parts;
  }

  private DescentState after(DescentState state, List<Part> parts, double seconds, int patience) {
    LayerState first = parts.get(0).layer;
    LayerState average =
        LayerState.zero(first.bias().length, first.weights()[0].length, first.biasStates().length);
    long rows = parts.stream().mapToLong(Part::rows).sum();
    double mean = 0;
    double lastBatch = 0;
    long steps = 0;
    for (Part part : parts) {
      double share = (double) part.rows / rows;
      average.add(part.layer, (float) share);
      mean += share * part.losses.mean();
      lastBatch += share * part.losses.lastBatch();
      steps = Math.max(steps, part.layer.steps());
    }
    LayerState next =
        new LayerState(
            average.weights(), average.bias(), average.weightStates(), average.biasStates(), steps);
    return state.after(next, new MiniBatches.Losses(mean, lastBatch), heldOut, seconds, patience);
  }
}
