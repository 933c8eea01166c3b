package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.TorchScriptCompiler.Blob;
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
    String rows = resampled(module, in, 2, points(from.height(), to.height()));
    Shape tall = new Shape(from.channels(), to.height(), from.width());
    Blob stretched = module.assign(rows, tall);
    return List.of(resampled(module, stretched, 3, points(from.width(), to.width())));
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

  /** Along one axis, the mean of the two pixels around each point, weighted by nearness. */
  private String resampled(TorchScriptCompiler module, Blob in, int axis, double[] points) {
    long last = (axis == 2 ? in.shape().height() : in.shape().width()) - 1;
    float[] lower = new float[points.length];
    float[] upper = new float[points.length];
    float[] weight = new float[points.length];
    for (int i = 0; i < points.length; i++) {
      lower[i] = (float) Math.floor(points[i]);
      upper[i] = Math.min((float) last, lower[i] + 1);
      weight[i] = (float) (points[i] - lower[i]);
    }
    String below = pixels(module, in, axis, lower);
    if (params.getMode() == InterpolationMode.NN) {
      return below;
    }
    long[] sides = axis == 2 ? new long[] {points.length, 1} : new long[] {1, points.length};
    return "torch.lerp(%s, %s, %s)"
        .formatted(below, pixels(module, in, axis, upper), module.tensor(weight, "%s", sides));
  }

  private static String pixels(TorchScriptCompiler module, Blob in, int axis, float[] indices) {
    // Archives hold floats; these are whole numbers, made into indices once.
    String index = module.tensor(indices, "torch.to(%s, 4)", indices.length);
    return "torch.index_select(%s, %d, %s)".formatted(in.variable(), axis, index);
  }
}
