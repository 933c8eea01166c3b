package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.ActivationParams;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compiles a Core ML network to what an engine reads, layer by layer, within the bounds of {@link
 * ComputeBudget}. A ReLU that alone reads a convolution is handed over together with it.
 *
 * <p>The compiled network takes batches of a fixed size: 8-bit pixels, blue green red, of shape
 * (batch, height, width, 3), or floats of shape (batch, channels, height, width). It gives floats
 * of shape (batch, values).
 */
abstract class NetworkCompiler {

  private static final long MAX_SIDE = 1L << 20;

  /** What a blob is called in the compiled network, and its shape without the batch. */
  record Blob(String variable, Shape shape) {}

  /**
   * A compiled network.
   *
   * @param bytes that the engine loads
   * @param outputs the number of values that it gives for an image
   */
  record Compiled(byte[] bytes, long outputs) {}

  private final NetworkGraph graph;
  private final int batch;
  private final ComputeBudget budget;
  private final Map<String, Blob> blobs = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private int variables;

  NetworkCompiler(NetworkGraph graph, int batch) {
    this.graph = graph;
    this.batch = batch;
    this.budget = new ComputeBudget(graph, batch);
  }

  /** Writes what brings an image to the first layers: the variable that they read. */
  abstract String take(ImageInput image);

  /** Writes what brings an array to the first layers: the variable that they read. */
  abstract String take(ArrayInput array);

  /**
   * Writes a layer.
   *
   * @param outputs the shapes that the layer makes
   * @return the variable of each output
   */
  abstract List<String> write(
      NeuralNetworkLayer layer, Operator operator, List<Blob> inputs, List<Shape> outputs);

  /**
   * Writes the whole network.
   *
   * @return its output
   * @throws HeadgraftException naming the layer that cannot be run, and why
   */
  final Blob writeAll() {
    for (NeuralNetworkLayer layer : graph.layers()) {
      layer.getInputList().forEach(blob -> readers.merge(blob, 1, Integer::sum));
    }
    readers.merge(graph.output(), 1, Integer::sum);
    input();
    List<NeuralNetworkLayer> layers = graph.layers();
    for (int i = 0; i < layers.size(); i++) {
      NeuralNetworkLayer layer = layers.get(i);
      NeuralNetworkLayer next = i + 1 < layers.size() ? layers.get(i + 1) : null;
      boolean fused = next != null && isReluOf(next, layer);
      emit(layer, fused);
      if (fused) {
        blobs.put(next.getOutput(0), blobs.get(layer.getOutput(0)));
        i++;
      }
    }
    Blob result = blobs.get(graph.output());
    budget.requireHeld(graph.model(), result.variable());
    return result;
  }

  private void input() {
    NetworkInput input = graph.input();
    try {
      String variable = input instanceof ImageInput image ? take(image) : take((ArrayInput) input);
      blobs.put(input.name(), new Blob(variable, input.shape()));
    } catch (InvalidLayerException e) {
      throw HeadgraftException.unusable(
          "%s: its input '%s' cannot be taken: %s"
              .formatted(graph.model(), input.name(), e.getMessage()));
    }
  }

  private void emit(NeuralNetworkLayer layer, boolean relu) {
    try {
      List<Blob> inputs = layer.getInputList().stream().map(blobs::get).toList();
      List<Shape> shapes = LayerShapes.of(layer, inputs.stream().map(Blob::shape).toList());
      shapes.forEach(this::requireComputable);
      budget.requireRoom(LayerWeights.of(layer).values().stream().mapToLong(Weights::count).sum());
      Operator operator = relu ? new Convolution(layer.getConvolution(), true) : Operator.of(layer);
      budget.addOperations(operator.operations(inputs.stream().map(Blob::shape).toList(), shapes));
      List<String> variables = write(layer, operator, inputs, shapes);
      for (int i = 0; i < variables.size(); i++) {
        blobs.put(layer.getOutput(i), new Blob(variables.get(i), shapes.get(i)));
      }
    } catch (InvalidLayerException e) {
      throw HeadgraftException.unusable(
          "%s: layer '%s' (%s) cannot be run: %s"
              .formatted(graph.model(), layer.getName(), layer.getLayerCase(), e.getMessage()));
    }
  }

  private boolean isReluOf(NeuralNetworkLayer next, NeuralNetworkLayer layer) {
    return layer.hasConvolution()
        && !layer.getConvolution().getIsDeconvolution()
        && layer.getOutputCount() == 1
        && next.getOutputCount() == 1
        && next.getActivation().getNonlinearityTypeCase()
            == ActivationParams.NonlinearityTypeCase.RELU
        && next.getInputList().equals(layer.getOutputList())
        && readers.get(layer.getOutput(0)) == 1;
  }

  private void requireComputable(Shape shape) {
    InvalidLayerException.require(
        shape.size() <= budget.mostOfBlob()
            && shape.height() <= MAX_SIDE
            && shape.width() <= MAX_SIDE,
        Rule.LAYER_SHAPES,
        "it makes %s for each of %s inputs, which is too large",
        shape,
        batch);
  }

  /** The number of images in a batch. */
  final int batch() {
    return batch;
  }

  /**
   * The name of the next result.
   *
   * @param reads text that names the variables that it is made of
   * @throws InvalidLayerException if it would be too large
   */
  final String variable(String reads, Shape shape) {
    requireComputable(shape);
    budget.addLine(reads, shape);
    budget.addOperations(shape.size());
    return "x" + variables++;
  }

  /**
   * Counts weights that are unpacked.
   *
   * @throws InvalidLayerException if they would take too much
   */
  final void addWeights(long values) {
    budget.addWeights(values);
  }
}
