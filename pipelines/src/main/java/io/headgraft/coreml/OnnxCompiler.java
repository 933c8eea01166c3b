package io.headgraft.coreml;

import com.google.protobuf.ByteString;
import io.headgraft.HeadgraftException;
import io.headgraft.coreml.ImageInput.Channel;
import io.headgraft.coreml.ImageInput.Color;
import io.headgraft.coreml.onnx.GraphProto;
import io.headgraft.coreml.onnx.ModelProto;
import io.headgraft.coreml.onnx.OperatorSetIdProto;
import io.headgraft.coreml.onnx.TensorProto;
import io.headgraft.coreml.onnx.TensorProto.DataType;
import io.headgraft.coreml.onnx.TensorShapeProto;
import io.headgraft.coreml.onnx.TypeProto;
import io.headgraft.coreml.onnx.ValueInfoProto;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * Compiles a Core ML network to an ONNX model: each layer becomes one node or a few, whose names
 * begin with its own. Whoever runs the model is left to bring it into a layout of its own, and to
 * fuse convolutions with what follows them.
 */
final class OnnxCompiler extends NetworkCompiler {

  /** The first in which all reductions take their axes alike; ONNX 1.13 brought it. */
  private static final long OPERATOR_SET = 18;

  /** The file format of that release. */
  private static final long IR_VERSION = 8;

  /** Makes floats of numbers of another type. */
  static final OnnxOperator TO_FLOATS = OnnxOperator.of("Cast").with("to", DataType.FLOAT_VALUE);

  private static final String RESULT = "result";

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("network");
  private String layer = "";

  private OnnxCompiler(NetworkGraph network, int batch) {
    super(network, batch);
  }

  /**
   * Compiles a network for batches of a fixed size.
   *
   * @return a model of ONNX
   * @throws HeadgraftException naming the layer that cannot be run, and why
   */
  static Compiled compile(NetworkGraph network, int batch) {
    return new OnnxCompiler(network, batch).compile();
  }

  private Compiled compile() {
    Blob last = writeAll();
    long outputs = last.shape().size();
    graph
        .addNode(OnnxOperator.of("Flatten").node(RESULT, List.of(last.variable()), RESULT))
        .addOutput(declared(RESULT, DataType.FLOAT, batch(), outputs));
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(IR_VERSION)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
            .setGraph(graph)
            .build();
    return new Compiled(model.toByteArray(), outputs);
  }

  @Override
  String take(ArrayInput array) {
    Shape shape = array.shape();
    String input = variable("", shape);
    graph.addInput(declared(input, DataType.FLOAT, sides(shape)));
    return input;
  }

  @Override
  String take(ImageInput image) {
    Shape shape = image.shape();
    layer = image.name();
    String bytes = variable("", shape);
    graph.addInput(
        declared(bytes, DataType.UINT8, batch(), shape.height(), shape.width(), shape.channels()));
    String pixels = node(OnnxOperator.of("Transpose").with("perm", 0, 3, 1, 2), shape, bytes);
    if (image.channels().get(0).color() == Color.RED) {
      pixels = node(OnnxOperator.of("Gather").with("axis", 1), shape, pixels, whole(2, 1, 0));
    }
    pixels = node(TO_FLOATS, shape, pixels);
    if (image.scale() != 1) {
      pixels = node("Mul", shape, pixels, number(image.scale()));
    }
    pixels = node("Add", shape, pixels, channels(biases(image)));
    return image.mean().isEmpty() ? pixels : node("Sub", shape, pixels, mean(image));
  }

  private static float[] biases(ImageInput image) {
    List<Channel> channels = image.channels();
    float[] biases = new float[channels.size()];
    for (int i = 0; i < biases.length; i++) {
      biases[i] = channels.get(i).bias();
    }
    return biases;
  }

  private String mean(ImageInput image) {
    float[] values = new float[image.mean().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = image.mean().get(i);
    }
    Shape shape = image.shape();
    return tensor(values, 1, shape.channels(), shape.height(), shape.width());
  }

  @Override
  List<String> write(
      NeuralNetworkLayer layer, Operator operator, List<Blob> inputs, List<Shape> outputs) {
    this.layer = layer.getName();
    return operator.nodes(this, inputs, outputs);
  }

  /**
   * Writes a node without attributes.
   *
   * @param shape of its output, without the batch
   * @return the variable of its output
   * @throws InvalidLayerException if the output would be too large
   */
  String node(String type, Shape shape, String... inputs) {
    return node(OnnxOperator.of(type), shape, inputs);
  }

  /**
   * Writes a node.
   *
   * @param shape of its output, without the batch
   * @return the variable of its output
   * @throws InvalidLayerException if the output would be too large
   */
  String node(OnnxOperator operator, Shape shape, String... inputs) {
    List<String> reads = List.of(inputs);
    String output = variable(String.join(" ", reads), shape);
    graph.addNode(operator.node(layer + "/" + output, reads, output));
    return output;
  }

  /** Adds floats of a shape to the model. */
  String tensor(float[] values, long... shape) {
    addWeights(values.length);
    ByteBuffer bytes = bytes(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return tensor(bytes, DataType.FLOAT, shape);
  }

  /** Adds numbers to the model, one for each channel or one for all. */
  String channels(float[] values) {
    return tensor(values, 1, values.length, 1, 1);
  }

  /** Adds a number to the model. */
  String number(double value) {
    return tensor(new float[] {(float) value});
  }

  /** Adds a list of whole numbers to the model. */
  String whole(long... values) {
    addWeights(values.length);
    ByteBuffer bytes = bytes(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    return tensor(bytes, DataType.INT64, values.length);
  }

  private static ByteBuffer bytes(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String tensor(ByteBuffer bytes, DataType type, long... shape) {
    String name = "w" + graph.getInitializerCount();
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(type)
            .addAllDims(Arrays.stream(shape).boxed().toList())
            .setRawData(ByteString.copyFrom(bytes)));
    return name;
  }

  /** A batch's shape. */
  long[] sides(Shape shape) {
    return new long[] {batch(), shape.channels(), shape.height(), shape.width()};
  }

  private static ValueInfoProto declared(String name, DataType type, long... sides) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long side : sides) {
      shape.addDimBuilder().setDimValue(side);
    }
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
