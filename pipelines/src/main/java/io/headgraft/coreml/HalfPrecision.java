package io.headgraft.coreml;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetwork;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.Pipeline;
import io.headgraft.coreml.proto.WeightParams;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Stores weights in half precision, which halves a file. Layers that train on the device keep their
 * precision: a phone would not go on training them. So do batch normalizations, which are next to
 * nothing of a file and hold means that lie far from zero.
 */
public final class HalfPrecision {

  /** The first version of the format that knows half-precision weights. */
  private static final int SPECIFICATION_VERSION = 2;

  private HalfPrecision() {}

  /**
   * The same network, or pipeline of networks, with fewer bits.
   *
   * @throws HeadgraftException if a weight is too large, naming its layer
   */
  public static Model of(Model model) {
    return switch (model.getTypeCase()) {
      case NEURALNETWORK -> {
        NeuralNetwork network = model.getNeuralNetwork();
        yield versioned(model)
            .setNeuralNetwork(
                network.toBuilder().clearLayers().addAllLayers(layers(network.getLayersList())))
            .build();
      }
      case NEURALNETWORKCLASSIFIER -> {
        NeuralNetworkClassifier network = model.getNeuralNetworkClassifier();
        yield versioned(model)
            .setNeuralNetworkClassifier(
                network.toBuilder().clearLayers().addAllLayers(layers(network.getLayersList())))
            .build();
      }
      case PIPELINECLASSIFIER -> {
        Model.Builder half = model.toBuilder();
        Pipeline.Builder pipeline = half.getPipelineClassifierBuilder().getPipelineBuilder();
        for (int i = 0; i < pipeline.getModelsCount(); i++) {
          pipeline.setModels(i, of(pipeline.getModels(i)));
        }
        yield half.build();
      }
      case NEURALNETWORKREGRESSOR,
          PIPELINEREGRESSOR,
          PIPELINE,
          GLMCLASSIFIER,
          KNEARESTNEIGHBORSCLASSIFIER,
          IDENTITY,
          TYPE_NOT_SET ->
          model;
    };
  }

  private static Model.Builder versioned(Model model) {
    return model.toBuilder()
        .setSpecificationVersion(Math.max(SPECIFICATION_VERSION, model.getSpecificationVersion()));
  }

  private static List<NeuralNetworkLayer> layers(List<NeuralNetworkLayer> layers) {
    return layers.stream().map(HalfPrecision::layer).toList();
  }

  private static NeuralNetworkLayer layer(NeuralNetworkLayer layer) {
    if (layer.getIsUpdatable() || layer.hasBatchnorm()) {
      return layer;
    }
    NeuralNetworkLayer.Builder half = layer.toBuilder();
    convert(half, layer.getName());
    return half.build();
  }

  /** Weights are wherever a layer's type has them; each is a message of one type. */
  private static void convert(Message.Builder message, String layer) {
    for (FieldDescriptor field : List.copyOf(message.getAllFields().keySet())) {
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated()) {
        Message.Builder part = message.getFieldBuilder(field);
        if (part instanceof WeightParams.Builder weights) {
          convert(weights, layer);
        } else {
          convert(part, layer);
        }
      }
    }
  }

  private static void convert(WeightParams.Builder weights, String layer) {
    int count = weights.getFloatValueCount();
    if (count == 0) {
      return;
    }
    ByteBuffer halves = ByteBuffer.allocate(count * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      float value = weights.getFloatValue(i);
      short bits = HalfFloat.bits(value);
      if (Float.isInfinite(HalfFloat.value(bits))) {
        throw HeadgraftException.unusable(
            "The layer '%s' holds %s, and half precision goes to %.0f only"
                .formatted(layer, value, HalfFloat.MAX_VALUE));
      }
      halves.putShort(bits);
    }
    weights.clearFloatValue().setFloat16Value(ByteString.copyFrom(halves.flip()));
  }
}
