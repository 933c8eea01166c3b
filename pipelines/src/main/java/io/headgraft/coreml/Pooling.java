package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.Windows.Side;
import io.headgraft.coreml.proto.PoolingLayerParams;
import java.util.List;

/** The largest, the mean or the length of the values in each window, or in the whole image. */
record Pooling(PoolingLayerParams params) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape in = inputs.get(0);
    require(
        switch (params.getType()) {
          case MAX, AVERAGE, L2 -> true;
          case UNRECOGNIZED -> false;
        },
        Rule.LAYER_PARAMETERS,
        "its pooling type %s is unknown",
        params.getTypeValue());
    if (params.getGlobalPooling()) {
      return List.of(new Shape(in.channels(), 1, 1));
    }
    Windows windows = Windows.of(params, in);
    requireSmaller(windows.rows());
    requireSmaller(windows.columns());
    return List.of(windows.output(in.channels()));
  }

  /** Every window holds a pixel of the image, or its maximum would be the border's. */
  private static void requireSmaller(Side side) {
    long border = Math.max(side.border().start(), side.border().end());
    require(
        border < side.kernel(),
        Rule.LAYER_PARAMETERS,
        "a border of %s holds a whole window of %s",
        border,
        side.kernel());
  }

  @Override
  public long operations(List<Shape> inputs, List<Shape> outputs) {
    if (params.getGlobalPooling()) {
      return inputs.get(0).size();
    }
    Windows windows = Windows.of(params, inputs.get(0));
    return outputs.get(0).size() * windows.rows().kernel() * windows.columns().kernel();
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    return List.of(params.getGlobalPooling() ? global(in.variable()) : windows(module, in));
  }

  private String global(String in) {
    return switch (params.getType()) {
      case AVERAGE -> "torch.mean(%s, [2, 3], True)".formatted(in);
      case MAX -> "torch.amax(%s, [2, 3], True)".formatted(in);
      case L2 -> "torch.sqrt(torch.sum(torch.mul(%1$s, %1$s), [2, 3], True))".formatted(in);
      case UNRECOGNIZED -> throw new IllegalStateException("Checked before: " + params.getType());
    };
  }

  private String windows(TorchScriptCompiler module, Blob in) {
    Windows windows = Windows.of(params, in.shape());
    return switch (params.getType()) {
      case MAX -> maximum(module, in, windows);
      case AVERAGE -> average(module, in, windows);
      case L2 -> {
        Blob squares = module.assign("torch.mul(%1$s, %1$s)".formatted(in.variable()), in.shape());
        yield "torch.sqrt(%s)".formatted(sum(module, squares, windows));
      }
      case UNRECOGNIZED -> throw new IllegalStateException("Checked before: " + params.getType());
    };
  }

  private String maximum(TorchScriptCompiler module, Blob in, Windows windows) {
    String border = windows.border();
    if (!windows.areEven()) {
      // The operator rounds up by the border that it adds itself: give it what its windows cover.
      Border rows = windows.rows().covering();
      Border columns = windows.columns().covering();
      // The maximum is the image's own: nothing is smaller than what it is padded with.
      in = Padding.constant(module, in, rows, columns, "float(\"-inf\")");
      border = "[0, 0]";
    }
    return "torch.max_pool2d(%s, %s, %s, %s, [1, 1], %s)"
        .formatted(
            in.variable(),
            windows.kernel(),
            windows.stride(),
            border,
            params.hasIncludeLastPixel() ? "True" : "False");
  }

  private String average(TorchScriptCompiler module, Blob in, Windows windows) {
    Side rows = windows.rows();
    Side columns = windows.columns();
    String sums = sum(module, in, windows);
    return "torch.mul(torch.mul(%s, %s), %s)"
        .formatted(
            sums,
            module.tensor(factors(rows), "%s", 1, 1, rows.count(), 1),
            module.tensor(factors(columns), "%s", 1, 1, 1, columns.count()));
  }

  /** One over the number of pixels that count, for each window. */
  private float[] factors(Side side) {
    float[] factors = new float[Math.toIntExact(side.count())];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = 1f / side.pixelsOf(i, !params.getAvgPoolExcludePadding());
    }
    return factors;
  }

  private static String sum(TorchScriptCompiler module, Blob in, Windows windows) {
    Border rows = windows.rows().covering();
    Border columns = windows.columns().covering();
    return "torch.avg_pool2d(%s, %s, %s, [0, 0], False, True, 1)"
        .formatted(
            Padding.zeros(module, in, rows, columns).variable(),
            windows.kernel(),
            windows.stride());
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    Shape out = outputs.get(0);
    return List.of(params.getGlobalPooling() ? global(model, in, out) : windows(model, in, out));
  }

  private String global(OnnxCompiler model, Blob in, Shape out) {
    return switch (params.getType()) {
      case AVERAGE -> model.node("GlobalAveragePool", out, in.variable());
      case MAX -> model.node("GlobalMaxPool", out, in.variable());
      case L2 -> model.node("ReduceL2", out, in.variable(), model.whole(2, 3));
      case UNRECOGNIZED -> throw new IllegalStateException("Checked before: " + params.getType());
    };
  }

  private String windows(OnnxCompiler model, Blob in, Shape out) {
    Windows windows = Windows.of(params, in.shape());
    return switch (params.getType()) {
      case MAX -> model.node(over(windows, "MaxPool"), out, in.variable());
      case AVERAGE -> {
        String factors =
            model.tensor(factors(windows), 1, 1, windows.rows().count(), windows.columns().count());
        yield model.node("Mul", out, mean(model, in.variable(), windows, out), factors);
      }
      case L2 -> {
        String squares = model.node("Mul", in.shape(), in.variable(), in.variable());
        String means = mean(model, squares, windows, out);
        String area = model.number(area(windows));
        yield model.node("Sqrt", out, model.node("Mul", out, means, area));
      }
      case UNRECOGNIZED -> throw new IllegalStateException("Checked before: " + params.getType());
    };
  }

  /** The window's pixels over those that count, for each window. */
  private float[] factors(Windows windows) {
    float[] rows = factors(windows.rows());
    float[] columns = factors(windows.columns());
    float[] factors = new float[rows.length * columns.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = area(windows) * rows[i / columns.length] * columns[i % columns.length];
    }
    return factors;
  }

  private static float area(Windows windows) {
    return windows.rows().kernel() * windows.columns().kernel();
  }

  /** Of all pixels that a window covers, those of the border being zeros. */
  private static String mean(OnnxCompiler model, String in, Windows windows, Shape out) {
    return model.node(over(windows, "AveragePool").with("count_include_pad", 1), out, in);
  }

  /** What the windows cover is padded, so that nothing has to be rounded up. */
  private static OnnxOperator over(Windows windows, String type) {
    Side rows = windows.rows();
    Side columns = windows.columns();
    return OnnxOperator.of(type)
        .with("kernel_shape", rows.kernel(), columns.kernel())
        .with("strides", rows.stride(), columns.stride())
        .with("pads", Border.outer(rows.covering(), columns.covering()));
  }
}
