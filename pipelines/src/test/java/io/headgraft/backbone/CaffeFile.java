package io.headgraft.backbone;

import io.headgraft.backbone.caffe.BlobProto;
import io.headgraft.backbone.caffe.BlobShape;
import io.headgraft.backbone.caffe.ConvolutionParameter;
import io.headgraft.backbone.caffe.LayerParameter;
import io.headgraft.backbone.caffe.NetParameter;
import io.headgraft.backbone.caffe.PoolingParameter;
import io.headgraft.backbone.caffe.PoolingParameter.PoolMethod;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Caffe models of SqueezeNet v1.1 with small random weights. The layers are written as Caffe saves
 * them, from the definition that the network's authors published, not from Headgraft's layout.
 */
final class CaffeFile {

  private final NetParameter.Builder net = NetParameter.newBuilder().setName("squeezenet");
  private final Random random = new Random(1);

  private CaffeFile() {}

  /**
   * As saved after training: data, label, loss and accuracy, and splits where a blob is read twice.
   */
  static NetParameter trained() {
    CaffeFile file = new CaffeFile();
    file.layer("data", "Data").addTop("data").addTop("label");
    file.split("label", "label_data_1_split", 3);
    file.body(true);
    file.split("pool10", "pool10_pool10_0_split", 3);
    file.layer("loss", "SoftmaxWithLoss")
        .addBottom("pool10_pool10_0_split_0")
        .addBottom("label_data_1_split_0")
        .addTop("loss");
    file.accuracy("accuracy", 1);
    file.accuracy("accuracy_top5", 2);
    return file.net.build();
  }

  /** The form for deployment: an input, no splits, a softmax. */
  static NetParameter deployed() {
    CaffeFile file = new CaffeFile();
    file.layer("data", "Input").addTop("data");
    file.body(false);
    file.layer("prob", "Softmax").addBottom("pool10").addTop("prob");
    return file.net.build();
  }

  /** A network with one layer changed. */
  static NetParameter with(
      NetParameter net, String layer, Consumer<LayerParameter.Builder> change) {
    NetParameter.Builder changed = net.toBuilder();
    change.accept(changed.getLayerBuilder(index(net, layer)));
    return changed.build();
  }

  /** A network without one of its layers. */
  static NetParameter without(NetParameter net, String layer) {
    return net.toBuilder().removeLayer(index(net, layer)).build();
  }

  /** A network that lacks the weights of all layers but the first, which makes it a small file. */
  static NetParameter withoutMostWeights(NetParameter net) {
    NetParameter.Builder small = net.toBuilder();
    for (LayerParameter.Builder layer : small.getLayerBuilderList()) {
      if (!layer.getName().equals("conv1")) {
        layer.getBlobsBuilderList().forEach(BlobProto.Builder::clearData);
      }
    }
    return small.build();
  }

  /** A layer by its name. */
  static LayerParameter layer(NetParameter net, String name) {
    return net.getLayer(index(net, name));
  }

  private static int index(NetParameter net, String layer) {
    for (int i = 0; i < net.getLayerCount(); i++) {
      if (net.getLayer(i).getName().equals(layer)) {
        return i;
      }
    }
    throw new IllegalArgumentException("No layer " + layer);
  }

  private void body(boolean splits) {
    convolution("conv1", "data", 3, 64, 3).getConvolutionParamBuilder().addStride(2);
    relu("relu_conv1", "conv1");
    maxPooling("pool1", "conv1");
    fire("fire2", "pool1", 64, 16, 64, splits);
    fire("fire3", "fire2/concat", 128, 16, 64, splits);
    maxPooling("pool3", "fire3/concat");
    fire("fire4", "pool3", 128, 32, 128, splits);
    fire("fire5", "fire4/concat", 256, 32, 128, splits);
    maxPooling("pool5", "fire5/concat");
    fire("fire6", "pool5", 256, 48, 192, splits);
    fire("fire7", "fire6/concat", 384, 48, 192, splits);
    fire("fire8", "fire7/concat", 384, 64, 256, splits);
    fire("fire9", "fire8/concat", 512, 64, 256, splits);
    layer("drop9", "Dropout").addBottom("fire9/concat").addTop("fire9/concat");
    convolution("conv10", "fire9/concat", 512, 1000, 1);
    relu("relu_conv10", "conv10");
    layer("pool10", "Pooling")
        .addBottom("conv10")
        .addTop("pool10")
        .setPoolingParam(
            PoolingParameter.newBuilder().setPool(PoolMethod.AVE).setGlobalPooling(true));
  }

  private void fire(String name, String bottom, int in, int squeezed, int expanded, boolean split) {
    String squeeze = name + "/squeeze1x1";
    String splitName = squeeze + "_" + name + "/relu_squeeze1x1_0_split";
    convolution(squeeze, bottom, in, squeezed, 1);
    relu(name + "/relu_squeeze1x1", squeeze);
    if (split) {
      split(squeeze, splitName, 2);
    }
    convolution(name + "/expand1x1", split ? splitName + "_0" : squeeze, squeezed, expanded, 1);
    relu(name + "/relu_expand1x1", name + "/expand1x1");
    convolution(name + "/expand3x3", split ? splitName + "_1" : squeeze, squeezed, expanded, 3)
        .getConvolutionParamBuilder()
        .addPad(1);
    relu(name + "/relu_expand3x3", name + "/expand3x3");
    layer(name + "/concat", "Concat")
        .addBottom(name + "/expand1x1")
        .addBottom(name + "/expand3x3")
        .addTop(name + "/concat");
  }

  private LayerParameter.Builder convolution(
      String name, String bottom, int inputs, int outputs, int kernel) {
    return layer(name, "Convolution")
        .addBottom(bottom)
        .addTop(name)
        .setConvolutionParam(
            ConvolutionParameter.newBuilder().setNumOutput(outputs).addKernelSize(kernel))
        .addBlobs(blob(outputs, inputs, kernel, kernel))
        .addBlobs(blob(outputs));
  }

  private void relu(String name, String blob) {
    layer(name, "ReLU").addBottom(blob).addTop(blob);
  }

  private void maxPooling(String name, String bottom) {
    layer(name, "Pooling")
        .addBottom(bottom)
        .addTop(name)
        .setPoolingParam(
            PoolingParameter.newBuilder().setPool(PoolMethod.MAX).setKernelSize(3).setStride(2));
  }

  private void split(String bottom, String name, int tops) {
    LayerParameter.Builder split = layer(name, "Split").addBottom(bottom);
    for (int i = 0; i < tops; i++) {
      split.addTop(name + "_" + i);
    }
  }

  private void accuracy(String name, int index) {
    layer(name, "Accuracy")
        .addBottom("pool10_pool10_0_split_" + index)
        .addBottom("label_data_1_split_" + index)
        .addTop(name);
  }

  private LayerParameter.Builder layer(String name, String type) {
    return net.addLayerBuilder().setName(name).setType(type);
  }

  private BlobProto blob(long... dimensions) {
    BlobShape.Builder shape = BlobShape.newBuilder();
    BlobProto.Builder blob = BlobProto.newBuilder();
    int count = 1;
    for (long dimension : dimensions) {
      shape.addDim(dimension);
      count *= (int) dimension;
    }
    for (int i = 0; i < count; i++) {
      blob.addData(random.nextFloat() / 10);
    }
    return blob.setShape(shape).build();
  }
}
