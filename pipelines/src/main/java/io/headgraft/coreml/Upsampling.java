package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.UpsampleLayerParams;
import io.headgraft.coreml.proto.UpsampleLayerParams.InterpolationMode;
import io.headgraft.coreml.proto.UpsampleLayerParams.LinearUpsampleMode;
import java.util.List;

/** More pixels, the nearest or interpolated: one side of the image after the other. */
record Upsampling(UpsampleLayerParams params) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    require(
        params.getMode() != InterpolationMode.UNRECOGNIZED
            && params.getLinearUpsampleMode() != LinearUpsampleMode.UNRECOGNIZED,
        Rule.LAYER_PARAMETERS,
        "its mode of interpolation is unknown");
    require(
        params.getScalingFactorCount() == 0 || params.getFractionalScalingFactorCount() == 0,
        Rule.LAYER_PARAMETERS,
        "it has whole and fractional factors");
    Shape in = inputs.get(0);
    return List.of(new Shape(in.channels(), scaled(in.height(), 0), scaled(in.width(), 1)));
  }

  private long scaled(long side, int axis) {
    List<Float> fractions = params.getFractionalScalingFactorList();
    if (fractions.isEmpty()) {
      return Math.multiplyExact(side, Sizes.pair(params.getScalingFactorList(), 1)[axis]);
    }
    require(
        fractions.size() == 2,
        Rule.LAYER_PARAMETERS,
        "it has %s fractional factors, not two",
        fractions.size());
    double factor = fractions.get(axis);
    double scaled = Math.floor(side * factor);
    require(
        factor > 0 && scaled >= 1 && scaled <= Integer.MAX_VALUE,
        Rule.LAYER_PARAMETERS,
        "its factor of %s makes no image of %s pixels",
        factor,
        side);
    return (long) scaled;
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    Shape from = in.shape();
    Shape to = outputs.get(0);
    Shape tall = new Shape(from.channels(), to.height(), from.width());
    Blob stretched = module.assign(resampled(module, in, rows(from, to)), tall);
    return List.of(resampled(module, stretched, columns(from, to)));
  }

  /** Where each new pixel lies between the old ones, from 0 to the last of them. */
  private double[] points(long from, long to) {
    double[] points = new double[Math.toIntExact(to)];
    double spacing = (double) from / to;
    for (int i = 0; i < points.length; i++) {
      double point =
          switch (params.getMode()) {
            // In whole numbers: a rounded quotient would fall short of the next pixel.
            case NN -> Math.floorDiv(i * from, to);
            case BILINEAR ->
                switch (params.getLinearUpsampleMode()) {
                  case DEFAULT -> i * spacing;
                  case ALIGN_CORNERS_TRUE -> to == 1 ? 0 : (double) (i * (from - 1)) / (to - 1);
                  case ALIGN_CORNERS_FALSE -> (i + 0.5) * spacing - 0.5;
                  case UNRECOGNIZED -> throw new IllegalStateException("Checked before");
                };
            case UNRECOGNIZED -> throw new IllegalStateException("Checked before");
          };
      points[i] = Math.min(from - 1.0, Math.max(0, point));
    }
    return points;
  }

  /**
   * The two pixels around each new one, along one axis.
   *
   * @param weights of the upper ones
   */
  private record Neighbours(int axis, long[] lower, long[] upper, float[] weights) {

    static Neighbours of(int axis, long from, double[] points) {
      long[] lower = new long[points.length];
      long[] upper = new long[points.length];
      float[] weights = new float[points.length];
      for (int i = 0; i < points.length; i++) {
        lower[i] = (long) Math.floor(points[i]);
        upper[i] = Math.min(from - 1, lower[i] + 1);
        weights[i] = (float) (points[i] - lower[i]);
      }
      return new Neighbours(axis, lower, upper, weights);
    }

    /** The shape of the weights, which an image is multiplied with. */
    long[] sides() {
      return axis == 2 ? new long[] {weights.length, 1} : new long[] {1, weights.length};
    }
  }

  private Neighbours rows(Shape from, Shape to) {
    return Neighbours.of(2, from.height(), points(from.height(), to.height()));
  }

  private Neighbours columns(Shape from, Shape to) {
    return Neighbours.of(3, from.width(), points(from.width(), to.width()));
  }

  /** Along one axis, the mean of the two pixels around each point, weighted by nearness. */
  private String resampled(TorchScriptCompiler module, Blob in, Neighbours pixels) {
    String below = pixels(module, in, pixels.axis, pixels.lower);
    if (params.getMode() == InterpolationMode.NN) {
      return below;
    }
    return "torch.lerp(%s, %s, %s)"
        .formatted(
            below,
            pixels(module, in, pixels.axis, pixels.upper),
            module.tensor(pixels.weights, "%s", pixels.sides()));
  }

  private static String pixels(TorchScriptCompiler module, Blob in, int axis, long[] indices) {
    // Archives hold floats; these are whole numbers, made into indices once.
    float[] whole = new float[indices.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = indices[i];
    }
    String index = module.tensor(whole, "torch.to(%s, 4)", indices.length);
    return "torch.index_select(%s, %d, %s)".formatted(in.variable(), axis, index);
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    Shape from = in.shape();
    Shape to = outputs.get(0);
    Shape tall = new Shape(from.channels(), to.height(), from.width());
    String stretched = resampled(model, in.variable(), rows(from, to), tall);
    return List.of(resampled(model, stretched, columns(from, to), to));
  }

  private String resampled(OnnxCompiler model, String in, Neighbours pixels, Shape out) {
    OnnxOperator gather = OnnxOperator.of("Gather").with("axis", pixels.axis);
    String below = model.node(gather, out, in, model.whole(pixels.lower));
    if (params.getMode() == InterpolationMode.NN) {
      return below;
    }
    String above = model.node(gather, out, in, model.whole(pixels.upper));
    String weights = model.tensor(pixels.weights, pixels.sides());
    String step = model.node("Mul", out, model.node("Sub", out, above, below), weights);
    return model.node("Add", out, below, step);
  }
}
