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
 * forward}, in channels-last layout. A convolution, its bias and the ReLU behind it become one call
 * into oneDNN, whose weights are brought into oneDNN's own order once, when the module is loaded.
 *
 * <p>The module takes 8-bit pixels, blue green red, of shape (batch, height, width, 3), and gives
 * floats of shape (batch, values).
 */
final class TorchScriptCompiler {

  static final String CLASS_NAME = "Network";

  /** What a blob is called in the module, and its shape without the batch. */
  record Blob(String variable, Shape shape) {}

  private final NetworkGraph graph;
  private final int batch;
  private final Map<String, Blob> blobs = new HashMap<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final StringBuilder attributes = new StringBuilder();
  private final StringBuilder setState = new StringBuilder();
  private final StringBuilder forward = new StringBuilder();
  private int variables;

  private TorchScriptCompiler(NetworkGraph graph, int batch) {
    this.graph = graph;
    this.batch = batch;
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
  static Compiled compile(NetworkGraph graph, int batch) {
    return new TorchScriptCompiler(graph, batch).compile();
  }

  private Compiled compile() {
    for (NeuralNetworkLayer layer : graph.layers()) {
      layer.getInputList().forEach(blob -> readers.merge(blob, 1, Integer::sum));
    }
    readers.merge(graph.output(), 1, Integer::sum);
    image();
    List<NeuralNetworkLayer> layers = graph.layers();
    for (int i = 0; i < layers.size(); i++) {
      NeuralNetworkLayer next = i + 1 < layers.size() ? layers.get(i + 1) : null;
      boolean fused = next != null && isReluOf(next, layers.get(i));
      Blob blob = new LayerCode(this, layers.get(i)).emit(fused);
      blobs.put(layers.get(i).getOutput(0), blob);
      if (fused) {
        blobs.put(next.getOutput(0), blob);
        i++;
      }
    }
    Blob result = blobs.get(graph.output());
    forward.append("    return torch.flatten(").append(result.variable()).append(", 1)\n");
    return new Compiled(
        TorchScriptArchive.write(CLASS_NAME, source(), tensors), result.shape().size());
  }

  private boolean isReluOf(NeuralNetworkLayer next, NeuralNetworkLayer layer) {
    return layer.hasConvolution()
        && next.getActivation().getNonlinearityTypeCase()
            == ActivationParams.NonlinearityTypeCase.RELU
        && next.getInputList().equals(layer.getOutputList())
        && readers.get(layer.getOutput(0)) == 1;
  }

  private void image() {
    ImageInput input = graph.input();
    String pixels = "torch.permute(pixels, [0, 3, 1, 2])";
    if (input.channels().get(0).color() == Color.RED) {
      pixels = "torch.flip(" + pixels + ", [1])";
    }
    List<Channel> channels = input.channels();
    float[] biases = new float[channels.size()];
    for (int i = 0; i < biases.length; i++) {
      biases[i] = channels.get(i).bias();
    }
    String bias = tensor(biases, "%s", 1, biases.length, 1, 1);
    String scaled =
        input.scale() == 1
            ? "torch.to(" + pixels + ", 6)"
            : "torch.mul(torch.to(%s, 6), %s)".formatted(pixels, Float.toString(input.scale()));
    Shape shape = new Shape(channels.size(), input.height(), input.width());
    blobs.put(input.name(), assign("torch.add(" + scaled + ", " + bias + ")", shape));
  }

  /** The blob that a layer reads. */
  Blob input(String name) {
    return blobs.get(name);
  }

  /** The number of images in a batch. */
  int batch() {
    return batch;
  }

  /** What to call the file in messages. */
  String model() {
    return graph.model();
  }

  /** Writes a line that gives a name to an expression. */
  Blob assign(String expression, Shape shape) {
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
    String name = "w" + tensors.size();
    attributes.append("  ").append(name).append(" : Tensor\n");
    setState
        .append("    self.%s = ".formatted(name))
        .append(prepared.formatted("(state)[%d]".formatted(tensors.size())))
        .append('\n');
    tensors.add(new Tensor(values, shape));
    return "self." + name;
  }

  private String source() {
    return """
        class %1$s(Module):
          __parameters__ = []
          __buffers__ = []
          training : bool
          _is_full_backward_hook : Optional[bool]
        %2$s\
          def forward(self: __torch__.%1$s, pixels: Tensor) -> Tensor:
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
