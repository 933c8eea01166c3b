package io.headgraft.personalization;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.headgraft.evaluation.Probabilities;
import io.headgraft.personalization.DeviceTrainer.EpochLoss;
import io.headgraft.personalization.PhoneModel.Update;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** How accurate a model is while it learns, after each epoch, old and new labels apart. */
public final class AccuracyCurve {

  /**
   * A moment.
   *
   * @param epoch that has ended; 0 is before the first, and of nearest neighbours 1 is the end
   * @param lastBatchLoss of that epoch, as Core ML reports it; null where there is none
   * @param meanLoss of its rows, each as it was when its turn came; null where there is none
   * @param train of the photos that are trained with
   * @param test of the others; null if there are none
   */
  public record Point(
      int epoch, Double lastBatchLoss, Double meanLoss, Accuracy train, Accuracy test) {}

  /**
   * Of some photos.
   *
   * @param old of those whose label the model knew before; null if there are none
   * @param added of those whose label is new; null if there are none
   */
  public record Accuracy(Share all, Share old, @JsonProperty("new") Share added) {}

  /** How many of so many photos were told right. */
  public record Share(int right, int examples, double accuracy) {}

  private final List<PhotoValues> train;
  private final List<PhotoValues> test;
  private final Set<String> added;
  private final List<Point> points = new ArrayList<>();
  private long nanos;

  /**
   * Prepares.
   *
   * @param added the labels that are new
   */
  AccuracyCurve(List<PhotoValues> train, List<PhotoValues> test, Set<String> added) {
    this.train = train;
    this.test = test;
    this.added = added;
  }

  /** How it was so far. */
  List<Point> points() {
    return List.copyOf(points);
  }

  /** What measuring has taken. */
  double seconds() {
    return nanos / 1e9;
  }

  /** Measures a model before it learns. */
  void begin(PhoneModel model) {
    add(model, 0, null, null);
  }

  /** Handlers that measure after each epoch, and call others as before. */
  UpdateHandlers watching(PhoneModel model, UpdateHandlers others) {
    if (!(model instanceof PhoneNetwork network)) {
      return others;
    }
    Set<UpdateEvent> events = EnumSet.of(UpdateEvent.EPOCH_END);
    events.addAll(others.events());
    return new UpdateHandlers(
        events,
        context -> {
          if (context.event() == UpdateEvent.EPOCH_END) {
            add(
                network.with(context.layers().get()),
                context.epoch() + 1,
                context.loss(),
                context.meanLoss());
          }
          return others.events().contains(context.event())
              ? others.progress().apply(context)
              : UpdateResponse.CONTINUE;
        });
  }

  /** Measures what came of it, if the last epoch's end has not. */
  void end(Update update) {
    int epoch = Math.max(1, update.epochs().size());
    if (points.get(points.size() - 1).epoch() < epoch) {
      EpochLoss last = update.epochs().isEmpty() ? null : update.epochs().get(epoch - 1);
      add(
          update.model(),
          epoch,
          last == null ? null : (Double) last.lastBatch(),
          last == null ? null : (Double) last.mean());
    }
  }

  private void add(PhoneModel model, int epoch, Double lastBatch, Double mean) {
    long start = System.nanoTime();
    points.add(
        new Point(
            epoch,
            lastBatch,
            mean,
            accuracy(model, train),
            test.isEmpty() ? null : accuracy(model, test)));
    nanos += System.nanoTime() - start;
  }

  private Accuracy accuracy(PhoneModel model, List<PhotoValues> photos) {
    double[][] probabilities = model.probabilities(PhotoValues.matrix(photos));
    boolean[] right = new boolean[photos.size()];
    for (int i = 0; i < right.length; i++) {
      String said = model.labels().get(Probabilities.argmax(probabilities[i]));
      right[i] = PhotoValues.normalized(said).equals(photos.get(i).label());
    }
    return new Accuracy(
        share(photos, right, label -> true),
        share(photos, right, label -> !added.contains(label)),
        share(photos, right, added::contains));
  }

  private static Share share(List<PhotoValues> photos, boolean[] right, Predicate<String> which) {
    int[] counted =
        IntStream.range(0, right.length).filter(i -> which.test(photos.get(i).label())).toArray();
    int hits = (int) IntStream.of(counted).filter(i -> right[i]).count();
    return counted.length == 0
        ? null
        : new Share(hits, counted.length, (double) hits / counted.length);
  }
}
