package io.headgraft.coreml;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.WeightParams;
import java.util.LinkedHashMap;
import java.util.Map;

/** The weights of a layer of any type, wherever its parameters have them. */
final class LayerWeights {

  /** Those of an activation lie deepest: layer, activation, its kind, weights. */
  private static final int DEPTH = 3;

  private LayerWeights() {}

  /** The weights by their role, as the format names it: {@code weights}, {@code bias}, ... */
  static Map<String, WeightParams> of(NeuralNetworkLayer layer) {
    Map<String, WeightParams> weights = new LinkedHashMap<>();
    collect(layer, weights, DEPTH);
    return weights;
  }

  private static void collect(Message message, Map<String, WeightParams> weights, int depth) {
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      if (entry.getValue() instanceof WeightParams found) {
        weights.put(field.getName(), found);
      } else if (field.getJavaType() == JavaType.MESSAGE && !field.isRepeated() && depth > 0) {
        collect((Message) entry.getValue(), weights, depth - 1);
      }
    }
  }
}
