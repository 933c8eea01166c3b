package io.headgraft.backbone;

import io.headgraft.HeadgraftException;
import io.headgraft.backbone.SqueezeNetLayer.Concat;
import io.headgraft.backbone.SqueezeNetLayer.Convolution;
import io.headgraft.backbone.SqueezeNetLayer.Flatten;
import io.headgraft.backbone.SqueezeNetLayer.GlobalAveragePooling;
import io.headgraft.backbone.SqueezeNetLayer.MaxPooling;
import io.headgraft.backbone.SqueezeNetLayer.Relu;
import io.headgraft.backbone.SqueezeNetLayer.Softmax;
import io.headgraft.backbone.caffe.BlobProto;
import io.headgraft.backbone.caffe.ConvolutionParameter;
import io.headgraft.backbone.caffe.LayerParameter;
import io.headgraft.backbone.caffe.NetParameter;
import io.headgraft.backbone.caffe.PoolingParameter;
import io.headgraft.backbone.caffe.PoolingParameter.PoolMethod;
import io.headgraft.backbone.caffe.PoolingParameter.RoundMode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a Caffe network computes at test time, as the layers of {@link SqueezeNetLayer} under their
 * Core ML names. Caffe names the data that flows between its layers (blobs) apart from the layers,
 * and a layer may overwrite its input; here each layer's input is the layer that it really reads.
 * What only training needs is left out.
 */
final class CaffeGraph {

  private static final List<Integer> NO_PADDING = List.of(0, 0, 0);

  private final String file;

  /** Whose output each of Caffe's blobs holds at this point of the walk. */
  private final Map<String, String> writers = new HashMap<>();

  private final Map<String, SqueezeNetLayer> layers = new LinkedHashMap<>();

  private CaffeGraph(String file) {
    this.file = file;
  }

  /**
   * The layers of a network by their names.
   *
   * @param net the network
   * @param file what messages call it
   * @throws HeadgraftException (unusable) if it holds what no SqueezeNet holds
   */
  static Map<String, SqueezeNetLayer> layers(NetParameter net, String file) {
    CaffeGraph graph = new CaffeGraph(file);
    net.getInputList().forEach(blob -> graph.writers.put(blob, SqueezeNetLayout.IMAGE));
    net.getLayerList().forEach(graph::read);
    return graph.layers;
  }

  /** The shape of a layer's weights or bias, in the present or the older notation. */
  static List<Long> shape(BlobProto blob) {
    return blob.hasShape()
        ? blob.getShape().getDimList()
        : Stream.of(blob.getNum(), blob.getChannels(), blob.getHeight(), blob.getWidth())
            .map(Integer::longValue)
            .toList();
  }

  /** A failure that names the file and the layer. */
  static HeadgraftException unusable(String file, String layer, String problem) {
    return HeadgraftException.unusable("%s: layer %s %s".formatted(file, layer, problem));
  }

  private void read(LayerParameter layer) {
    switch (layer.getType()) {
      case "Input", "Data", "ImageData", "HDF5Data", "MemoryData", "DummyData" -> data(layer);
      case "Split", "Dropout" -> alias(layer);
      case "Convolution" -> compute(layer, convolution(layer));
      case "ReLU" -> compute(layer, relu(layer));
      case "Pooling" -> compute(layer, pooling(layer));
      case "Concat" -> compute(layer, concat(layer));
      case "Softmax", "SoftmaxWithLoss" -> softmax(layer);
      case "Accuracy" -> {
        // Reads, and writes nothing that the network goes on with.
      }
      default ->
          throw unusable(
              layer,
              "is of type %s, expected Convolution, ReLU, Pooling, Concat, Dropout or Softmax"
                  .formatted(layer.getType()));
    }
  }

  /** The first blob is the image; a second one is the label. */
  private void data(LayerParameter layer) {
    layer.getTopList().forEach(blob -> writers.put(blob, blob));
    writers.put(top(layer), SqueezeNetLayout.IMAGE);
  }

  /** Split hands on copies; Dropout changes nothing at test time. */
  private void alias(LayerParameter layer) {
    String input = input(layer);
    layer.getTopList().forEach(blob -> writers.put(blob, input));
  }

  private void compute(LayerParameter from, SqueezeNetLayer layer) {
    add(from, layer);
    writers.put(top(from), layer.name());
  }

  private void add(LayerParameter from, SqueezeNetLayer layer) {
    if (layers.putIfAbsent(layer.name(), layer) != null) {
      throw unusable(from, "computes %s a second time, expected once".formatted(layer.name()));
    }
  }

  private Convolution convolution(LayerParameter layer) {
    ConvolutionParameter param = layer.getConvolutionParam();
    require(layer, "bias_term", param.getBiasTerm(), true);
    require(layer, "group", param.getGroup(), 1);
    require(layer, "axis", param.getAxis(), 1);
    require(layer, "dilation", one(layer, "dilation", param.getDilationList(), 1), 1);
    List<Integer> kernel = sizes(param.getKernelSizeList(), param.getKernelH(), param.getKernelW());
    List<Integer> stride = sizes(param.getStrideList(), param.getStrideH(), param.getStrideW());
    List<Integer> pad = sizes(param.getPadList(), param.getPadH(), param.getPadW());
    return new Convolution(
        layer.getName(),
        input(layer),
        inputChannels(layer),
        param.getNumOutput(),
        one(layer, "kernel_size", kernel, 0),
        one(layer, "stride", stride, 1),
        one(layer, "pad", pad, 0));
  }

  /** Known from the weights alone. */
  private int inputChannels(LayerParameter layer) {
    require(layer, "number of blobs (weights, bias)", layer.getBlobsCount(), 2);
    List<Long> shape = shape(layer.getBlobs(0));
    if (shape.size() != 4) {
      throw unusable(
          layer,
          "has weights of shape %s, expected [outputs, inputs, height, width]".formatted(shape));
    }
    return shape.get(1).intValue();
  }

  private Relu relu(LayerParameter layer) {
    require(layer, "negative_slope", layer.getReluParam().getNegativeSlope(), 0f);
    String input = input(layer);
    return new Relu(SqueezeNetLayout.reluOf(input), input);
  }

  private SqueezeNetLayer pooling(LayerParameter layer) {
    PoolingParameter param = layer.getPoolingParam();
    if (param.getGlobalPooling()) {
      require(layer, "pool (with global_pooling)", param.getPool(), PoolMethod.AVE);
      return new GlobalAveragePooling(layer.getName(), input(layer));
    }
    require(layer, "pool (without global_pooling)", param.getPool(), PoolMethod.MAX);
    require(layer, "round_mode", param.getRoundMode(), RoundMode.CEIL);
    require(layer, "pad", List.of(param.getPad(), param.getPadH(), param.getPadW()), NO_PADDING);
    List<Integer> kernel =
        sizes(List.of(param.getKernelSize()), param.getKernelH(), param.getKernelW());
    List<Integer> stride =
        sizes(List.of(param.getStride()), param.getStrideH(), param.getStrideW());
    return new MaxPooling(
        layer.getName(),
        input(layer),
        one(layer, "kernel_size", kernel, 0),
        one(layer, "stride", stride, 1));
  }

  private Concat concat(LayerParameter layer) {
    require(layer, "axis", layer.getConcatParam().getAxis(), 1);
    require(layer, "concat_dim", layer.getConcatParam().getConcatDim(), 1);
    return new Concat(
        layer.getName(), layer.getBottomList().stream().map(b -> writer(layer, b)).toList());
  }

  /**
   * The network's end, also inside the loss that it was trained with. Core ML's softmax wants a
   * vector, where Caffe's takes an image of one pixel.
   */
  private void softmax(LayerParameter layer) {
    Flatten flatten = new Flatten(SqueezeNetLayout.FLATTEN, input(layer));
    String output = SqueezeNetLayout.PROBABILITIES;
    add(layer, flatten);
    add(layer, new Softmax(SqueezeNetLayout.SOFTMAX, flatten.name(), output));
  }

  private String input(LayerParameter layer) {
    if (layer.getBottomCount() == 0) {
      throw unusable(layer, "reads no blob, expected one");
    }
    return writer(layer, layer.getBottom(0));
  }

  private String writer(LayerParameter layer, String blob) {
    String writer = writers.get(blob);
    if (writer == null) {
      throw unusable(
          layer, "reads blob %s, expected one that a layer before it writes".formatted(blob));
    }
    return writer;
  }

  private String top(LayerParameter layer) {
    if (layer.getTopCount() == 0) {
      throw unusable(layer, "writes no blob, expected one");
    }
    return layer.getTop(0);
  }

  /** Caffe takes a size once, once per direction, or apart as height and width (0 if not set). */
  private static List<Integer> sizes(List<Integer> sizes, int height, int width) {
    return height == 0 && width == 0 ? sizes : List.of(height, width);
  }

  private int one(LayerParameter layer, String what, List<Integer> sizes, int unset) {
    if (sizes.stream().distinct().count() > 1) {
      throw unusable(
          layer, "has %s %s, expected one size for both directions".formatted(what, sizes));
    }
    return sizes.isEmpty() ? unset : sizes.get(0);
  }

  private void require(LayerParameter layer, String what, Object found, Object expected) {
    if (!found.equals(expected)) {
      throw unusable(layer, "has %s %s, expected %s".formatted(what, found, expected));
    }
  }

  private HeadgraftException unusable(LayerParameter layer, String problem) {
    return unusable(file, layer.getName(), problem);
  }
}
