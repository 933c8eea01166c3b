package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.PoolingLayerParams;
import io.headgraft.coreml.proto.SamePadding;
import io.headgraft.coreml.proto.SamePadding.SamePaddingMode;
import java.util.Arrays;

/**
 * How a convolution's or a pooling's windows go over an image, as the format defines it.
 *
 * @param rows from top to bottom
 * @param columns from left to right
 */
record Windows(Side rows, Side columns) {

  static final String NO_PADDING = "it has no padding type";

  /**
   * The windows on one side of an image.
   *
   * @param pixels of the image
   * @param kernel values that a window reads
   * @param stride pixels from one window to the next
   * @param dilation pixels from one value that a window reads to the next
   * @param border around the image
   * @param count of windows
   */
  record Side(long pixels, long kernel, long stride, long dilation, Border border, long count) {

    /** The pixels from the first that a window reads to the last. */
    private static long extent(long kernel, long dilation) {
      return (kernel - 1) * dilation + 1;
    }

    private static Side of(long pixels, long[] window, Border border, boolean roundUp) {
      long extent = extent(window[0], window[2]);
      long room = pixels + border.total() - extent;
      require(
          room >= 0,
          Rule.LAYER_SHAPES,
          "a window of %s pixels does not fit into %s",
          extent,
          pixels);
      long stride = window[1];
      long steps = roundUp ? (room + stride - 1) / stride : room / stride;
      // A last window that would begin behind the image is left out, as in Caffe.
      boolean behind = roundUp && steps * stride >= pixels + border.start();
      return new Side(pixels, window[0], stride, window[2], border, behind ? steps : steps + 1);
    }

    /** Padding such that there are as many windows as the image has strides, rounded up. */
    private static Side same(long pixels, long[] window, SamePadding padding) {
      long stride = window[1];
      long count = (pixels + stride - 1) / stride;
      long covered = (count - 1) * stride + extent(window[0], window[2]);
      Border border = Border.halves(Math.max(0, covered - pixels), isTopLeftHeavy(padding));
      return new Side(pixels, window[0], stride, window[2], border, count);
    }

    /** The border with which the windows cover the side exactly, or the image alone. */
    Border covering() {
      long end = (count - 1) * stride + extent(kernel, dilation) - pixels - border.start();
      return new Border(border.start(), Math.max(0, end));
    }

    /**
     * How many pixels a window reads, without dilation.
     *
     * @param withBorder whether those of the border count
     */
    long pixelsOf(long window, boolean withBorder) {
      long start = window * stride - border.start();
      long end = Math.min(start + kernel, pixels + (withBorder ? border.end() : 0));
      return end - (withBorder ? start : Math.max(0, start));
    }

    private Side withoutBorder() {
      return new Side(pixels + border.total(), kernel, stride, dilation, Border.NONE, count);
    }

    /** Whether an operator that takes one border for both ends can add this one itself. */
    private boolean isEven() {
      return border.start() == border.end() && 2 * border.start() <= kernel;
    }
  }

  /** Of a convolution that is no deconvolution. */
  static Windows of(ConvolutionLayerParams params, Shape shape) {
    long[] kernel = Sizes.pair(params.getKernelSizeList(), 3);
    long[] stride = Sizes.pair(params.getStrideList(), 1);
    long[] dilation = Sizes.pair(params.getDilationFactorList(), 1);
    long[] rows = {kernel[0], stride[0], dilation[0]};
    long[] columns = {kernel[1], stride[1], dilation[1]};
    return switch (params.getConvolutionPaddingTypeCase()) {
      case VALID ->
          valid(shape, rows, columns, Sizes.borders(params.getValid().getPaddingAmounts()), false);
      case SAME -> same(shape, rows, columns, params.getSame());
      case CONVOLUTIONPADDINGTYPE_NOT_SET ->
          throw new InvalidLayerException(Rule.LAYER_PARAMETERS, NO_PADDING);
    };
  }

  /** Of a pooling that is not global. */
  static Windows of(PoolingLayerParams params, Shape shape) {
    long[] kernel = Sizes.pair(params.getKernelSizeList(), 3);
    long[] stride = Sizes.pair(params.getStrideList(), 1);
    long[] rows = {kernel[0], stride[0], 1};
    long[] columns = {kernel[1], stride[1], 1};
    return switch (params.getPoolingPaddingTypeCase()) {
      case VALID ->
          valid(shape, rows, columns, Sizes.borders(params.getValid().getPaddingAmounts()), false);
      case SAME -> same(shape, rows, columns, params.getSame());
      case INCLUDELASTPIXEL -> {
        long[] amounts = Sizes.pair(params.getIncludeLastPixel().getPaddingAmountsList(), 0, 0);
        Border[] borders = {new Border(amounts[0], amounts[0]), new Border(amounts[1], amounts[1])};
        yield valid(shape, rows, columns, borders, true);
      }
      case POOLINGPADDINGTYPE_NOT_SET ->
          throw new InvalidLayerException(Rule.LAYER_PARAMETERS, NO_PADDING);
    };
  }

  private static Windows valid(
      Shape shape, long[] rows, long[] columns, Border[] borders, boolean roundUp) {
    return new Windows(
        Side.of(shape.height(), rows, borders[0], roundUp),
        Side.of(shape.width(), columns, borders[1], roundUp));
  }

  private static Windows same(Shape shape, long[] rows, long[] columns, SamePadding padding) {
    return new Windows(
        Side.same(shape.height(), rows, padding), Side.same(shape.width(), columns, padding));
  }

  static boolean isTopLeftHeavy(SamePadding padding) {
    return padding.getAsymmetryMode() == SamePaddingMode.TOP_LEFT_HEAVY;
  }

  /** Whether an operator that takes one border a side can add these borders itself. */
  boolean areEven() {
    return rows.isEven() && columns.isEven();
  }

  /** The windows on an image whose border has been added to it. */
  Windows withoutBorders() {
    return new Windows(rows.withoutBorder(), columns.withoutBorder());
  }

  /** What the windows make of a channel each. */
  Shape output(long channels) {
    return new Shape(channels, rows.count, columns.count);
  }

  /** The border on the upper and left sides. */
  String border() {
    return Arrays.toString(new long[] {rows.border.start(), columns.border.start()});
  }

  String kernel() {
    return Arrays.toString(new long[] {rows.kernel, columns.kernel});
  }

  String stride() {
    return Arrays.toString(new long[] {rows.stride, columns.stride});
  }

  String dilation() {
    return Arrays.toString(new long[] {rows.dilation, columns.dilation});
  }
}
