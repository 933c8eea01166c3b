package io.headgraft.backbone;

import com.google.protobuf.InvalidProtocolBufferException;
import io.headgraft.HeadgraftException;
import io.headgraft.backbone.SqueezeNetLayer.WeightShape;
import io.headgraft.backbone.SqueezeNetLayer.Weights;
import io.headgraft.backbone.caffe.BlobProto;
import io.headgraft.backbone.caffe.LayerParameter;
import io.headgraft.backbone.caffe.NetParameter;
import io.headgraft.backbone.caffe.V1LayerParameter;
import io.headgraft.coreml.WireBudget;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.WeightParams;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The released Caffe model of SqueezeNet v1.1 ({@code squeezenet_v1.1.caffemodel}, a binary {@code
 * NetParameter}) as a Core ML model. Such a file holds the layers' definitions beside their
 * weights: they are compared with the layers of the Core ML model, so that what is converted is
 * what Caffe would compute.
 */
public final class CaffeModel {

  private final String file;
  private final NetParameter net;

  private CaffeModel(String file, NetParameter net) {
    this.file = file;
    this.net = net;
  }

  /**
   * Converts a Caffe model.
   *
   * @param bytes the whole file; as saved after training (with its data, split and loss layers) or
   *     in the form for deployment
   * @param file what messages call it
   * @return a classifier laid out as {@link SqueezeNet} with the file's weights
   * @throws HeadgraftException (unusable) if the bytes are not a Caffe model, are cut off, or hold
   *     another network than SqueezeNet v1.1
   */
  public static Model convert(byte[] bytes, String file) {
    return new CaffeModel(file, parse(bytes, file)).convert();
  }

  private static NetParameter parse(byte[] bytes, String file) {
    WireBudget.check(bytes, NetParameter.getDescriptor(), file);
    NetParameter net;
    try {
      net = NetParameter.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw HeadgraftException.unusable(
          "%s: not a Caffe model, or cut off (%d bytes): %s"
              .formatted(file, bytes.length, e.getMessage()),
          e);
    }
    if (net.getLayersList().stream().anyMatch(V1LayerParameter::hasName)) {
      throw HeadgraftException.unusable(
          file
              + ": its layers are in Caffe's format of before 2015 (V1), expected the present one:"
              + " Caffe's upgrade_net_proto_binary converts it");
    }
    if (net.getLayerCount() == 0) {
      throw HeadgraftException.unusable(
          file + ": not a Caffe model: it holds no layers, expected those of SqueezeNet v1.1");
    }
    return net;
  }

  private Model convert() {
    requireSqueezeNet(CaffeGraph.layers(net, file));
    Map<String, LayerParameter> layers =
        net.getLayerList().stream()
            .filter(layer -> layer.getType().equals("Convolution"))
            .collect(Collectors.toMap(LayerParameter::getName, Function.identity()));
    return SqueezeNet.model(
        "ImageNet, converted from Caffe weights",
        (name, shape) -> weights(name, layers.get(name).getBlobsList(), shape));
  }

  private void requireSqueezeNet(Map<String, SqueezeNetLayer> found) {
    for (SqueezeNetLayer expected : SqueezeNetLayout.layers()) {
      SqueezeNetLayer layer = found.remove(expected.name());
      if (layer == null) {
        throw CaffeGraph.unusable(file, expected.name(), "is missing, expected " + expected);
      }
      if (!layer.equals(expected)) {
        throw CaffeGraph.unusable(
            file, layer.name(), "is %s, expected %s".formatted(layer, expected));
      }
    }
    for (String name : found.keySet()) {
      throw CaffeGraph.unusable(file, name, "is one too many, expected those of SqueezeNet v1.1");
    }
  }

  private Weights weights(String layer, List<BlobProto> blobs, WeightShape shape) {
    List<Long> kernel =
        List.of(
            (long) shape.outputChannels(),
            (long) shape.inputChannels(),
            (long) shape.height(),
            (long) shape.width());
    List<Long> bias = List.of((long) shape.outputChannels());
    return new Weights(
        values(layer, "weights", blobs.get(0), CaffeGraph.shape(blobs.get(0)), kernel),
        values(layer, "biases", blobs.get(1), withoutLeadingOnes(blobs.get(1)), bias));
  }

  /** The older notation fills a vector's shape up to four dimensions. */
  private static List<Long> withoutLeadingOnes(BlobProto blob) {
    return CaffeGraph.shape(blob).stream().dropWhile(size -> size == 1).toList();
  }

  private WeightParams values(
      String layer, String what, BlobProto blob, List<Long> shape, List<Long> expected) {
    if (!shape.equals(expected)) {
      throw CaffeGraph.unusable(
          file, layer, "has %s of shape %s, expected %s".formatted(what, shape, expected));
    }
    long count = expected.stream().reduce(1L, Math::multiplyExact);
    if (blob.getDataCount() != count) {
      throw CaffeGraph.unusable(
          file, layer, "holds %d %s, expected %d".formatted(blob.getDataCount(), what, count));
    }
    if (!blob.getDataList().stream().allMatch(Float::isFinite)) {
      throw CaffeGraph.unusable(
          file,
          layer,
          "holds %s that are infinite or no numbers, expected finite ones".formatted(what));
    }
    return WeightParams.newBuilder().addAllFloatValue(blob.getDataList()).build();
  }
}
