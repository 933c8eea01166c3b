package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.ConvolutionLayerParams.ConvolutionPaddingTypeCase;
import java.util.Arrays;
import java.util.List;

/**
 * A transposed convolution in groups: each pixel of the input adds a kernel to the output, whose
 * border is then cut off. The format ignores a dilation here, and the padding where the output's
 * size is given.
 */
record Deconvolution(ConvolutionLayerParams params) implements Operator {

  /**
   * One side of the output.
   *
   * @param size in the end
   * @param cut from what all kernels cover
   * @param extra pixels behind what the kernels cover, which hold the bias alone
   */
  private record Side(long size, Border cut, long extra) {

    static Side ofSize(long size, long full, long stride, boolean startHeavy) {
      long extra = Math.max(0, size - full);
      require(
          extra < stride,
          Rule.LAYER_PARAMETERS,
          "its output of %s pixels is not covered by the %s that its kernels make",
          size,
          full);
      return new Side(size, Border.halves(Math.max(0, full - size), startHeavy), extra);
    }
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape in = inputs.get(0);
    require(
        params.getKernelChannels() == in.channels(),
        Rule.LAYER_SHAPES,
        "it reads %s channels, its input has %s",
        Long.toUnsignedString(params.getKernelChannels()),
        in.channels());
    long outputs = Convolution.outputs(params);
    require(
        in.channels() % Convolution.groups(params) == 0,
        Rule.LAYER_PARAMETERS,
        "its %s input channels cannot be divided into %s groups",
        in.channels(),
        Convolution.groups(params));
    Side[] sides = sides(in);
    Convolution.check(weights(), params);
    return List.of(new Shape(outputs, sides[0].size, sides[1].size));
  }

  private Side[] sides(Shape in) {
    long[] kernel = Sizes.pair(params.getKernelSizeList(), 3);
    long[] stride = Sizes.pair(params.getStrideList(), 1);
    long[] pixels = {in.height(), in.width()};
    require(
        params.getConvolutionPaddingTypeCase()
            != ConvolutionPaddingTypeCase.CONVOLUTIONPADDINGTYPE_NOT_SET,
        Rule.LAYER_PARAMETERS,
        Windows.NO_PADDING);
    Border[] borders = Sizes.borders(params.getValid().getPaddingAmounts());
    long[] given = Sizes.pair(params.getOutputShapeList(), 0);
    Side[] sides = new Side[2];
    for (int i = 0; i < 2; i++) {
      long full = (pixels[i] - 1) * stride[i] + kernel[i];
      if (given[i] > 0) {
        sides[i] = Side.ofSize(given[i], full, stride[i], false);
      } else if (params.hasSame()) {
        boolean startHeavy = Windows.isTopLeftHeavy(params.getSame());
        sides[i] = Side.ofSize(pixels[i] * stride[i], full, stride[i], startHeavy);
      } else {
        sides[i] = cut(full, borders[i]);
      }
    }
    return sides;
  }

  private static Side cut(long full, Border border) {
    require(
        border.total() < full,
        Rule.LAYER_SHAPES,
        "a border of %s pixels leaves nothing of %s",
        border.total(),
        full);
    return new Side(full - border.total(), border, 0);
  }

  private long[] kernelShape() {
    long[] kernel = Sizes.pair(params.getKernelSizeList(), 3);
    long group = params.getOutputChannels() / Convolution.groups(params);
    return new long[] {params.getKernelChannels(), group, kernel[0], kernel[1]};
  }

  /** Laid out by the input's channels, and in these by those of the output in the same group. */
  private Weights weights() {
    long[] shape = kernelShape();
    long kernel = Math.multiplyExact(shape[2], shape[3]);
    long group = shape[1];
    long inputsOfGroup = shape[0] / Convolution.groups(params);
    return new Weights(
        params.getWeights(),
        "weights",
        Sizes.count(shape),
        params.getOutputChannels(),
        i -> (int) (i / (kernel * group * inputsOfGroup) * group + i / kernel % group));
  }

  @Override
  public long operations(List<Shape> inputs, List<Shape> outputs) {
    long[] kernel = kernelShape();
    return inputs.get(0).size() * Sizes.count(kernel[1], kernel[2], kernel[3]);
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    Side[] sides = sides(inputs.get(0).shape());
    long[] stride = Sizes.pair(params.getStrideList(), 1);
    String full =
        "torch.conv_transpose2d(%s, %s, %s, %s, [0, 0], %s, %d, [1, 1])"
            .formatted(
                inputs.get(0).variable(),
                module.tensor(weights().floats(), "%s", kernelShape()),
                Convolution.bias(module, params),
                Arrays.toString(stride),
                Arrays.toString(new long[] {sides[0].extra, sides[1].extra}),
                Convolution.groups(params));
    Border rows = sides[0].cut;
    Border columns = sides[1].cut;
    if (rows.total() == 0 && columns.total() == 0) {
      return List.of(full);
    }
    Shape out = outputs.get(0);
    Shape whole =
        new Shape(out.channels(), out.height() + rows.total(), out.width() + columns.total());
    return List.of(
        Crop.code(module.assign(full, whole).variable(), rows.start(), columns.start(), out));
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Side[] sides = sides(inputs.get(0).shape());
    OnnxOperator convolution =
        OnnxOperator.of("ConvTranspose")
            .with("pads", Border.outer(sides[0].cut, sides[1].cut))
            .with("output_padding", sides[0].extra, sides[1].extra)
            .with("strides", Sizes.pair(params.getStrideList(), 1))
            .with("group", Convolution.groups(params));
    String weights = model.tensor(weights().floats(), kernelShape());
    return List.of(
        Convolution.node(
            model, convolution, params, outputs.get(0), inputs.get(0).variable(), weights));
  }
}
