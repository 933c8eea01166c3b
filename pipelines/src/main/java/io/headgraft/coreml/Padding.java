package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;
import static io.headgraft.coreml.Operator.number;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.PaddingLayerParams;
import java.util.Arrays;
import java.util.List;

/** A border of a constant, of the image mirrored, or of its outermost pixels. */
record Padding(PaddingLayerParams params) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape in = inputs.get(0);
    Border[] borders = Sizes.borders(params.getPaddingAmounts());
    switch (params.getPaddingTypeCase()) {
      case REFLECTION -> {
        requireSmaller(borders[0], in.height());
        requireSmaller(borders[1], in.width());
      }
      case CONSTANT, REPLICATION -> {}
      case PADDINGTYPE_NOT_SET ->
          throw new InvalidLayerException(Rule.LAYER_PARAMETERS, Windows.NO_PADDING);
    }
    return List.of(padded(in, borders[0], borders[1]));
  }

  private static void requireSmaller(Border border, long side) {
    long larger = Math.max(border.start(), border.end());
    require(
        larger < side,
        Rule.LAYER_SHAPES,
        "%s pixels cannot be mirrored to a border of %s",
        side,
        larger);
  }

  private static Shape padded(Shape shape, Border rows, Border columns) {
    return new Shape(
        shape.channels(), shape.height() + rows.total(), shape.width() + columns.total());
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    Border[] borders = Sizes.borders(params.getPaddingAmounts());
    String operands = inputs.get(0).variable() + ", " + amounts(borders[0], borders[1]);
    return List.of(
        switch (params.getPaddingTypeCase()) {
          case CONSTANT ->
              "torch.constant_pad_nd(%s, %s)"
                  .formatted(operands, number(params.getConstant().getValue()));
          case REFLECTION -> "torch.reflection_pad2d(" + operands + ")";
          case REPLICATION -> "torch.replication_pad2d(" + operands + ")";
          case PADDINGTYPE_NOT_SET -> throw new IllegalStateException("Checked before");
        });
  }

  private static String amounts(Border rows, Border columns) {
    return Arrays.toString(new long[] {columns.start(), columns.end(), rows.start(), rows.end()});
  }

  static Blob zeros(TorchScriptCompiler module, Blob in, Border rows, Border columns) {
    return constant(module, in, rows, columns, "0.");
  }

  /** A blob with a border around it, or the blob itself where there is none. */
  static Blob constant(
      TorchScriptCompiler module, Blob in, Border rows, Border columns, String value) {
    if (rows.total() == 0 && columns.total() == 0) {
      return in;
    }
    return module.assign(
        "torch.constant_pad_nd(%s, %s, %s)".formatted(in.variable(), amounts(rows, columns), value),
        padded(in.shape(), rows, columns));
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Border[] borders = Sizes.borders(params.getPaddingAmounts());
    Border rows = borders[0];
    Border columns = borders[1];
    String in = inputs.get(0).variable();
    String amounts =
        model.whole(0, 0, rows.start(), columns.start(), 0, 0, rows.end(), columns.end());
    OnnxOperator pad = OnnxOperator.of("Pad");
    Shape out = outputs.get(0);
    return List.of(
        switch (params.getPaddingTypeCase()) {
          case CONSTANT ->
              model.node(pad, out, in, amounts, model.number(params.getConstant().getValue()));
          case REFLECTION -> model.node(pad.with("mode", "reflect"), out, in, amounts);
          case REPLICATION -> model.node(pad.with("mode", "edge"), out, in, amounts);
          case PADDINGTYPE_NOT_SET -> throw new IllegalStateException("Checked before");
        });
  }
}
