package io.headgraft.coreml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.TextFormat;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What layers are refused for. Their shapes are in {@link LayersTest}. */
class LayerShapesTest {

  private static final String IMAGE = "3 5 6";

  /**
   * A layer, as text of the format's own message, of inputs that are {@code channels height width}.
   */
  private record Broken(Rule rule, String reason, String inputs, String layer) {

    @Override
    public String toString() {
      return reason;
    }
  }

  private static Broken broken(Rule rule, String reason, String layer) {
    return new Broken(rule, reason, IMAGE, layer);
  }

  private static Broken parameters(String reason, String layer) {
    return broken(Rule.LAYER_PARAMETERS, reason, layer);
  }

  private static Broken shapes(String reason, String layer) {
    return broken(Rule.LAYER_SHAPES, reason, layer);
  }

  private static Broken convolution(Rule rule, String reason, String settings) {
    return broken(rule, reason, "convolution { " + settings + " }");
  }

  static Stream<Broken> inputsAndOutputs() {
    return Stream.of(
        new Broken(Rule.LAYER_INPUTS, "it has 0 inputs, not 1", "", "softmax {}"),
        new Broken(Rule.LAYER_INPUTS, "it has 2 inputs, not 1", "3 5 6, 3 5 6", "softmax {}"),
        broken(Rule.LAYER_INPUTS, "it has 2 outputs, not 1", "softmax {} output: 'more'"),
        broken(Rule.LAYER_INPUTS, "it has 1 outputs, not 2 or more", "split { nOutputs: 1 }"),
        broken(Rule.LAYER_INPUTS, "it has 1 inputs, not 2 or more", "concat {}"),
        broken(Rule.LAYER_INPUTS, "it has 1 inputs, not 2", "dot {}"),
        new Broken(Rule.LAYER_INPUTS, "it has 0 inputs, not 1 or more", "", "add {}"),
        new Broken(
            Rule.LAYER_INPUTS, "it has 3 inputs, not 1 or 2", "1 1 1, 1 1 1, 1 1 1", "crop {}"),
        broken(Rule.LAYER_INPUTS, "it has 1 inputs, not 0", "loadConstant {}"),
        broken(Rule.LAYER_TYPES, "it has no type", "isUpdatable: true"));
  }

  static Stream<Broken> convolutions() {
    String deconvolution = "isDeconvolution: true kernelChannels: 3 outputChannels: 2 ";
    return Stream.of(
        convolution(
            Rule.LAYER_PARAMETERS, "it has no padding type", "outputChannels: 2 kernelChannels: 3"),
        convolution(
            Rule.LAYER_PARAMETERS,
            "its number of output channels 0 is out of range",
            "kernelChannels: 3 valid {}"),
        convolution(
            Rule.LAYER_PARAMETERS,
            "its number of groups 18446744073709551615 is out of range",
            "kernelChannels: 3 nGroups: 18446744073709551615 valid {}"),
        convolution(
            Rule.LAYER_SHAPES,
            "its shape is too large",
            "kernelChannels: 4611686018427387904 nGroups: 4 valid {}"),
        convolution(
            Rule.LAYER_SHAPES,
            "its shape is too large",
            "kernelChannels: 3 outputChannels: 9223372036854775807 valid {}"),
        convolution(
            Rule.LAYER_PARAMETERS,
            "it has 1 borders, not two",
            "kernelChannels: 3 outputChannels: 1 valid { paddingAmounts { borderAmounts {} } }"),
        convolution(
            Rule.WEIGHT_COUNT,
            "its biases are 0 numbers, the layer's shape needs 1",
            "kernelChannels: 3 outputChannels: 1 kernelSize: 1 kernelSize: 1 valid {}"
                + " hasBias: true weights { floatValue: [1, 2, 3] }"),
        convolution(
            Rule.WEIGHT_FORM,
            "its weights are in single precision, its biases are in half precision",
            "kernelChannels: 3 outputChannels: 1 kernelSize: 1 kernelSize: 1 valid {}"
                + " hasBias: true weights { floatValue: [1, 2, 3] } bias { float16Value: '12' }"),
        convolution(
            Rule.LAYER_SHAPES,
            "it reads 4 channels, its input has 3",
            "isDeconvolution: true kernelChannels: 4 outputChannels: 1 valid {}"),
        convolution(
            Rule.LAYER_PARAMETERS,
            "its 3 input channels cannot be divided into 2 groups",
            deconvolution + "nGroups: 2 valid {}"),
        convolution(Rule.LAYER_PARAMETERS, "it has no padding type", deconvolution),
        convolution(
            Rule.LAYER_SHAPES,
            "a border of 7 pixels leaves nothing of 7",
            deconvolution
                + "valid { paddingAmounts { borderAmounts { startEdgeSize: 3 endEdgeSize: 4 }"
                + " borderAmounts {} } }"),
        convolution(
            Rule.LAYER_PARAMETERS,
            "its output of 13 pixels is not covered by the 11 that its kernels make",
            deconvolution + "valid {} stride: [2, 2] outputShape: [13, 1]"),
        convolution(
            Rule.WEIGHT_COUNT,
            "its weights are 0 numbers, the layer's shape needs 54",
            deconvolution + "valid {}"));
  }

  static Stream<Broken> weights() {
    return Stream.of(
        bias(
            Rule.WEIGHT_FORM,
            "its biases are stored in several forms at once",
            "floatValue: [1, 2, 3] float16Value: '123456'"),
        bias(
            Rule.WEIGHT_FORM,
            "its biases are 8-bit integers for dynamic quantization, which is not supported",
            "int8RawValue: '123'"),
        bias(
            Rule.WEIGHT_FORM, "its biases are raw bytes without a quantization", "rawValue: '123'"),
        bias(
            Rule.WEIGHT_FORM,
            "its biases in half precision end within a number",
            "float16Value: '1234567'"),
        bias(
            Rule.WEIGHT_COUNT,
            "its biases are 2 numbers, the layer's shape needs 3",
            "float16Value: '1234'"),
        bias(
            Rule.WEIGHT_FORM,
            "its biases are quantized to 0 bits, not to 1 to 8",
            "rawValue: '123' quantization { linearQuantization { scale: 1 } }"),
        bias(
            Rule.WEIGHT_FORM,
            "its biases are quantized to 18446744073709551615 bits, not to 1 to 8",
            "rawValue: '123' quantization { numberOfBits: 18446744073709551615 }"),
        bias(
            Rule.WEIGHT_FORM,
            "its biases are quantized without a scale or a table",
            "rawValue: '123' quantization { numberOfBits: 8 }"),
        bias(
            Rule.WEIGHT_FORM,
            "the quantization of its biases has 2 scales, not 1 or the 1 of its channels",
            "rawValue: '123' quantization { numberOfBits: 8 linearQuantization { scale: [1, 2] } }"),
        bias(
            Rule.WEIGHT_FORM,
            "the quantization of its biases has 2 biases for 1 scales",
            "rawValue: '123' quantization { numberOfBits: 8"
                + " linearQuantization { scale: 1 bias: [1, 2] } }"),
        bias(
            Rule.WEIGHT_FORM,
            "the look-up table of its biases has 3 values, 2 bits need 4",
            "rawValue: '1' quantization { numberOfBits: 2"
                + " lookupTableQuantization { floatValue: [1, 2, 3] } }"),
        bias(
            Rule.WEIGHT_COUNT,
            "its biases are 1 bytes of 3 bits a number, the layer's shape needs 3 numbers",
            "rawValue: '1' quantization { numberOfBits: 3 linearQuantization { scale: 1 } }"));
  }

  private static Broken bias(Rule rule, String reason, String weights) {
    return broken(rule, reason, "bias { shape: 3 bias { " + weights + " } }");
  }

  static Stream<Broken> others() {
    return Stream.of(
        parameters("it has no padding type", "pooling {}"),
        parameters("its pooling type 7 is unknown", "pooling { type: 7 globalPooling: true }"),
        parameters(
            "a border of 3 holds a whole window of 3",
            "pooling { includeLastPixel { paddingAmounts: [0, 3] } }"),
        shapes(
            "a window of 9 pixels does not fit into 5", "pooling { kernelSize: [9, 1] valid {} }"),
        parameters("it has no activation function", "activation {}"),
        broken(
            Rule.WEIGHT_COUNT,
            "its slopes are 2 numbers, the layer's shape needs 3",
            "activation { PReLU { alpha { floatValue: [1, 2] } } }"),
        broken(
            Rule.WEIGHT_FORM,
            "its alphas and betas are stored in different forms",
            "activation { parametricSoftplus { alpha { floatValue: 1 } beta { float16Value: '12' } } }"),
        shapes(
            "it reads 91 values, its input has 90",
            "innerProduct { inputChannels: 91 outputChannels: 1 }"),
        parameters(
            "its number of output channels 0 is out of range",
            "innerProduct { inputChannels: 90 }"),
        broken(
            Rule.WEIGHT_FORM,
            "its dynamic quantization to 8 bits is not supported",
            "innerProduct { inputChannels: 90 outputChannels: 1 int8DynamicQuantize: true }"),
        shapes(
            "its shape is too large",
            "innerProduct { inputChannels: 90 outputChannels: 4611686018427387904 }"),
        shapes("it normalizes 4 channels, its input has 3", "batchnorm { channels: 4 }"),
        broken(
            Rule.WEIGHT_COUNT,
            "its gammas are 0 numbers, the layer's shape needs 3",
            "batchnorm { channels: 3 computeMeanVar: true }"),
        broken(
            Rule.WEIGHT_FORM,
            "its betas are in single precision, its means are in half precision",
            "batchnorm { channels: 3 beta { floatValue: [1, 2, 3] } mean { float16Value: '123456' }"
                + " gamma { rawValue: '123' quantization { numberOfBits: 8"
                + " linearQuantization { scale: 1 } } } variance { floatValue: [1, 1, 1] } }"),
        parameters(
            "its number of channels of the window 0 is out of range", "lrn { alpha: 1 beta: 1 }"),
        parameters("its k of -1.0 is negative", "lrn { localSize: 3 k: -1 }"),
        parameters("it has 0 borders, not two", "crop {}"),
        shapes(
            "a border of 6 pixels leaves nothing of 6",
            "crop { cropAmounts { borderAmounts {} borderAmounts { endEdgeSize: 6 } } }"),
        new Broken(
            Rule.LAYER_PARAMETERS,
            "it has 1 offsets, not two",
            "3 5 6, 1 2 2",
            "crop { offset: 1 }"),
        new Broken(
            Rule.LAYER_SHAPES,
            "2 × 2 pixels at an offset of 4 and 0 do not lie in 5 × 6",
            "3 5 6, 1 2 2",
            "crop { offset: [4, 0] }"),
        parameters("it has no padding type", "padding {}"),
        shapes(
            "5 pixels cannot be mirrored to a border of 5",
            "padding { reflection {} paddingAmounts { borderAmounts { endEdgeSize: 5 }"
                + " borderAmounts {} } }"),
        parameters("its mode of interpolation is unknown", "upsample { mode: 2 }"),
        parameters(
            "it has whole and fractional factors",
            "upsample { scalingFactor: [1, 1] fractionalScalingFactor: [1, 1] }"),
        parameters(
            "it has 3 fractional factors, not two",
            "upsample { fractionalScalingFactor: [1, 1, 1] }"),
        parameters(
            "its factor of NaN makes no image of 5 pixels",
            "upsample { fractionalScalingFactor: [nan, 1] }"),
        parameters(
            "its factor of 0.125 makes no image of 6 pixels",
            "upsample { fractionalScalingFactor: [1, 0.125] }"),
        parameters(
            "its factor of Infinity makes no image of 5 pixels",
            "upsample { fractionalScalingFactor: [inf, 1] }"),
        parameters(
            "its size, stride, dilation or border of 0 pixels is out of range",
            "upsample { scalingFactor: [1, 0] }"),
        parameters("its function 8 is unknown", "unary { type: 8 }"),
        new Broken(
            Rule.LAYER_SHAPES,
            "its inputs do not fit together: [3 × 5 × 6, 3 × 1 × 2]",
            "3 5 6, 3 1 2",
            "add {}"),
        new Broken(
            Rule.LAYER_SHAPES,
            "its inputs are not two vectors of one length: [3 × 1 × 1, 4 × 1 × 1]",
            "3 1 1, 4 1 1",
            "dot {}"),
        new Broken(
            Rule.LAYER_SHAPES,
            "its inputs are not two vectors of one length: [3 × 1 × 2, 3 × 1 × 2]",
            "3 1 2, 3 1 2",
            "dot {}"),
        parameters(
            "the shape of its factors has 2 sides, not 1 or 3", "scale { shapeScale: [3, 5] }"),
        shapes("its biases are 2 × 1 × 1, its input is 3 × 5 × 6", "bias { shape: 2 }"),
        new Broken(
            Rule.LAYER_PARAMETERS, "its shape has 1 sides, not 3", "", "loadConstant { shape: 3 }"),
        new Broken(
            Rule.LAYER_SHAPES,
            "its shape is too large",
            "",
            "loadConstant { shape: [4294967296, 4294967296, 4294967296] }"),
        parameters("its mode or its axis is unknown", "reduce { axis: 5 }"),
        parameters(
            "the position of the maximum is wanted along 2 axes, not one",
            "reduce { mode: ARGMAX axis: HW }"),
        parameters("its target shape has 2 sides, not 3 or 4", "reshape { targetShape: [90, 1] }"),
        parameters(
            "its number of values 18446744073709551615 is out of range",
            "reshape { targetShape: [-1, 5, 6] }"),
        shapes("it makes 3 × 6 × 6 of 3 × 5 × 6", "reshape { targetShape: [3, 6, 6] }"),
        broken(
            Rule.LAYER_TYPES,
            "a sequence of 3 is made of one image, which is not supported",
            "reshape { targetShape: [3, 1, 5, 6] }"),
        parameters("its order is unknown", "flatten { mode: 2 }"),
        parameters("its axes [] are no permutation of 0 to 3", "permute {}"),
        parameters(
            "its axes [0, 1, 2, 2] are no permutation of 0 to 3", "permute { axis: [0, 1, 2, 2] }"),
        broken(
            Rule.LAYER_TYPES,
            "its permutation [1, 0, 2, 3] moves the axis of sequences, which is not supported",
            "permute { axis: [1, 0, 2, 3] }"),
        parameters(
            "it splits into 3 parts and has 2 outputs", "split { nOutputs: 3 } output: 'more'"),
        shapes("3 channels cannot be split into 2 parts", "split { nOutputs: 2 } output: 'more'"),
        new Broken(
            Rule.LAYER_SHAPES,
            "its shape is too large",
            "9223372036854775807 9223372036854775807 1",
            "softmax {}"));
  }

  @ParameterizedTest
  @MethodSource({"inputsAndOutputs", "convolutions", "weights", "others"})
  void refuses(Broken broken) {
    List<Shape> inputs = inputs(broken.inputs);
    NeuralNetworkLayer layer = layer(broken.layer, inputs.size());

    assertThatThrownBy(() -> LayerShapes.of(layer, inputs))
        .isInstanceOfSatisfying(
            InvalidLayerException.class, e -> assertThat(e.rule()).isEqualTo(broken.rule))
        .hasMessage(broken.reason);
  }

  /** Core ML accepts it, and fails when it runs. */
  @Test
  void anInnerProductMayLackItsWeights() {
    NeuralNetworkLayer layer = layer("innerProduct { inputChannels: 90 outputChannels: 7 }", 1);

    assertThat(LayerShapes.of(layer, inputs(IMAGE))).containsExactly(new Shape(7, 1, 1));
  }

  private static List<Shape> inputs(String text) {
    return Arrays.stream(text.split(", ", -1))
        .filter(shape -> !shape.isEmpty())
        .map(shape -> Arrays.stream(shape.split(" ", -1)).mapToLong(Long::parseLong).toArray())
        .map(sides -> new Shape(sides[0], sides[1], sides[2]))
        .toList();
  }

  private static NeuralNetworkLayer layer(String text, int inputs) {
    try {
      NeuralNetworkLayer layer =
          TextFormat.parse("output: 'out' " + text, NeuralNetworkLayer.class);
      NeuralNetworkLayer.Builder builder = layer.toBuilder();
      for (int i = 0; i < inputs; i++) {
        builder.addInput("in" + i);
      }
      return builder.build();
    } catch (TextFormat.ParseException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
