package io.headgraft.coreml;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.headgraft.HeadgraftException;
import io.headgraft.coreml.NetworkCompiler.Compiled;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;

/**
 * A Core ML network, compiled and loaded: 8-bit images or arrays in, numbers out. Any number of
 * threads may call {@link #run} or {@link #runArrays} at a time; each call computes on its own
 * thread.
 *
 * <p>Batches have a fixed size, and a smaller one is filled up with black images or zeros, so that
 * the engine always takes the same path: what an image gives does not depend on its company.
 */
public final class CompiledNetwork implements AutoCloseable {

  static {
    prepareEngine();
  }

  /** To be called before the engine is. */
  static void prepareEngine() {
    // libtorch would take all cores for each caller. Spark's tasks are the parallelism here.
    setIfAbsent("ai.djl.pytorch.num_threads", "1");
    setIfAbsent("ai.djl.pytorch.num_interop_threads", "1");
    setIfAbsent("ai.djl.onnxruntime.num_threads", "1");
    setIfAbsent("ai.djl.onnxruntime.num_interop_threads", "1");
    // Else ONNX Runtime would load PyTorch as well, for what its own arrays cannot do.
    setIfAbsent("ai.djl.onnx.disable_alternative", "true");
    // The natives come from the jars; nothing is fetched at run time.
    setIfAbsent("ai.djl.offline", "true");
  }

  private final NetworkInput input;
  private final int batchSize;
  private final int outputs;
  private final Model model;
  private final Block block;
  private final ParameterStore parameters;

  /**
   * What no call is using, as many as there were calls at a time. A new one for each batch would
   * wait outside the heap for a collection of what is inside.
   */
  private final Queue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();

  private CompiledNetwork(NetworkInput input, int batchSize, int outputs, Model model) {
    this.input = input;
    this.batchSize = batchSize;
    this.outputs = outputs;
    this.model = model;
    this.block = model.getBlock();
    this.parameters = new ParameterStore(model.getNDManager(), false);
  }

  /**
   * Compiles a network and loads it into DJL's PyTorch engine.
   *
   * @param batchSize how many images are computed together, at least 1; 2 to 8 are fastest on a
   *     processor, where larger ones fall out of its caches
   * @throws HeadgraftException if a layer cannot be run, or the images are too large
   */
  public static CompiledNetwork load(NetworkGraph graph, int batchSize) {
    return load(graph, batchSize, ComputeDevice.PROCESSOR);
  }

  /**
   * Compiles a network and loads it into an engine, on the processor.
   *
   * @param batchSize as above
   * @throws HeadgraftException if a layer cannot be run, or the images are too large
   */
  public static CompiledNetwork load(NetworkGraph graph, int batchSize, NetworkEngine engine) {
    return switch (engine) {
      case PYTORCH -> load(graph, batchSize);
      case ONNXRUNTIME -> {
        requireBatch(graph, batchSize);
        Compiled compiled = OnnxCompiler.compile(graph, batchSize);
        Model model = Model.newInstance("network", Device.cpu(), engine.djlName());
        // Spark's tasks are the parallelism here, too.
        Map<String, String> options = Map.of("intraOpNumThreads", "1", "interOpNumThreads", "1");
        yield load(graph, batchSize, compiled, model, options);
      }
    };
  }

  /**
   * Compiles a network and loads it into DJL's PyTorch engine.
   *
   * @param batchSize as above; GPUs are given the same batches
   * @param device that computes it
   * @throws HeadgraftException if a layer cannot be run, or the images are too large
   */
  public static CompiledNetwork load(NetworkGraph graph, int batchSize, ComputeDevice device) {
    Convolutions convolutions =
        device.gpu().isPresent() ? Convolutions.ANYWHERE : Convolutions.ONE_DNN;
    return load(graph, batchSize, device, convolutions);
  }

  static CompiledNetwork load(
      NetworkGraph graph, int batchSize, ComputeDevice device, Convolutions convolutions) {
    requireBatch(graph, batchSize);
    Compiled compiled = TorchScriptCompiler.compile(graph, batchSize, convolutions);
    Model model = Model.newInstance("network", device.device(), NetworkEngine.PYTORCH.djlName());
    // The weights are read straight into the device's memory.
    Map<String, String> options = Map.of("mapLocation", "" + device.gpu().isPresent());
    return load(graph, batchSize, compiled, model, options);
  }

  private static void requireBatch(NetworkGraph graph, int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("Batch size " + batchSize + " is not positive");
    }
    if (batchSize > Integer.MAX_VALUE / bytes(graph.input())) {
      throw HeadgraftException.unusable(
          "%s: %d inputs of %s are too large for one batch"
              .formatted(graph.model(), batchSize, graph.input().shape()));
    }
  }

  private static CompiledNetwork load(
      NetworkGraph graph,
      int batchSize,
      Compiled compiled,
      Model model,
      Map<String, String> options) {
    try {
      model.load(new ByteArrayInputStream(compiled.bytes()), options);
      return new CompiledNetwork(
          graph.input(), batchSize, Math.toIntExact(compiled.outputs()), model);
    } catch (IOException | MalformedModelException e) {
      model.close();
      throw new IllegalStateException("The engine refused the network of " + graph.model(), e);
    }
  }

  /**
   * The model that ONNX Runtime is given, to be looked at with other tools.
   *
   * @param batchSize the first side of its input and of its output
   * @throws HeadgraftException if a layer cannot be run
   */
  public static byte[] onnx(NetworkGraph graph, int batchSize) {
    requireBatch(graph, batchSize);
    return OnnxCompiler.compile(graph, batchSize).bytes();
  }

  /**
   * Checks that every layer can be run, without the engine.
   *
   * @throws io.headgraft.HeadgraftException naming the layer that cannot
   */
  public static void requireRunnable(NetworkGraph graph) {
    TorchScriptCompiler.compile(graph, 1, Convolutions.ONE_DNN);
  }

  /**
   * The image that the network takes.
   *
   * @throws IllegalStateException if it takes an array
   */
  public ImageInput input() {
    if (input instanceof ImageInput image) {
      return image;
    }
    throw new IllegalStateException("The network takes an array '" + input.name() + "', no image");
  }

  /** The number of values that the network takes: of an array, or of an image's pixels. */
  public int inputs() {
    return Math.toIntExact(input.shape().size());
  }

  /** The number of images or arrays that are computed together. */
  public int batchSize() {
    return batchSize;
  }

  /** The number of values that an image or array gives. */
  public int outputs() {
    return outputs;
  }

  /**
   * Runs one batch of images.
   *
   * @param images at most {@link #batchSize} images, each height × width × 3 bytes, rows of blue,
   *     green and red, 0 to 255
   * @return for each image, the values of the network's output
   */
  public float[][] run(List<byte[]> images) {
    ImageInput image = input();
    for (byte[] pixels : images) {
      if (pixels.length != inputs()) {
        throw new IllegalArgumentException(
            "An image of %d bytes, not %d × %d × %d"
                .formatted(pixels.length, image.height(), image.width(), image.channels().size()));
      }
    }
    Shape shape = new Shape(batchSize, image.height(), image.width(), image.channels().size());
    return run(images, ByteBuffer::put, shape, DataType.UINT8);
  }

  /**
   * Runs one batch of arrays.
   *
   * @param arrays at most {@link #batchSize} arrays of {@link #inputs} values, channel by channel
   *     and row by row
   * @return for each array, the values of the network's output
   */
  public float[][] runArrays(List<float[]> arrays) {
    if (!(input instanceof ArrayInput)) {
      throw new IllegalStateException(
          "The network takes an image '" + input.name() + "', no array");
    }
    for (float[] array : arrays) {
      if (array.length != inputs()) {
        throw new IllegalArgumentException(
            "An array of %d values, not %s".formatted(array.length, input.shape()));
      }
    }
    io.headgraft.coreml.Shape one = input.shape();
    Shape shape = new Shape(batchSize, one.channels(), one.height(), one.width());
    return run(arrays, CompiledNetwork::put, shape, DataType.FLOAT32);
  }

  private static void put(ByteBuffer buffer, float[] array) {
    for (float value : array) {
      buffer.putFloat(value);
    }
  }

  private <T> float[][] run(
      List<T> examples, BiConsumer<ByteBuffer, T> put, Shape shape, DataType type) {
    if (examples.size() > batchSize) {
      throw new IllegalArgumentException(
          "%d images for batches of %d".formatted(examples.size(), batchSize));
    }
    ByteBuffer buffer = buffers.poll();
    if (buffer == null) {
      buffer = ByteBuffer.allocateDirect(batchSize * bytes(input)).order(ByteOrder.nativeOrder());
    }
    try (NDManager manager = model.getNDManager().newSubManager()) {
      buffer.clear();
      for (T example : examples) {
        put.accept(buffer, example);
      }
      buffer.put(new byte[buffer.remaining()]).rewind();
      NDArray batch = manager.create(buffer, shape, type);
      NDArray result = block.forward(parameters, new NDList(batch), false).singletonOrThrow();
      result.attach(manager);
      return rows(result.toFloatArray(), examples.size());
    } finally {
      buffers.add(buffer);
    }
  }

  private float[][] rows(float[] values, int count) {
    float[][] rows = new float[count][outputs];
    for (int i = 0; i < count; i++) {
      System.arraycopy(values, i * outputs, rows[i], 0, outputs);
    }
    return rows;
  }

  private static int bytes(NetworkInput input) {
    long size = input.shape().size();
    return Math.toIntExact(input instanceof ArrayInput ? size * Float.BYTES : size);
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
