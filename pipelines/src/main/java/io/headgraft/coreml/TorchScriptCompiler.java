package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.ImageInput.Channel;
import io.headgraft.coreml.ImageInput.Color;
import io.headgraft.coreml.TorchScriptArchive.Tensor;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles a Core ML network to a TorchScript module: each layer becomes a line of its {@code
 * forward}, in channels-last layout. On a processor a convolution, its bias and the ReLU behind it
 * become one call into oneDNN, whose weights are brought into oneDNN's own order once, when the
 * module is loaded.
 */
final class TorchScriptCompiler extends NetworkCompiler {

  static final String CLASS_NAME = "Network";

  private final Convolutions convolutions;
  private final List<Tensor> tensors = new ArrayList<>();
  private final StringBuilder attributes = new StringBuilder();
  private final StringBuilder setState = new StringBuilder();
  private final StringBuilder forward = new StringBuilder();

  private TorchScriptCompiler(NetworkGraph graph, int batch, Convolutions convolutions) {
    super(graph, batch);
    this.convolutions = convolutions;
  }

  /**
   * Compiles a network for batches of a fixed size.
   *
   * @return an archive of TorchScript
   * @throws HeadgraftException naming the layer that cannot be run, and why
   */
  static Compiled compile(NetworkGraph graph, int batch, Convolutions convolutions) {
    return new TorchScriptCompiler(graph, batch, convolutions).compile();
  }

  private Compiled compile() {
    Blob result = writeAll();
    forward.append("    return torch.flatten(").append(result.variable()).append(", 1)\n");
    return new Compiled(
        TorchScriptArchive.write(CLASS_NAME, source(), tensors), result.shape().size());
  }

  @Override
  String take(ArrayInput array) {
    // In channels-last layout, as pixels are.
    return assign("torch.contiguous(examples, memory_format=2)", array.shape()).variable();
  }

  @Override
  String take(ImageInput image) {
    return assign(pixels(image), image.shape()).variable();
  }

  @Override
  List<String> write(
      NeuralNetworkLayer layer, Operator operator, List<Blob> inputs, List<Shape> outputs) {
    List<String> expressions = operator.code(this, inputs, outputs);
    List<String> variables = new ArrayList<>();
    for (int i = 0; i < expressions.size(); i++) {
      variables.add(assign(expressions.get(i), outputs.get(i)).variable());
    }
    return variables;
  }

  private String pixels(ImageInput input) {
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

  /**
   * Writes a line that gives a name to an expression.
   *
   * @throws InvalidLayerException if its value would be too large
   */
  Blob assign(String expression, Shape shape) {
    String variable = variable(expression, shape);
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
    addWeights(values.length);
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
