package io.headgraft.personalization;

import io.headgraft.coreml.DenseHead;
import io.headgraft.coreml.TrainableLayers;
import io.headgraft.head.Rows;
import io.headgraft.head.SoftmaxLayer;
import io.headgraft.head.UpdateRule;
import java.util.Optional;

/** The head alone. */
final class HeadNetwork implements DeviceNetwork {

  private final DenseHead start;
  private final Rows rows;
  private final SoftmaxLayer layer;

  /**
   * Begins with a head.
   *
   * @param features [example][feature], as the head reads them
   * @param labels [example], by their place in the head
   */
  HeadNetwork(DenseHead start, float[][] features, int[] labels, UpdateRule rule) {
    this.start = start;
    this.rows = Rows.unweighted(features, labels);
    this.layer =
        new SoftmaxLayer(start.weights(), start.bias(), start.scales(), start.shifts(), rule);
  }

  @Override
  public int size() {
    return rows.labels().length;
  }

  @Override
  public void follow(UpdateRule rule) {
    layer.follow(rule);
  }

  @Override
  public void add(int[] which, int count, double[] losses) {
    layer.addGradient(rows, which, count, losses);
  }

  @Override
  public void step(int batch, double learningRate) {
    layer.step(batch, 0, learningRate);
  }

  @Override
  public TrainableLayers layers() {
    return new TrainableLayers(start.with(layer.weights(), layer.bias()), true, Optional.empty());
  }
}
