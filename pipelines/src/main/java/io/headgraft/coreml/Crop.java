package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.CropLayerParams;
import java.util.List;

/** A part of an image: without a border, or of the size of another blob at an offset. */
record Crop(CropLayerParams params) implements Operator {

  @Override
  public Arity arity() {
    return Arity.ofInputs(1, 2);
  }

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    Shape in = inputs.get(0);
    if (inputs.size() == 1) {
      Border[] borders = borders();
      return List.of(
          new Shape(in.channels(), inner(in.height(), borders[0]), inner(in.width(), borders[1])));
    }
    Shape size = inputs.get(1);
    long[] offset = offset();
    require(
        offset[0] + size.height() <= in.height() && offset[1] + size.width() <= in.width(),
        Rule.LAYER_SHAPES,
        "%s × %s pixels at an offset of %s and %s do not lie in %s × %s",
        size.height(),
        size.width(),
        offset[0],
        offset[1],
        in.height(),
        in.width());
    return List.of(new Shape(in.channels(), size.height(), size.width()));
  }

  private static long inner(long side, Border border) {
    require(
        border.total() < side,
        Rule.LAYER_SHAPES,
        "a border of %s pixels leaves nothing of %s",
        border.total(),
        side);
    return side - border.total();
  }

  private Border[] borders() {
    int count = params.getCropAmounts().getBorderAmountsCount();
    require(count == 2, Rule.LAYER_PARAMETERS, "it has %s borders, not two", count);
    return Sizes.borders(params.getCropAmounts());
  }

  private long[] offset() {
    int count = params.getOffsetCount();
    require(count == 2, Rule.LAYER_PARAMETERS, "it has %s offsets, not two", count);
    return Sizes.pair(params.getOffsetList(), 0, 0);
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    String in = inputs.get(0).variable();
    if (inputs.size() == 1) {
      Border[] borders = borders();
      return List.of(code(in, borders[0].start(), borders[1].start(), outputs.get(0)));
    }
    return List.of(code(in, offset()[0], offset()[1], outputs.get(0)));
  }

  /** A part of a given size: a copy, or it would keep the whole in memory as long as it lives. */
  static String code(String in, long top, long left, Shape size) {
    return "torch.clone(torch.narrow(torch.narrow(%s, 2, %d, %d), 3, %d, %d))"
        .formatted(in, top, size.height(), left, size.width());
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    boolean alone = inputs.size() == 1;
    long top = alone ? borders()[0].start() : offset()[0];
    long left = alone ? borders()[1].start() : offset()[1];
    Shape out = outputs.get(0);
    return List.of(
        model.node(
            "Slice",
            out,
            in.variable(),
            model.whole(top, left),
            model.whole(top + out.height(), left + out.width()),
            model.whole(2, 3)));
  }
}
