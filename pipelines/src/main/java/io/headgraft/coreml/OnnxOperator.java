package io.headgraft.coreml;

import com.google.protobuf.ByteString;
import io.headgraft.coreml.onnx.AttributeProto;
import io.headgraft.coreml.onnx.AttributeProto.AttributeType;
import io.headgraft.coreml.onnx.NodeProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An operator of ONNX with its attributes.
 *
 * @param type its name in ONNX's own domain
 */
record OnnxOperator(String type, List<AttributeProto> attributes) {

  static OnnxOperator of(String type) {
    return new OnnxOperator(type, List.of());
  }

  OnnxOperator with(String name, long value) {
    return with(attribute(name, AttributeType.INT).setI(value));
  }

  OnnxOperator with(String name, long... values) {
    List<Long> list = Arrays.stream(values).boxed().toList();
    return with(attribute(name, AttributeType.INTS).addAllInts(list));
  }

  OnnxOperator with(String name, float value) {
    return with(attribute(name, AttributeType.FLOAT).setF(value));
  }

  OnnxOperator with(String name, String value) {
    return with(attribute(name, AttributeType.STRING).setS(ByteString.copyFromUtf8(value)));
  }

  private static AttributeProto.Builder attribute(String name, AttributeType type) {
    return AttributeProto.newBuilder().setName(name).setType(type);
  }

  private OnnxOperator with(AttributeProto.Builder attribute) {
    List<AttributeProto> all = new ArrayList<>(attributes);
    all.add(attribute.build());
    return new OnnxOperator(type, List.copyOf(all));
  }

  /** A node that computes it. */
  NodeProto node(String name, List<String> inputs, String output) {
    return NodeProto.newBuilder()
        .setName(name)
        .setOpType(type)
        .addAllAttribute(attributes)
        .addAllInput(inputs)
        .addOutput(output)
        .build();
  }
}
