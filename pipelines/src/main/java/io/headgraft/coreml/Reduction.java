package io.headgraft.coreml;

import static io.headgraft.coreml.InvalidLayerException.require;
import static io.headgraft.coreml.Operator.number;
import static io.headgraft.coreml.Operator.orDefault;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.ReduceLayerParams;
import io.headgraft.coreml.proto.ReduceLayerParams.ReduceAxis;
import io.headgraft.coreml.proto.ReduceLayerParams.ReduceOperation;
import java.util.List;

/** One value of all those along some axes. */
record Reduction(ReduceLayerParams params) implements Operator {

  @Override
  public List<Shape> shapes(List<Shape> inputs) {
    require(
        params.getMode() != ReduceOperation.UNRECOGNIZED
            && params.getAxis() != ReduceAxis.UNRECOGNIZED,
        Rule.LAYER_PARAMETERS,
        "its mode or its axis is unknown");
    List<Integer> axes = axes();
    require(
        params.getMode() != ReduceOperation.ARGMAX || axes.size() == 1,
        Rule.LAYER_PARAMETERS,
        "the position of the maximum is wanted along %s axes, not one",
        axes.size());
    Shape in = inputs.get(0);
    return List.of(
        new Shape(
            axes.contains(1) ? 1 : in.channels(),
            axes.contains(2) ? 1 : in.height(),
            axes.contains(3) ? 1 : in.width()));
  }

  private List<Integer> axes() {
    return switch (params.getAxis()) {
      case CHW -> List.of(1, 2, 3);
      case HW -> List.of(2, 3);
      case C -> List.of(1);
      case H -> List.of(2);
      case W -> List.of(3);
      case UNRECOGNIZED -> throw new IllegalStateException("Checked before");
    };
  }

  @Override
  public List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs) {
    String in = inputs.get(0).variable();
    return List.of(
        switch (params.getMode()) {
          case SUM -> sum(in);
          case AVG -> over("mean", in);
          case PROD -> product(in);
          case LOGSUM -> {
            String epsilon = number(orDefault(params.getEpsilon(), 1e-6));
            yield sum("torch.log(torch.add(%s, %s))".formatted(in, epsilon));
          }
          case SUMSQUARE -> sum(squares(in));
          case L1 -> sum("torch.abs(" + in + ")");
          case L2 -> "torch.sqrt(" + sum(squares(in)) + ")";
          case MAX -> over("amax", in);
          case MIN -> over("amin", in);
          case ARGMAX -> "torch.to(torch.argmax(%s, %d, True), 6)".formatted(in, axes().get(0));
          case UNRECOGNIZED -> throw new IllegalStateException("Checked before");
        });
  }

  private String sum(String in) {
    return over("sum", in);
  }

  private String over(String function, String in) {
    return "torch.%s(%s, %s, True)".formatted(function, in, axes());
  }

  private static String squares(String in) {
    return "torch.mul(%1$s, %1$s)".formatted(in);
  }

  /** The engine multiplies along one axis at a time. */
  private String product(String in) {
    String product = in;
    for (int axis : axes()) {
      product = "torch.prod(%s, %d, True)".formatted(product, axis);
    }
    return product;
  }

  @Override
  public List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs) {
    Blob in = inputs.get(0);
    Shape out = outputs.get(0);
    return List.of(
        switch (params.getMode()) {
          case SUM -> over(model, "ReduceSum", in.variable(), out);
          case AVG -> over(model, "ReduceMean", in.variable(), out);
          case PROD -> over(model, "ReduceProd", in.variable(), out);
          case LOGSUM -> {
            String epsilon = model.number(orDefault(params.getEpsilon(), 1e-6));
            String kept = model.node("Add", in.shape(), in.variable(), epsilon);
            yield over(model, "ReduceSum", model.node("Log", in.shape(), kept), out);
          }
          case SUMSQUARE -> over(model, "ReduceSumSquare", in.variable(), out);
          case L1 -> over(model, "ReduceL1", in.variable(), out);
          case L2 -> over(model, "ReduceL2", in.variable(), out);
          case MAX -> over(model, "ReduceMax", in.variable(), out);
          case MIN -> over(model, "ReduceMin", in.variable(), out);
          case ARGMAX -> {
            OnnxOperator argMax = OnnxOperator.of("ArgMax").with("axis", axes().get(0));
            String index = model.node(argMax, out, in.variable());
            yield model.node(OnnxCompiler.TO_FLOATS, out, index);
          }
          case UNRECOGNIZED -> throw new IllegalStateException("Checked before");
        });
  }

  private String over(OnnxCompiler model, String type, String in, Shape out) {
    long[] axes = axes().stream().mapToLong(Integer::longValue).toArray();
    return model.node(type, out, in, model.whole(axes));
  }
}
