package io.headgraft.coreml;

import io.headgraft.coreml.NetworkCompiler.Blob;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import java.util.List;
import java.util.Map;

/**
 * What a layer does: the shapes that it makes of shapes, and what computes them, as TorchScript and
 * as nodes of ONNX.
 */
sealed interface Operator
    permits Activation,
        BatchNormalization,
        Concatenation,
        Constant,
        Convolution,
        Crop,
        Deconvolution,
        DotProduct,
        Elementwise,
        Flattening,
        InnerProduct,
        LocalResponseNormalization,
        LengthNormalization,
        MeanVarianceNormalization,
        Padding,
        Permutation,
        Pooling,
        Reduction,
        Reshaping,
        Scaling,
        Softmax,
        Splitting,
        Unary,
        Upsampling {

  /** How many blobs a layer reads and makes. */
  record Arity(int leastInputs, int mostInputs, int leastOutputs, int mostOutputs) {

    static final int ANY = Integer.MAX_VALUE;
    static final Arity ONE = ofInputs(1, 1);

    static Arity ofInputs(int least, int most) {
      return new Arity(least, most, 1, 1);
    }

    /**
     * Checks a layer's own lists.
     *
     * @throws InvalidLayerException if one is too short or too long
     */
    void check(NeuralNetworkLayer layer) {
      require(layer.getInputCount(), "inputs", leastInputs, mostInputs);
      require(layer.getOutputCount(), "outputs", leastOutputs, mostOutputs);
    }

    private static void require(int count, String what, int least, int most) {
      String wanted =
          least == most ? "" + least : most == ANY ? least + " or more" : least + " or " + most;
      InvalidLayerException.require(
          count >= least && count <= most,
          Rule.LAYER_INPUTS,
          "it has %s %s, not %s",
          count,
          what,
          wanted);
    }
  }

  /** Types of the format's earlier versions that are not supported, by their field's number. */
  Map<Integer, String> UNSUPPORTED =
      Map.of(
          150, "embedding",
          211, "resizeBilinear",
          212, "cropResize",
          340, "sequenceRepeat",
          345, "reorganizeData",
          350, "slice",
          400, "simpleRecurrent",
          410, "gru",
          420, "uniDirectionalLSTM",
          500, "custom");

  /**
   * What a layer's type stands for.
   *
   * @throws InvalidLayerException if the type is not supported
   */
  static Operator of(NeuralNetworkLayer layer) {
    return switch (layer.getLayerCase()) {
      case CONVOLUTION ->
          layer.getConvolution().getIsDeconvolution()
              ? new Deconvolution(layer.getConvolution())
              : new Convolution(layer.getConvolution(), false);
      case POOLING -> new Pooling(layer.getPooling());
      case ACTIVATION -> new Activation(layer.getActivation());
      case INNERPRODUCT -> new InnerProduct(layer.getInnerProduct());
      case BATCHNORM -> new BatchNormalization(layer.getBatchnorm());
      case MVN -> new MeanVarianceNormalization(layer.getMvn());
      case L2NORMALIZE -> new LengthNormalization(layer.getL2Normalize());
      case SOFTMAX -> new Softmax();
      case LRN -> new LocalResponseNormalization(layer.getLrn());
      case CROP -> new Crop(layer.getCrop());
      case PADDING -> new Padding(layer.getPadding());
      case UPSAMPLE -> new Upsampling(layer.getUpsample());
      case UNARY -> new Unary(layer.getUnary());
      case ADD -> Elementwise.sum(layer.getAdd());
      case MULTIPLY -> Elementwise.product(layer.getMultiply());
      case AVERAGE -> Elementwise.AVERAGE;
      case MAX -> Elementwise.MAX;
      case MIN -> Elementwise.MIN;
      case SCALE -> Scaling.of(layer.getScale());
      case BIAS -> Scaling.of(layer.getBias());
      case DOT -> new DotProduct(layer.getDot());
      case REDUCE -> new Reduction(layer.getReduce());
      case LOADCONSTANT -> new Constant(layer.getLoadConstant());
      case RESHAPE -> new Reshaping(layer.getReshape());
      case FLATTEN -> new Flattening(layer.getFlatten());
      case PERMUTE -> new Permutation(layer.getPermute());
      case CONCAT -> new Concatenation(layer.getConcat());
      case SPLIT -> new Splitting(layer.getSplit(), layer.getOutputCount());
      case LAYER_NOT_SET -> throw new InvalidLayerException(Rule.LAYER_TYPES, unknown(layer));
    };
  }

  private static String unknown(NeuralNetworkLayer layer) {
    return layer.getUnknownFields().asMap().keySet().stream()
        .filter(field -> field >= NeuralNetworkLayer.CONVOLUTION_FIELD_NUMBER)
        .findFirst()
        .map(field -> "its type, " + UNSUPPORTED.getOrDefault(field, "field " + field))
        .map(type -> type + ", is not supported")
        .orElse("it has no type");
  }

  /** How many blobs it reads and makes. */
  default Arity arity() {
    return Arity.ONE;
  }

  /**
   * The shape of each output. Nothing is read from the weights but their form and number.
   *
   * @param inputs as many as the arity asks for
   * @throws InvalidLayerException if the layer breaks a rule
   * @throws ArithmeticException if sizes overflow
   */
  List<Shape> shapes(List<Shape> inputs);

  /**
   * About how many numbers are multiplied or compared for an example.
   *
   * @param outputs the shapes that the layer makes
   */
  default long operations(List<Shape> inputs, List<Shape> outputs) {
    return inputs.stream().mapToLong(Shape::size).sum();
  }

  /**
   * The TorchScript expression of each output.
   *
   * @param module that tensors and intermediate results are added to
   * @param outputs the shapes that the layer makes
   * @throws InvalidLayerException if weights cannot be computed with
   */
  List<String> code(TorchScriptCompiler module, List<Blob> inputs, List<Shape> outputs);

  /**
   * Writes the nodes that compute each output.
   *
   * @param model that nodes and tensors are added to
   * @param outputs the shapes that the layer makes
   * @return the variable of each output
   * @throws InvalidLayerException if weights cannot be computed with
   */
  List<String> nodes(OnnxCompiler model, List<Blob> inputs, List<Shape> outputs);

  /** A number as TorchScript. */
  static String number(double value) {
    return Double.isFinite(value) ? Double.toString(value) : "float(\"" + value + "\")";
  }

  /** What the format takes for an absent number. */
  static double orDefault(float value, double ifAbsent) {
    return value == 0 ? ifAbsent : value;
  }
}
