package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.BatchnormLayerParams;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.InnerProductLayerParams;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkLayer;
import io.headgraft.coreml.proto.PoolingLayerParams.PoolingType;
import io.headgraft.coreml.proto.WeightParams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A classifier that phones train, taken apart: the layers that stay as they are, and those from the
 * first that is trained to the softmax. What is read is what Headgraft and Apple's own tools write:
 * an inner product under the softmax, or under a batch normalization of its own there, and in front
 * of it, where a convolution is trained as well, a 1×1 convolution, a ReLU or none, a global
 * average pooling, and batch normalizations and flattens.
 */
public final class UpdatableNetwork {

  private final Model model;
  private final String name;
  private final NetworkGraph fixed;
  private final TrainableLayers layers;
  private final String head;
  private final Optional<String> convolution;

  private UpdatableNetwork(
      Model model,
      String name,
      NetworkGraph fixed,
      TrainableLayers layers,
      String head,
      Optional<String> convolution) {
    this.model = model;
    this.name = name;
    this.fixed = fixed;
    this.layers = layers;
    this.head = head;
    this.convolution = convolution;
  }

  /**
   * Takes a model apart.
   *
   * @param model that keeps Core ML's rules ({@link Validator#requireValid})
   * @param name what to call the file in messages
   * @throws HeadgraftException if it cannot be trained, or a layer stands where none of its kind is
   *     understood, which is named then
   */
  public static UpdatableNetwork of(Model model, String name) {
    if (!model.hasNeuralNetworkClassifier() || !model.getIsUpdatable()) {
      throw HeadgraftException.unusable(
          "%s cannot be trained on a phone: it is %s; give an updatable one, as 'headgraft emit' writes it"
              .formatted(
                  name,
                  model.hasNeuralNetworkClassifier()
                      ? "not marked updatable"
                      : "a " + model.getTypeCase()));
    }
    return new Reader(model, name).read();
  }

  /** The network up to what the first trained layer reads. */
  public NetworkGraph fixed() {
    return fixed;
  }

  /** What is trained, and what stands between it and the softmax. */
  public TrainableLayers layers() {
    return layers;
  }

  /** The names of the layers that are trained, in their order. */
  public List<String> trained() {
    List<String> trained = new ArrayList<>();
    convolution.ifPresent(trained::add);
    if (layers.headTrains()) {
      trained.add(head);
    }
    return trained;
  }

  /**
   * The hyper-parameters.
   *
   * @throws HeadgraftException if a phone could not train with them
   */
  public OnDeviceTraining training() {
    return OnDeviceTrainingReader.of(
        model.getNeuralNetworkClassifier().getUpdateParams(), trained(), name);
  }

  /** The same model with other weights, in single precision. */
  public Model with(TrainableLayers other) {
    NeuralNetworkClassifier.Builder network = model.getNeuralNetworkClassifier().toBuilder();
    for (NeuralNetworkLayer.Builder layer : network.getLayersBuilderList()) {
      if (layers.headTrains() && layer.getName().equals(head)) {
        InnerProductLayerParams.Builder params = layer.getInnerProductBuilder();
        write(params.getWeightsBuilder(), other.head().weights());
        write(params.getBiasBuilder(), other.head().bias());
      } else if (convolution.isPresent() && layer.getName().equals(convolution.get())) {
        ConvolutionLayerParams.Builder params = layer.getConvolutionBuilder();
        write(params.getWeightsBuilder(), other.convolution().orElseThrow().weights());
        write(params.getBiasBuilder(), other.convolution().orElseThrow().bias());
      }
    }
    return model.toBuilder().setNeuralNetworkClassifier(network).build();
  }

  private static void write(WeightParams.Builder weights, float[]... rows) {
    weights.clearFloatValue().clearFloat16Value();
    for (float[] row : rows) {
      for (float value : row) {
        weights.addFloatValue(value);
      }
    }
  }

  /** Goes back from the softmax, layer by layer. */
  private static final class Reader {

    private final Model model;
    private final String name;
    private final Map<String, NeuralNetworkLayer> makers = new HashMap<>();

    Reader(Model model, String name) {
      this.model = model;
      this.name = name;
      for (NeuralNetworkLayer layer : model.getNeuralNetworkClassifier().getLayersList()) {
        layer.getOutputList().forEach(blob -> makers.put(blob, layer));
      }
    }

    UpdatableNetwork read() {
      NeuralNetworkLayer head = maker(softmax());
      double[] scales = new double[ModelParts.labels(model).size()];
      double[] shifts = new double[scales.length];
      Arrays.fill(scales, 1);
      while (head.hasBatchnorm()) {
        normalize(head, scales, shifts);
        head = maker(head);
      }
      require(
          head,
          head.hasInnerProduct(),
          "an inner product has to stand under the softmax, or under a batch normalization there");
      DenseHead dense = dense(head, floats(scales), floats(shifts));
      boolean headTrains = head.getIsUpdatable();
      long trained = trainedBefore(head);
      if (trained == 0 && !headTrains) {
        throw HeadgraftException.unusable(name + ": no layer that leads to the loss is updatable");
      }
      if (trained == 0) {
        TrainableLayers layers = new TrainableLayers(dense, true, Optional.empty());
        return new UpdatableNetwork(
            model, name, fixed(head), layers, head.getName(), Optional.empty());
      }
      return withConvolution(head, dense, headTrains);
    }

    private NeuralNetworkLayer softmax() {
      String probabilities =
          model
              .getNeuralNetworkClassifier()
              .getUpdateParams()
              .getLossLayers(0)
              .getCategoricalCrossEntropyLossLayer()
              .getInput();
      NeuralNetworkLayer softmax = makers.get(probabilities);
      if (softmax == null) {
        throw HeadgraftException.unusable(
            name + ": its loss is no cross entropy of a softmax, which alone is simulated");
      }
      return softmax;
    }

    private NeuralNetworkLayer maker(NeuralNetworkLayer reader) {
      NeuralNetworkLayer maker = makers.get(reader.getInput(0));
      if (maker == null) {
        throw HeadgraftException.unusable(
            "%s: the layer '%s' reads the model's input; there is nothing fixed before it"
                .formatted(name, reader.getName()));
      }
      return maker;
    }

    /** Trained layers that gradients come back to, without the head itself. */
    private long trainedBefore(NeuralNetworkLayer head) {
      GradientPath gradients = GradientPath.of(ModelParts.network(model).orElseThrow());
      return model.getNeuralNetworkClassifier().getLayersList().stream()
          .filter(layer -> layer.getIsUpdatable() && !layer.equals(head))
          .filter(layer -> gradients.reaches(layer.getName()))
          .count();
    }

    private UpdatableNetwork withConvolution(
        NeuralNetworkLayer head, DenseHead dense, boolean headTrains) {
      double[] factor = new double[dense.inputs()];
      double[] shift = new double[dense.inputs()];
      Arrays.fill(factor, 1);
      NeuralNetworkLayer layer = maker(head);
      while (layer.hasFlatten() || layer.hasBatchnorm()) {
        if (layer.hasBatchnorm()) {
          normalize(layer, factor, shift);
        }
        layer = maker(layer);
      }
      require(
          layer,
          layer.hasPooling()
              && layer.getPooling().getGlobalPooling()
              && layer.getPooling().getType() == PoolingType.AVERAGE,
          "between a trained convolution and the head a global average pooling has to stand");
      layer = maker(layer);
      boolean relu = layer.getActivation().hasReLU();
      layer = relu ? maker(layer) : layer;
      require(
          layer,
          layer.hasConvolution() && layer.getIsUpdatable(),
          "a trained convolution, or its ReLU, has to stand before the pooling");
      require(layer, trainedBefore(head) == 1, "layers before it are trained as well");
      requirePointwise(layer, dense.inputs());
      return new UpdatableNetwork(
          model,
          name,
          fixed(layer),
          new TrainableLayers(
              dense, headTrains, Optional.of(convolution(layer, relu, factor, shift))),
          head.getName(),
          Optional.of(layer.getName()));
    }

    private void requirePointwise(NeuralNetworkLayer layer, int outputs) {
      ConvolutionLayerParams params = layer.getConvolution();
      boolean pointwise =
          !params.getIsDeconvolution()
              && params.getNGroups() <= 1
              && params.getKernelSizeList().equals(List.of(1L, 1L))
              && params.getStrideList().stream().allMatch(stride -> stride == 1)
              && params.getValid().getPaddingAmounts().getBorderAmountsList().stream()
                  .allMatch(edge -> edge.getStartEdgeSize() == 0 && edge.getEndEdgeSize() == 0);
      require(layer, pointwise, "1×1 convolutions alone are simulated, of one group and stride 1");
      require(layer, params.getHasBias(), "trained layers without biases are not simulated");
      require(
          layer,
          params.getOutputChannels() == outputs,
          "the head reads another number of features than it makes");
    }

    /** Behind what was found so far, since layers are gone through from the end. */
    private void normalize(NeuralNetworkLayer layer, double[] factor, double[] shift) {
      BatchnormLayerParams params = layer.getBatchnorm();
      require(
          layer,
          !params.getComputeMeanVar() && params.getChannels() == factor.length,
          "normalizations behind trained layers have to be fixed, one number a channel");
      float[] gamma = floats(layer, params.getGamma(), "gammas", factor.length);
      float[] beta = floats(layer, params.getBeta(), "betas", factor.length);
      float[] mean = floats(layer, params.getMean(), "means", factor.length);
      float[] variance = floats(layer, params.getVariance(), "variances", factor.length);
      double epsilon = Operator.orDefault(params.getEpsilon(), BatchNormalization.EPSILON);
      for (int i = 0; i < factor.length; i++) {
        double own = gamma[i] / Math.sqrt(variance[i] + epsilon);
        shift[i] += factor[i] * (beta[i] - own * mean[i]);
        factor[i] *= own;
        require(layer, Double.isFinite(factor[i]), "a variance is not positive");
      }
    }

    private static float[] floats(double[] values) {
      float[] floats = new float[values.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) values[i];
      }
      return floats;
    }

    private DenseHead dense(NeuralNetworkLayer layer, float[] scales, float[] shifts) {
      InnerProductLayerParams params = layer.getInnerProduct();
      int outputs = Math.toIntExact(params.getOutputChannels());
      int inputs = Math.toIntExact(params.getInputChannels());
      require(layer, params.getHasBias(), "a head without biases is not simulated");
      List<String> labels = ModelParts.labels(model);
      require(layer, labels.size() == outputs, "the model has another number of labels");
      return new DenseHead(
          labels,
          rows(floats(layer, params.getWeights(), "weights", (long) outputs * inputs), outputs),
          floats(layer, params.getBias(), "biases", outputs),
          scales,
          shifts);
    }

    private PooledConvolution convolution(
        NeuralNetworkLayer layer, boolean relu, double[] factor, double[] shift) {
      ConvolutionLayerParams params = layer.getConvolution();
      long count = params.getOutputChannels() * params.getKernelChannels();
      return new PooledConvolution(
          rows(floats(layer, params.getWeights(), "weights", count), factor.length),
          floats(layer, params.getBias(), "biases", factor.length),
          relu,
          factor,
          shift);
    }

    private static float[][] rows(float[] values, int count) {
      int length = values.length / count;
      float[][] rows = new float[count][];
      for (int i = 0; i < count; i++) {
        rows[i] = Arrays.copyOfRange(values, i * length, (i + 1) * length);
      }
      return rows;
    }

    private float[] floats(
        NeuralNetworkLayer layer, WeightParams weights, String role, long count) {
      try {
        return Weights.of(weights, role, count).floats();
      } catch (InvalidLayerException e) {
        throw HeadgraftException.unusable(
            "%s: layer '%s' cannot be trained: %s"
                .formatted(name, layer.getName(), e.getMessage()));
      }
    }

    private NetworkGraph fixed(NeuralNetworkLayer first) {
      maker(first);
      return NetworkGraph.of(model, name).endingIn(first.getInput(0));
    }

    private void require(NeuralNetworkLayer layer, boolean condition, String what) {
      if (!condition) {
        throw HeadgraftException.unusable(
            "%s: its training cannot be simulated because of the layer '%s' (%s): %s"
                .formatted(name, layer.getName(), layer.getLayerCase(), what));
      }
    }
  }
}
