package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.ImageInput.Channel;
import io.headgraft.coreml.ImageInput.Color;
import io.headgraft.coreml.TorchScriptArchive.Tensor;
import io.headgraft.coreml.proto.ActivationParams;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Compiles a Core ML network to a TorchScript module: each layer becomes a line of its {@code
 * forward}, in channels-last layout. On a processor a convolution, its bias and the ReLU behind it
 * become one call into oneDNN, whose weights are brought into oneDNN's own order once, when the
 * module is loaded.
 *
 * <p>The module takes 8-bit pixels, blue green red, of shape (batch, height, width, 3), or floats
 * of shape (batch, channels, height, width), and gives floats of shape (batch, values).
 */
final class TorchScriptCompiler {

  static final String CLASS_NAME = "Network";

  private static final long MAX_SIDE = 1L << 20;

  /** What a blob is called in the module, and its shape without the batch. */
  record Blob(String variable, Shape shape) {}

  private final NetworkGraph graph;
  private final int batch;
  private final Convolutions convolutions;
  private final ComputeBudget budget;
  private final Map<String, Blob> blobs = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final StringBuilder attributes = new StringBuilder();
  private final StringBuilder setState = new StringBuilder();
  private final StringBuilder forward = new StringBuilder();
  private int variables;

  private TorchScriptCompiler(NetworkGraph graph, int batch, Convolutions convolutions) {
    this.graph = graph;
    this.batch = batch;
    this.convolutions = convolutions;
    this.budget = new ComputeBudget(graph, batch);
  }

  /**
   * A compiled network.
   *
   * @param archive as TorchScript
   * @param outputs the number of values that it gives for an image
   */
  record Compiled(byte[] archive, long outputs) {}

  /**
   * Compiles a network for batches of a fixed size.
   *
   * @throws HeadgraftException naming the layer that cannot be run, and why
   */
  static Compiled compile(NetworkGraph graph, int batch, Convolutions convolutions) {
    return new TorchScriptCompiler(graph, batch, convolutions).compile();
  }

  private Compiled compile() {
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
    forward.append("    return torch.flatten(").append(result.variable()).append(", 1)\n");
    return new Compiled(
        TorchScriptArchive.write(CLASS_NAME, source(), tensors), result.shape().size());
  }

  private void emit(NeuralNetworkLayer layer, boolean relu) {
    try {
      List<Blob> inputs = layer.getInputList().stream().map(blobs::get).toList();
      List<Shape> shapes = LayerShapes.of(layer, inputs.stream().map(Blob::shape).toList());
      shapes.forEach(this::requireComputable);
      budget.requireRoom(LayerWeights.of(layer).values().stream().mapToLong(Weights::count).sum());
      Operator operator = relu ? new Convolution(layer.getConvolution(), true) : Operator.of(layer);
      budget.addOperations(operator.operations(inputs.stream().map(Blob::shape).toList(), shapes));
      List<String> expressions = operator.code(this, inputs, shapes);
      for (int i = 0; i < expressions.size(); i++) {
        blobs.put(layer.getOutput(i), assign(expressions.get(i), shapes.get(i)));
      }
    } catch (InvalidLayerException e) {
      throw HeadgraftException.unusable(
          "%s: layer '%s' (%s) cannot be run: %s"
              .formatted(graph.model(), layer.getName(), layer.getLayerCase(), e.getMessage()));
    }
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

  private void input() {
    try {
      blobs.put(graph.input().name(), taken(graph.input()));
    } catch (InvalidLayerException e) {
      throw HeadgraftException.unusable(
          "%s: its input '%s' cannot be taken: %s"
              .formatted(graph.model(), graph.input().name(), e.getMessage()));
    }
  }

  private Blob taken(NetworkInput input) {
    // In channels-last layout, as the pixels are: an array is brought into it.
    String expression =
        input instanceof ImageInput image
            ? image(image)
            : "torch.contiguous(examples, memory_format=2)";
    return assign(expression, input.shape());
  }

  private String image(ImageInput input) {
    String pixels = "torch.permute(examples, [0, 3, 1, 2])";
    if (input.channels().get(0).color() == Color.RED) {
      pixels = "torch.flip(" + pixels + ", [1])";
    }
    List<Channel> channels = input.channels();
    float[] biases = new float[channels.size()];
    for (int i = 0; i < biases.length; i++) {
      biases[i] = channels.get(i).bias();
    }
    String scaled =
        input.scale() == 1
            ? "torch.to(" + pixels + ", 6)"
            : "torch.mul(torch.to(%s, 6), %s)".formatted(pixels, Float.toString(input.scale()));
    String biased = "torch.add(" + scaled + ", " + tensorOfChannels(biases) + ")";
    return input.mean().isEmpty() ? biased : "torch.sub(" + biased + ", " + mean(input) + ")";
  }

  private String mean(ImageInput input) {
    float[] values = new float[input.mean().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = input.mean().get(i);
    }
    return tensor(values, "%s", 1, input.channels().size(), input.height(), input.width());
  }

  /** What computes convolutions. */
  Convolutions convolutions() {
    return convolutions;
  }

  /** The number of images in a batch. */
  int batch() {
    return batch;
  }

  /**
   * Writes a line that gives a name to an expression.
   *
   * @throws InvalidLayerException if its value would be too large
   */
  Blob assign(String expression, Shape shape) {
    requireComputable(shape);
    budget.addLine(expression, shape);
    budget.addOperations(shape.size());
    String variable = "x" + variables++;
    forward.append("    ").append(variable).append(" = ").append(expression).append('\n');
    return new Blob(variable, shape);
  }

  /**
   * Adds a tensor to the module.
   *
   * @param prepared what is done with it once, when the module is loaded; {@code %s} is the tensor
   * @return the expression that reads it in {@code forward}
   */
  String tensor(float[] values, String prepared, long... shape) {
    budget.addWeights(values.length);
    String name = "w" + tensors.size();
    attributes.append("  ").append(name).append(" : Tensor\n");
    setState
        .append("    self.%s = ".formatted(name))
        .append(prepared.formatted("(state)[%d]".formatted(tensors.size())))
        .append('\n');
    tensors.add(new Tensor(values, shape));
    return "self." + name;
  }

  /** Adds a vector to the module. */
  String tensor(float[] values) {
    return tensor(values, "%s", values.length);
  }

  /** Adds numbers to the module, one for each channel or one for all. */
  String tensorOfChannels(float[] values) {
    return tensor(values, "%s", 1, values.length, 1, 1);
  }

  private String source() {
    return """
        class %1$s(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          _is_full_backward_hook : Optional[bool]
        %2$s\
          def forward(self: __torch__.%1$s, examples: Tensor) -> Tensor:
        %3$s\
          def __getstate__(self: __torch__.%1$s) -> List[Tensor]:
            return annotate(List[Tensor], [])
          def __setstate__(self: __torch__.%1$s, state: List[Tensor]) -> NoneType:
        %4$s\
            self.training = False
            self._is_full_backward_hook = None
            return None
        """
        .formatted(CLASS_NAME, attributes, forward, setState);
  }
}
