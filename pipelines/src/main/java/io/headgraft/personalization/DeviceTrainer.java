package io.headgraft.personalization;

import io.headgraft.coreml.DenseHead;
import io.headgraft.coreml.TrainableLayers;
import io.headgraft.head.MiniBatches;
import io.headgraft.head.SoftmaxLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Trains as a phone does, on what the fixed layers give: mini-batches of one size, the last one
 * filled up from the start of the epoch's order, cross entropy on the softmax, in single precision.
 * The same arguments give the same bits, on every machine. Knows no files, and is safe for use by
 * many threads at once.
 */
public final class DeviceTrainer {

  /**
   * What an epoch cost.
   *
   * @param epoch counted from 1
   * @param lastBatch mean cross entropy of its last mini-batch: the loss that Core ML reports
   * @param mean over its rows, each as it was when its turn came
   */
  public record EpochLoss(int epoch, double lastBatch, double mean) {}

  /**
   * What a training gave.
   *
   * @param layers as they are in the end
   * @param epochs that were trained, the last one in part if it was cancelled
   * @param cancelled whether a handler stopped it
   */
  public record Outcome(TrainableLayers layers, List<EpochLoss> epochs, boolean cancelled) {}

  private final DeviceNetwork network;
  private final UpdateHandlers handlers;
  private DeviceOptions options;
  private boolean cancelled;

  private DeviceTrainer(DeviceNetwork network, DeviceOptions options, UpdateHandlers handlers) {
    this.network = network;
    this.options = options;
    this.handlers = handlers;
  }

  /**
   * Trains a head.
   *
   * @param start is not changed
   * @param features [example][feature], as the head reads them, that is standardized where the
   *     model standardizes them; at least one example
   * @param labels [example], by their place in {@code start.labels()}
   */
  public static Outcome train(
      DenseHead start,
      float[][] features,
      int[] labels,
      DeviceOptions options,
      UpdateHandlers handlers) {
    requireExamples(features.length, labels, start);
    return new DeviceTrainer(
            new HeadNetwork(start, features, labels, options.rule()), options, handlers)
        .train();
  }

  /**
   * Trains a head, a convolution in front of it, or both.
   *
   * @param start is not changed
   * @param values [example], what the first trained layer reads: features of a head; of a
   *     convolution an image, channel by channel; at least one example
   * @param labels [example], by their place in the head
   */
  public static Outcome train(
      TrainableLayers start,
      float[][] values,
      int[] labels,
      DeviceOptions options,
      UpdateHandlers handlers) {
    if (start.convolution().isEmpty()) {
      return train(start.head(), values, labels, options, handlers);
    }
    requireExamples(values.length, labels, start.head());
    return new DeviceTrainer(
            new ConvolutionNetwork(start, values, labels, options.rule()), options, handlers)
        .train();
  }

  /**
   * The logits of some layers.
   *
   * @param values [example], what the first of them reads
   * @return [example][label]
   */
  public static double[][] logits(TrainableLayers layers, float[][] values) {
    return logits(
        layers.head(),
        layers
            .convolution()
            .map(convolution -> ConvolutionNetwork.features(convolution, values))
            .orElse(values));
  }

  /**
   * The logits of a head.
   *
   * @param features [example][feature], as the head reads them
   * @return [example][label]
   */
  public static double[][] logits(DenseHead head, float[][] features) {
    double[][] logits = SoftmaxLayer.logits(head.weights(), head.bias(), features);
    for (double[] row : logits) {
      for (int label = 0; label < row.length; label++) {
        row[label] = (float) row[label] * head.scales()[label] + head.shifts()[label];
      }
    }
    return logits;
  }

  private static void requireExamples(int examples, int[] labels, DenseHead head) {
    if (examples == 0 || examples != labels.length) {
      throw new IllegalArgumentException(
          "%d examples and %d labels to train with".formatted(examples, labels.length));
    }
    for (int label : labels) {
      if (label < 0 || label >= head.outputs()) {
        throw new IllegalArgumentException(
            "A label %d of a head of %d".formatted(label, head.outputs()));
      }
    }
  }

  private Outcome train() {
    List<EpochLoss> epochs = new ArrayList<>();
    report(UpdateEvent.TRAINING_BEGIN, 0, 0, new MiniBatches.Losses(Double.NaN, Double.NaN));
    for (int i = 0; i < options.epochs() && !cancelled; i++) {
      int epoch = i;
      MiniBatches.Losses losses =
          MiniBatches.epoch(
              order(epoch),
              options.miniBatchSize(),
              network,
              (batch, sofar) -> afterBatch(epoch, batch, sofar));
      epochs.add(new EpochLoss(epoch + 1, losses.lastBatch(), losses.mean()));
      if (!cancelled) {
        int batches = (network.size() + options.miniBatchSize() - 1) / options.miniBatchSize();
        report(UpdateEvent.EPOCH_END, epoch, batches - 1, losses);
      }
    }
    return new Outcome(network.layers(), epochs, cancelled);
  }

  private int[] order(int epoch) {
    return options.shuffle()
        ? MiniBatches.order(network.size(), options.seed(), epoch)
        : IntStream.range(0, network.size()).toArray();
  }

  private boolean afterBatch(int epoch, int batch, MiniBatches.Losses losses) {
    network.step(options.miniBatchSize(), options.learningRate());
    report(UpdateEvent.MINI_BATCH_END, epoch, batch, losses);
    return !cancelled;
  }

  private void report(UpdateEvent event, int epoch, int batch, MiniBatches.Losses losses) {
    if (!handlers.events().contains(event)) {
      return;
    }
    UpdateResponse response =
        handlers
            .progress()
            .apply(
                new UpdateContext(
                    event,
                    epoch,
                    batch,
                    losses.lastBatch(),
                    losses.mean(),
                    options,
                    network::layers));
    if (response instanceof UpdateResponse.Cancel) {
      cancelled = true;
    } else if (response instanceof UpdateResponse.Resume resume) {
      options.requireGoesOnWith(resume.parameters());
      options = resume.parameters();
      network.follow(options.rule());
    }
  }
}
