package io.headgraft.backbone;

import io.headgraft.backbone.SqueezeNetLayer.Concat;
import io.headgraft.backbone.SqueezeNetLayer.Convolution;
import io.headgraft.backbone.SqueezeNetLayer.Flatten;
import io.headgraft.backbone.SqueezeNetLayer.GlobalAveragePooling;
import io.headgraft.backbone.SqueezeNetLayer.MaxPooling;
import io.headgraft.backbone.SqueezeNetLayer.Relu;
import io.headgraft.backbone.SqueezeNetLayer.Softmax;
import java.util.ArrayList;
import java.util.List;

/** The layers of SqueezeNet v1.1, named as in Core ML's own conversion of the Caffe release. */
final class SqueezeNetLayout {

  static final String IMAGE = "image";
  static final String FLATTEN = "flatten";
  static final String SOFTMAX = "prob";
  static final String PROBABILITIES = "classLabelProbs";
  static final int CLASSES = 1000;

  private final List<SqueezeNetLayer> layers = new ArrayList<>();
  private String last = IMAGE;
  private int channels = 3;

  private SqueezeNetLayout() {
    convolution("conv1", 64, 3, 2);
    maxPooling("pool1");
    fire("fire2", 16, 64);
    fire("fire3", 16, 64);
    maxPooling("pool3");
    fire("fire4", 32, 128);
    fire("fire5", 32, 128);
    maxPooling("pool5");
    fire("fire6", 48, 192);
    fire("fire7", 48, 192);
    fire("fire8", 64, 256);
    fire("fire9", 64, 256);
    convolution("conv10", CLASSES, 1, 1);
    add(new GlobalAveragePooling("pool10", last));
    add(new Flatten(FLATTEN, last));
    add(new Softmax(SOFTMAX, last, PROBABILITIES));
  }

  /** The layers in the order in which they are computed. */
  static List<SqueezeNetLayer> layers() {
    return List.copyOf(new SqueezeNetLayout().layers);
  }

  private void fire(String name, int squeezed, int expanded) {
    convolution(name + "/squeeze1x1", squeezed, 1, 1);
    String squeeze = last;
    convolution(name + "/expand1x1", expanded, 1, 1);
    String expand1x1 = last;
    last = squeeze;
    channels = squeezed;
    convolution(name + "/expand3x3", expanded, 3, 1);
    add(new Concat(name + "/concat", List.of(expand1x1, last)));
    channels = 2 * expanded;
  }

  /** A convolution that keeps the image's size where its stride is 1, and its ReLU. */
  private void convolution(String name, int outputChannels, int kernel, int stride) {
    int padding = stride == 1 ? kernel / 2 : 0;
    add(new Convolution(name, last, channels, outputChannels, kernel, stride, padding));
    add(new Relu(reluOf(name), last));
    channels = outputChannels;
  }

  private void maxPooling(String name) {
    add(new MaxPooling(name, last, 3, 2));
  }

  private void add(SqueezeNetLayer layer) {
    layers.add(layer);
    last = layer.name();
  }

  /** The name of the ReLU behind a convolution. */
  static String reluOf(String convolution) {
    return "relu_" + convolution;
  }
}
