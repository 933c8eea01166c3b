package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.TorchScriptCompiler.Blob;
import io.headgraft.coreml.proto.ActivationParams;
import io.headgraft.coreml.proto.BatchnormLayerParams;
import io.headgraft.coreml.proto.BorderAmounts.EdgeSizes;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.FlattenLayerParams.FlattenOrder;
import io.headgraft.coreml.proto.InnerProductLayerParams;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.PoolingLayerParams;
import io.headgraft.coreml.proto.PoolingLayerParams.PoolingType;
import io.headgraft.coreml.proto.SamePadding.SamePaddingMode;
import io.headgraft.coreml.proto.ValidPadding;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** One Core ML layer as TorchScript: the meaning of its fields, and the shape of what it makes. */
final class LayerCode {

  /** What is added before (start) and behind (end) a side. */
  private record Border(long start, long end) {}

  /** What an operator reads, and the border that it still has to add itself. */
  private record Padded(Blob blob, String border) {}

  private final TorchScriptCompiler module;
  private final NeuralNetworkLayer layer;

  LayerCode(TorchScriptCompiler module, NeuralNetworkLayer layer) {
    this.module = module;
    this.layer = layer;
  }

  /**
   * Writes the layer's line.
   *
   * @param relu whether the ReLU behind a convolution is computed with it
   */
  Blob emit(boolean relu) {
    require(layer.getInputCount() > 0, "it has no input");
    require(
        layer.getInputCount() == 1 || layer.hasConcat(),
        "it has %d inputs, not one",
        layer.getInputCount());
    require(layer.getOutputCount() == 1, "it has %d outputs, not one", layer.getOutputCount());
    return switch (layer.getLayerCase()) {
      case CONVOLUTION -> convolution(layer.getConvolution(), relu);
      case POOLING -> pooling(layer.getPooling());
      case ACTIVATION -> activation(layer.getActivation());
      case INNERPRODUCT -> innerProduct(layer.getInnerProduct());
      case BATCHNORM -> batchNormalization(layer.getBatchnorm());
      case CONCAT -> concat();
      case FLATTEN -> flatten();
      case SOFTMAX -> sameShape("torch.softmax(%s, 1)");
      case MVN,
          L2NORMALIZE,
          LRN,
          CROP,
          PADDING,
          UPSAMPLE,
          UNARY,
          ADD,
          MULTIPLY,
          AVERAGE,
          SCALE,
          BIAS,
          MAX,
          MIN,
          DOT,
          REDUCE,
          LOADCONSTANT,
          RESHAPE,
          PERMUTE,
          SPLIT,
          LAYER_NOT_SET ->
          throw cannotRun("layers of this type are not supported");
    };
  }

  private Blob convolution(ConvolutionLayerParams params, boolean relu) {
    if (params.getIsDeconvolution()) {
      throw cannotRun("deconvolution is not supported");
    }
    Blob in = input();
    long groups = Math.max(1, params.getNGroups());
    require(
        params.getKernelChannels() * groups == in.shape().channels(),
        "it reads %d channels, its input has %d",
        params.getKernelChannels() * groups,
        in.shape().channels());
    long outputs = params.getOutputChannels();
    require(
        outputs > 0 && outputs % groups == 0,
        "its %d output channels cannot be divided into %d groups",
        outputs,
        groups);
    long[] kernel = pair(params.getKernelSizeList(), 3);
    long[] stride = pair(params.getStrideList(), 1);
    long[] dilation = pair(params.getDilationFactorList(), 1);
    long[] extent = {(kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1};
    Border[] borders =
        params.hasSame()
            ? same(params.getSame().getAsymmetryMode(), in.shape(), extent, stride)
            : valid(params.getValid());
    long height = outputSide(in.shape().height(), borders[0], extent[0], stride[0]);
    long width = outputSide(in.shape().width(), borders[1], extent[1], stride[1]);

    Padded padded = padded(in, borders, kernel, "0.");
    String geometry =
        "%s, %s, %s, %d".formatted(padded.border(), numbers(stride), numbers(dilation), groups);
    String weights =
        module.tensor(
            Weights.floats(
                params.getWeights(),
                count(outputs, params.getKernelChannels(), kernel[0], kernel[1]),
                where("weights")),
            "ops.mkldnn._reorder_convolution_weight(%%s, %s, %s)"
                .formatted(
                    geometry,
                    numbers(
                        module.batch(),
                        padded.blob().shape().channels(),
                        padded.blob().shape().height(),
                        padded.blob().shape().width())),
            outputs,
            params.getKernelChannels(),
            kernel[0],
            kernel[1]);
    String bias =
        params.getHasBias()
            ? module.tensor(
                Weights.floats(params.getBias(), outputs, where("biases")), "%s", outputs)
            : "None";
    return module.assign(
        "ops.mkldnn._convolution_pointwise(%s, %s, %s, %s, \"%s\", %s, None)"
            .formatted(
                padded.blob().variable(),
                weights,
                bias,
                geometry,
                relu ? "relu" : "none",
                "annotate(List[Optional[number]], [])"),
        new Shape(outputs, height, width));
  }

  private Blob pooling(PoolingLayerParams params) {
    Blob in = input();
    Shape shape = in.shape();
    if (params.getGlobalPooling()) {
      Shape one = new Shape(shape.channels(), 1, 1);
      return switch (params.getType()) {
        case AVERAGE -> module.assign("torch.mean(%s, [2, 3], True)".formatted(in.variable()), one);
        case MAX -> module.assign("torch.amax(%s, [2, 3], True)".formatted(in.variable()), one);
        case L2, UNRECOGNIZED -> throw cannotRun("L2 pooling is not supported");
      };
    }
    require(params.getType() == PoolingType.MAX, "%s pooling is not supported", params.getType());
    long[] kernel = pair(params.getKernelSizeList(), 3);
    long[] stride = pair(params.getStrideList(), 1);
    boolean roundUp = params.hasIncludeLastPixel();
    Border[] borders = poolingBorders(params, shape, kernel, stride);
    requireSmaller(borders, kernel);
    long height = pooledSide(shape.height(), borders[0], kernel[0], stride[0], roundUp);
    long width = pooledSide(shape.width(), borders[1], kernel[1], stride[1], roundUp);
    if (roundUp && !fits(borders, kernel)) {
      // The operator rounds up by the border that it adds itself: give it what its windows cover.
      borders[0] = covering(height, borders[0], kernel[0], stride[0], shape.height());
      borders[1] = covering(width, borders[1], kernel[1], stride[1], shape.width());
    }
    // The maximum is the image's own: nothing is smaller than what it is padded with.
    Padded padded = padded(in, borders, kernel, "float(\"-inf\")");
    return module.assign(
        "torch.max_pool2d(%s, %s, %s, %s, [1, 1], %s)"
            .formatted(
                padded.blob().variable(),
                numbers(kernel),
                numbers(stride),
                padded.border(),
                roundUp ? "True" : "False"),
        new Shape(shape.channels(), height, width));
  }

  /** Every window holds a pixel of the image, or its maximum would be the border's. */
  private void requireSmaller(Border[] borders, long[] kernel) {
    for (int i = 0; i < borders.length; i++) {
      long border = Math.max(borders[i].start(), borders[i].end());
      require(border < kernel[i], "a border of %d holds a whole window of %d", border, kernel[i]);
    }
  }

  /** The border with which a number of windows covers a side exactly. */
  private static Border covering(long outputs, Border border, long kernel, long stride, long side) {
    return new Border(border.start(), (outputs - 1) * stride + kernel - side - border.start());
  }

  private Border[] poolingBorders(
      PoolingLayerParams params, Shape shape, long[] kernel, long[] stride) {
    if (params.hasSame()) {
      return same(params.getSame().getAsymmetryMode(), shape, kernel, stride);
    }
    if (params.hasIncludeLastPixel()) {
      long[] amounts = pair(params.getIncludeLastPixel().getPaddingAmountsList(), 0);
      return new Border[] {new Border(amounts[0], amounts[0]), new Border(amounts[1], amounts[1])};
    }
    return valid(params.getValid());
  }

  private Blob activation(ActivationParams params) {
    return switch (params.getNonlinearityTypeCase()) {
      case RELU -> sameShape("torch.relu(%s)");
      case SIGMOID -> sameShape("torch.sigmoid(%s)");
      case TANH -> sameShape("torch.tanh(%s)");
      case LINEAR,
          LEAKYRELU,
          THRESHOLDEDRELU,
          PRELU,
          SCALEDTANH,
          SIGMOIDHARD,
          ELU,
          SOFTSIGN,
          SOFTPLUS,
          PARAMETRICSOFTPLUS,
          NONLINEARITYTYPE_NOT_SET ->
          throw cannotRun(
              "the activation " + params.getNonlinearityTypeCase() + " is not supported");
    };
  }

  private Blob innerProduct(InnerProductLayerParams params) {
    Blob in = input();
    long inputs = params.getInputChannels();
    long outputs = params.getOutputChannels();
    require(
        inputs == in.shape().size(),
        "it reads %d values, its input has %d",
        inputs,
        in.shape().size());
    String weights =
        module.tensor(
            Weights.floats(params.getWeights(), count(outputs, inputs), where("weights")),
            "%s",
            outputs,
            inputs);
    String bias =
        params.getHasBias()
            ? module.tensor(
                Weights.floats(params.getBias(), outputs, where("biases")), "%s", outputs)
            : "None";
    return module.assign(
        "torch.reshape(torch.linear(torch.flatten(%s, 1), %s, %s), [-1, %d, 1, 1])"
            .formatted(in.variable(), weights, bias, outputs),
        new Shape(outputs, 1, 1));
  }

  /** {@code gamma * (x - mean) / sqrt(variance + epsilon) + beta}, a channel at a time. */
  private Blob batchNormalization(BatchnormLayerParams params) {
    require(
        !params.getComputeMeanVar() && !params.getInstanceNormalization(),
        "normalization by the image's own mean and variance is not supported");
    long channels = params.getChannels();
    require(
        channels == input().shape().channels(),
        "it normalizes %d channels, its input has %d",
        channels,
        input().shape().channels());
    String mean = perChannel(Weights.floats(params.getMean(), channels, where("means")));
    float[] variance = Weights.floats(params.getVariance(), channels, where("variances"));
    float[] gamma = Weights.floats(params.getGamma(), channels, where("gammas"));
    // As the format has it, zero stands for the default.
    double epsilon = params.getEpsilon() == 0 ? 1e-5 : params.getEpsilon();
    float[] factor = new float[gamma.length];
    for (int i = 0; i < factor.length; i++) {
      factor[i] = (float) (gamma[i] / Math.sqrt(variance[i] + epsilon));
      require(Float.isFinite(factor[i]), "its variance %s is not positive", variance[i]);
    }
    String beta = perChannel(Weights.floats(params.getBeta(), channels, where("betas")));
    return sameShape(
        "torch.add(torch.mul(torch.sub(%%s, %s), %s), %s)"
            .formatted(mean, perChannel(factor), beta));
  }

  private String perChannel(float[] values) {
    return module.tensor(values, "%s", 1, values.length, 1, 1);
  }

  private Blob concat() {
    require(!layer.getConcat().getSequenceConcat(), "concatenation in time is not supported");
    List<Blob> inputs = layer.getInputList().stream().map(module::input).toList();
    Shape first = inputs.get(0).shape();
    long channels = 0;
    for (Blob in : inputs) {
      require(
          in.shape().height() == first.height() && in.shape().width() == first.width(),
          "its inputs differ in height or width: %s and %s",
          first,
          in.shape());
      channels += in.shape().channels();
    }
    return module.assign(
        inputs.stream()
            .map(Blob::variable)
            .collect(Collectors.joining(", ", "torch.cat([", "], 1)")),
        new Shape(channels, first.height(), first.width()));
  }

  private Blob flatten() {
    Blob in = input();
    String order =
        layer.getFlatten().getMode() == FlattenOrder.CHANNEL_LAST
            ? "torch.permute(%s, [0, 2, 3, 1])".formatted(in.variable())
            : in.variable();
    return module.assign(
        "torch.reshape(%s, [-1, %d, 1, 1])".formatted(order, in.shape().size()),
        new Shape(in.shape().size(), 1, 1));
  }

  private Blob sameShape(String expression) {
    return module.assign(expression.formatted(input().variable()), input().shape());
  }

  private Blob input() {
    return module.input(layer.getInput(0));
  }

  /** Leaves the border to the operator where that can do it, and else pads in front of it. */
  private Padded padded(Blob in, Border[] borders, long[] kernel, String value) {
    Border rows = borders[0];
    Border columns = borders[1];
    if (fits(borders, kernel)) {
      return new Padded(in, numbers(rows.start(), columns.start()));
    }
    Shape shape = in.shape();
    Blob padded =
        module.assign(
            "torch.constant_pad_nd(%s, %s, %s)"
                .formatted(
                    in.variable(),
                    numbers(columns.start(), columns.end(), rows.start(), rows.end()),
                    value),
            new Shape(
                shape.channels(),
                shape.height() + rows.start() + rows.end(),
                shape.width() + columns.start() + columns.end()));
    return new Padded(padded, numbers(0, 0));
  }

  /** Whether an operator can add these borders itself. */
  private static boolean fits(Border[] borders, long[] kernel) {
    return borders[0].start() == borders[0].end()
        && borders[1].start() == borders[1].end()
        && 2 * borders[0].start() <= kernel[0]
        && 2 * borders[1].start() <= kernel[1];
  }

  private Border[] valid(ValidPadding padding) {
    List<EdgeSizes> edges = padding.getPaddingAmounts().getBorderAmountsList();
    Border[] borders = {new Border(0, 0), new Border(0, 0)};
    for (int i = 0; i < Math.min(2, edges.size()); i++) {
      borders[i] =
          new Border(
              inRange(edges.get(i).getStartEdgeSize(), 0),
              inRange(edges.get(i).getEndEdgeSize(), 0));
    }
    return borders;
  }

  /** Padding such that the output is the input's size over the stride, rounded up. */
  private static Border[] same(SamePaddingMode mode, Shape shape, long[] extent, long[] stride) {
    return new Border[] {
      same(mode, shape.height(), extent[0], stride[0]),
      same(mode, shape.width(), extent[1], stride[1])
    };
  }

  private static Border same(SamePaddingMode mode, long side, long extent, long stride) {
    long outputs = (side + stride - 1) / stride;
    long total = Math.max(0, (outputs - 1) * stride + extent - side);
    long smaller = total / 2;
    return mode == SamePaddingMode.TOP_LEFT_HEAVY
        ? new Border(total - smaller, smaller)
        : new Border(smaller, total - smaller);
  }

  private long outputSide(long side, Border border, long extent, long stride) {
    return pooledSide(side, border, extent, stride, false);
  }

  private long pooledSide(long side, Border border, long extent, long stride, boolean roundUp) {
    long room = side + border.start() + border.end() - extent;
    require(room >= 0, "a window of %d pixels does not fit into %d", extent, side);
    long steps = roundUp ? (room + stride - 1) / stride : room / stride;
    // A last window that would begin behind the image is left out, as in Caffe.
    boolean behind = roundUp && steps * stride >= side + border.start();
    return behind ? steps : steps + 1;
  }

  private long[] pair(List<Long> values, long ifEmpty) {
    long[] pair = {ifEmpty, ifEmpty};
    require(values.isEmpty() || values.size() == 2, "it has %d sizes, not two", values.size());
    for (int i = 0; i < values.size(); i++) {
      pair[i] = inRange(values.get(i), Math.min(ifEmpty, 1));
    }
    return pair;
  }

  private long inRange(long pixels, long least) {
    require(
        pixels >= least && pixels <= Short.MAX_VALUE,
        "its size, stride, dilation or border of %s pixels is out of range",
        Long.toUnsignedString(pixels));
    return pixels;
  }

  private long count(long... sides) {
    long count = 1;
    try {
      for (long side : sides) {
        count = Math.multiplyExact(count, side);
      }
    } catch (ArithmeticException e) {
      throw cannotRun("its shape is too large");
    }
    return count;
  }

  private static String numbers(long... values) {
    return Arrays.toString(values);
  }

  private String where(String role) {
    return "%s: layer '%s': its %s".formatted(module.model(), layer.getName(), role);
  }

  private void require(boolean condition, String reason, Object... values) {
    if (!condition) {
      throw cannotRun(reason.formatted(values));
    }
  }

  private HeadgraftException cannotRun(String reason) {
    return HeadgraftException.unusable(
        "%s: layer '%s' (%s) cannot be run: %s"
            .formatted(module.model(), layer.getName(), layer.getLayerCase(), reason));
  }
}
