package io.headgraft.personalization;

import io.headgraft.coreml.DenseHead;
import io.headgraft.coreml.PooledConvolution;
import io.headgraft.coreml.TrainableLayers;
import io.headgraft.head.Rows;
import io.headgraft.head.SoftmaxLayer;
import io.headgraft.head.UpdateRule;
import java.util.Optional;

/** A convolution and the head behind it, of which one or both are trained. */
final class ConvolutionNetwork implements DeviceNetwork {

  private static final int[] FIRST = {0};

  private final TrainableLayers start;
  private final float[][] images;
  private final int[] labels;
  private final ConvolutionLayer convolution;
  private final SoftmaxLayer head;

  /** The row that the head is given: that of one image after the other. */
  private final Rows row;

  private final float[] gradient;
  private final double[] loss = new double[1];
  private UpdateRule rule;

  /**
   * Begins with some layers.
   *
   * @param start with a convolution
   * @param images [example], each as the convolution reads it, channel by channel
   * @param labels [example], by their place in the head
   */
  ConvolutionNetwork(TrainableLayers start, float[][] images, int[] labels, UpdateRule rule) {
    PooledConvolution first = start.convolution().orElseThrow();
    this.start = start;
    this.images = images;
    this.labels = labels;
    this.rule = rule;
    this.convolution = new ConvolutionLayer(first, images[0].length / first.inputs(), rule);
    DenseHead last = start.head();
    this.head = new SoftmaxLayer(last.weights(), last.bias(), last.scales(), last.shifts(), rule);
    this.row = Rows.unweighted(new float[1][first.outputs()], new int[1]);
    this.gradient = new float[first.outputs()];
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public void follow(UpdateRule other) {
    head.follow(other);
    rule = other;
  }

  /** One image at a time: what the convolution gives of it is needed again on the way back. */
  @Override
  public void add(int[] which, int count, double[] losses) {
    for (int i = 0; i < count; i++) {
      convolution.forward(images[which[i]], row.features()[0]);
      row.labels()[0] = labels[which[i]];
      head.addGradient(row, FIRST, 1, loss);
      losses[i] = loss[0];
      head.featureGradient(0, gradient);
      convolution.backward(gradient);
    }
  }

  @Override
  public void step(int batch, double learningRate) {
    if (start.headTrains()) {
      head.step(batch, 0, learningRate);
    } else {
      head.skip();
    }
    convolution.step(rule, batch, learningRate);
  }

  @Override
  public TrainableLayers layers() {
    return new TrainableLayers(
        start.head().with(head.weights(), head.bias()),
        start.headTrains(),
        Optional.of(convolution.convolution()));
  }

  /**
   * What the head reads of images.
   *
   * @param images [image], each as the convolution reads it
   * @return [image][feature]
   */
  static float[][] features(PooledConvolution convolution, float[][] images) {
    float[][] features = new float[images.length][convolution.outputs()];
    if (images.length > 0) {
      int pixels = images[0].length / convolution.inputs();
      ConvolutionLayer layer = new ConvolutionLayer(convolution, pixels, new UpdateRule.Sgd(0));
      for (int i = 0; i < features.length; i++) {
        layer.forward(images[i], features[i]);
      }
    }
    return features;
  }
}
