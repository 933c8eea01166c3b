package io.headgraft.coreml;

import static io.headgraft.coreml.TinyModel.IMAGE;
import static io.headgraft.coreml.TinyModel.borders;
import static io.headgraft.coreml.TinyModel.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.coreml.Plain.Blob;
import io.headgraft.coreml.Plain.Window;
import io.headgraft.coreml.proto.ActivationParams;
import io.headgraft.coreml.proto.ActivationReLU;
import io.headgraft.coreml.proto.ActivationSigmoid;
import io.headgraft.coreml.proto.ActivationTanh;
import io.headgraft.coreml.proto.ConvolutionLayerParams;
import io.headgraft.coreml.proto.CropLayerParams;
import io.headgraft.coreml.proto.FlattenLayerParams.FlattenOrder;
import io.headgraft.coreml.proto.InnerProductLayerParams;
import io.headgraft.coreml.proto.PoolingLayerParams;
import io.headgraft.coreml.proto.PoolingLayerParams.PoolingType;
import io.headgraft.coreml.proto.PoolingLayerParams.ValidCompletePadding;
import io.headgraft.coreml.proto.SamePadding;
import io.headgraft.coreml.proto.SamePadding.SamePaddingMode;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each layer that can be run against plain loops; windows' sizes are counted by hand. */
class LayerCodeTest {

  private static final int WIDTH = 11;
  private static final int HEIGHT = 8;

  /** Of the largest value: a sum of large terms that cancel has no more exact digits. */
  private static final double RELATIVE_ERROR = 1e-5;

  private record ConvolutionCase(
      String name, int groups, Window window, Consumer<ConvolutionLayerParams.Builder> settings) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<ConvolutionCase> convolutions() {
    return Stream.of(
        new ConvolutionCase("defaults", 1, window(3, 3, 1, 1, 0, 0, 6, 9), c -> {}),
        new ConvolutionCase(
            "strides",
            1,
            window(2, 3, 2, 3, 0, 0, 4, 3),
            c -> c.addKernelSize(2).addKernelSize(3).addStride(2).addStride(3)),
        new ConvolutionCase(
            "dilation",
            1,
            new Window(pair(3, 2), pair(1, 1), pair(2, 3), 0, 0, 4, 8),
            c -> c.addKernelSize(3).addKernelSize(2).addDilationFactor(2).addDilationFactor(3)),
        new ConvolutionCase(
            "groups", 3, window(3, 3, 1, 1, 0, 0, 6, 9), c -> c.setNGroups(3).setKernelChannels(1)),
        new ConvolutionCase(
            "borders on all sides",
            1,
            window(3, 3, 1, 1, 1, 1, 8, 11),
            c -> c.setValid(borders(1, 1, 1, 1))),
        new ConvolutionCase(
            "wide borders",
            1,
            window(3, 3, 1, 1, 2, 2, 10, 13),
            c -> c.setValid(borders(2, 2, 2, 2))),
        new ConvolutionCase(
            "asymmetric borders",
            1,
            window(3, 3, 1, 1, 1, 0, 9, 12),
            c -> c.setValid(borders(1, 2, 0, 3))),
        new ConvolutionCase(
            "same, bottom right heavy",
            1,
            window(3, 4, 2, 2, 0, 1, 4, 6),
            c -> sameOfStride2(c, SamePaddingMode.BOTTOM_RIGHT_HEAVY)),
        new ConvolutionCase(
            "same, top left heavy",
            1,
            window(3, 4, 2, 2, 1, 2, 4, 6),
            c -> sameOfStride2(c, SamePaddingMode.TOP_LEFT_HEAVY)),
        new ConvolutionCase(
            "a single pixel",
            1,
            window(1, 1, 1, 1, 0, 0, 8, 11),
            c -> c.addKernelSize(1).addKernelSize(1)));
  }

  private static void sameOfStride2(ConvolutionLayerParams.Builder params, SamePaddingMode mode) {
    params
        .addKernelSize(3)
        .addKernelSize(4)
        .addStride(2)
        .addStride(2)
        .setSame(SamePadding.newBuilder().setAsymmetryMode(mode));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void convolution(ConvolutionCase c) {
    TinyModel model = image().convolution("conv", IMAGE, 3, 6, c.settings);

    assertComputes(model, in -> convolved(model, in, c.window, c.groups));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void convolutionWithRelu(ConvolutionCase c) {
    TinyModel model = image().convolution("conv", IMAGE, 3, 6, c.settings).relu("relu", "conv");

    assertComputes(model, in -> Plain.relu(convolved(model, in, c.window, c.groups)));
  }

  @Test
  void convolutionWithoutBias() {
    TinyModel model =
        image().convolution("conv", IMAGE, 3, 6, c -> c.setHasBias(false).clearBias());
    List<Float> kernel = convolution(model).getWeights().getFloatValueList();

    assertComputes(
        model,
        in ->
            Plain.convolution(
                in, window(3, 3, 1, 1, 0, 0, 6, 9), 1, kernel, Collections.nCopies(6, 0f)));
  }

  @Test
  void aReluIsNotComputedWithAConvolutionThatAnotherLayerReads() {
    TinyModel model =
        image()
            .convolution("conv", IMAGE, 3, 6, c -> {})
            .relu("relu", "conv")
            .concat("concat", "conv", "relu");

    assertComputes(
        model,
        in -> {
          Blob conv = convolved(model, in, window(3, 3, 1, 1, 0, 0, 6, 9), 1);
          return Plain.concat(conv, Plain.relu(conv));
        });
  }

  @Test
  void aReluIsNotComputedWithTheConvolutionBeforeItThatItDoesNotRead() {
    TinyModel model =
        image()
            .convolution("conv", IMAGE, 3, 6, c -> c.setValid(borders(1, 1, 1, 1)))
            .relu("relu", IMAGE)
            .concat("concat", "conv", "relu");

    assertComputes(
        model,
        in -> {
          Blob conv = convolved(model, in, window(3, 3, 1, 1, 1, 1, 8, 11), 1);
          return Plain.concat(conv, Plain.relu(in));
        });
  }

  private record PoolingCase(
      String name, Window window, Consumer<PoolingLayerParams.Builder> padding) {

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<PoolingCase> maxPoolings() {
    return Stream.of(
        new PoolingCase("valid", window(3, 3, 2, 2, 0, 0, 3, 5), p -> {}),
        new PoolingCase(
            "borders on all sides",
            window(3, 3, 2, 2, 1, 1, 4, 6),
            p -> p.setValid(borders(1, 1, 1, 1))),
        new PoolingCase(
            "asymmetric borders",
            window(3, 3, 2, 2, 1, 0, 4, 6),
            p -> p.setValid(borders(1, 0, 0, 2))),
        new PoolingCase(
            "same, bottom right heavy",
            window(3, 4, 2, 2, 0, 1, 4, 6),
            p -> p.setSame(SamePadding.getDefaultInstance())),
        new PoolingCase(
            "same, top left heavy",
            window(3, 4, 2, 2, 1, 2, 4, 6),
            p ->
                p.setSame(
                    SamePadding.newBuilder().setAsymmetryMode(SamePaddingMode.TOP_LEFT_HEAVY))),
        new PoolingCase(
            "last pixel included", window(3, 3, 2, 2, 0, 0, 4, 5), p -> includeLastPixel(p, 0)),
        new PoolingCase(
            "last pixel included, borders",
            window(3, 3, 2, 2, 1, 1, 5, 6),
            p -> includeLastPixel(p, 1)),
        new PoolingCase(
            "last pixel included, a window behind the image left out",
            window(2, 2, 3, 3, 1, 1, 3, 4),
            p -> includeLastPixel(p, 1)),
        new PoolingCase(
            "last pixel included, a window behind the image left out, wide borders",
            window(3, 3, 5, 5, 2, 2, 2, 3),
            p -> includeLastPixel(p, 2)),
        new PoolingCase(
            "last pixel included, wide borders",
            window(3, 3, 3, 3, 2, 2, 4, 5),
            p -> includeLastPixel(p, 2)));
  }

  private static void includeLastPixel(PoolingLayerParams.Builder params, long border) {
    params.setIncludeLastPixel(
        ValidCompletePadding.newBuilder().addPaddingAmounts(border).addPaddingAmounts(border));
  }

  @ParameterizedTest
  @MethodSource("maxPoolings")
  void maxPooling(PoolingCase c) {
    TinyModel model =
        image()
            .pooling(
                "pool",
                IMAGE,
                params -> {
                  Window window = c.window;
                  params.addKernelSize(window.kernel()[0]).addKernelSize(window.kernel()[1]);
                  params.addStride(window.stride()[0]).addStride(window.stride()[1]);
                  c.padding.accept(params);
                });

    assertComputes(model, in -> Plain.maxPooling(in, c.window));
  }

  @Test
  void globalPooling() {
    int pixels = WIDTH * HEIGHT;

    assertComputes(
        image().pooling("pool", IMAGE, p -> p.setType(PoolingType.AVERAGE).setGlobalPooling(true)),
        in -> Plain.reduce(in, 0, Double::sum, 1.0 / pixels));
    assertComputes(
        image().pooling("pool", IMAGE, p -> p.setType(PoolingType.MAX).setGlobalPooling(true)),
        in -> Plain.reduce(in, Double.NEGATIVE_INFINITY, Math::max, 1));
  }

  @Test
  void innerProduct() {
    TinyModel model = image().innerProduct("dense", IMAGE, 3 * WIDTH * HEIGHT, 5, dense -> {});
    InnerProductLayerParams dense = model.network.getLayers(0).getInnerProduct();

    assertComputes(
        model,
        in ->
            Plain.innerProduct(
                in, dense.getWeights().getFloatValueList(), dense.getBias().getFloatValueList()));
  }

  @Test
  void innerProductWithoutBias() {
    TinyModel model =
        image()
            .innerProduct(
                "dense", IMAGE, 3 * WIDTH * HEIGHT, 5, d -> d.setHasBias(false).clearBias());
    List<Float> weights =
        model.network.getLayers(0).getInnerProduct().getWeights().getFloatValueList();

    assertComputes(model, in -> Plain.innerProduct(in, weights, Collections.nCopies(5, 0f)));
  }

  @ParameterizedTest
  @ValueSource(floats = {0, 1e-3f})
  void batchNormalization(float epsilon) {
    float[] variance = {2e-5f, 1, 4};
    TinyModel model =
        image()
            .batchNormalization(
                "norm",
                IMAGE,
                norm ->
                    norm.setChannels(3)
                        .setEpsilon(epsilon)
                        .setGamma(weights(1, -2, 3))
                        .setBeta(weights(-1, 0, 1))
                        .setMean(weights(0.5f, -0.5f, 0))
                        .setVariance(weights(variance)));
    double[] gamma = {1, -2, 3};
    double[] beta = {-1, 0, 1};
    double[] mean = {0.5, -0.5, 0};
    // In the format, an epsilon of zero stands for its default.
    double added = epsilon == 0 ? 1e-5 : epsilon;

    assertComputes(
        model,
        in -> {
          Blob[] planes = new Blob[3];
          for (int c = 0; c < 3; c++) {
            int k = c;
            planes[c] =
                Plain.map(
                    new Blob(new double[][][] {in.values()[c]}),
                    x -> gamma[k] * (x - mean[k]) / Math.sqrt(variance[k] + added) + beta[k]);
          }
          return Plain.concat(planes);
        });
  }

  @Test
  void concat() {
    assertComputes(
        image().relu("relu", IMAGE).concat("concat", "relu", IMAGE, "relu"),
        in -> Plain.concat(Plain.relu(in), in, Plain.relu(in)));
  }

  @Test
  void flatten() {
    assertComputes(image().flatten("flat", IMAGE, FlattenOrder.CHANNEL_FIRST), in -> in);
    assertComputes(image().flatten("flat", IMAGE, FlattenOrder.CHANNEL_LAST), Plain::channelsLast);
  }

  @Test
  void softmax() {
    assertComputes(image().softmax("prob", IMAGE), Plain::softmax);
    assertComputes(
        image().flatten("flat", IMAGE, FlattenOrder.CHANNEL_FIRST).softmax("prob", "flat"),
        in -> Plain.softmax(Blob.ofVector(in.flat())));
  }

  @Test
  void activations() {
    assertActivation(
        p -> p.setReLU(ActivationReLU.getDefaultInstance()), value -> Math.max(0, value));
    assertActivation(
        p -> p.setSigmoid(ActivationSigmoid.getDefaultInstance()),
        value -> 1 / (1 + Math.exp(-value)));
    assertActivation(p -> p.setTanh(ActivationTanh.getDefaultInstance()), Math::tanh);
  }

  private static void assertActivation(
      Consumer<ActivationParams.Builder> settings, DoubleUnaryOperator expected) {
    assertComputes(
        image().activation("activation", IMAGE, settings), in -> Plain.map(in, expected));
  }

  @Test
  void aLayerThatTheOutputDoesNotNeedIsNotRun() {
    TinyModel model =
        image()
            .relu("relu", IMAGE)
            .layer("crop", IMAGE, l -> l.setCrop(CropLayerParams.getDefaultInstance()));
    NetworkGraph graph = NetworkGraph.of(model.build(), TinyModel.NAME).cutAt("relu");

    assertThat(graph.layers()).extracting("name").containsExactly("relu");
  }

  private static Blob convolved(TinyModel model, Blob in, Window window, int groups) {
    ConvolutionLayerParams conv = convolution(model);
    return Plain.convolution(
        in,
        window,
        groups,
        conv.getWeights().getFloatValueList(),
        conv.getBias().getFloatValueList());
  }

  private static ConvolutionLayerParams convolution(TinyModel model) {
    return model.network.getLayers(0).getConvolution();
  }

  private static TinyModel image() {
    return TinyModel.ofImage(WIDTH, HEIGHT);
  }

  private static Window window(
      int kernelHeight,
      int kernelWidth,
      int strideDown,
      int strideRight,
      int top,
      int left,
      int height,
      int width) {
    return new Window(
        pair(kernelHeight, kernelWidth),
        pair(strideDown, strideRight),
        pair(1, 1),
        top,
        left,
        height,
        width);
  }

  private static int[] pair(int height, int width) {
    return new int[] {height, width};
  }

  /** In a batch of three of which two are used. */
  private static void assertComputes(TinyModel model, UnaryOperator<Blob> expected) {
    List<byte[]> images =
        List.of(TinyModel.noise(1, WIDTH, HEIGHT), TinyModel.noise(2, WIDTH, HEIGHT));
    float[][] actual;
    try (CompiledNetwork network = model.compile(3)) {
      actual = network.run(images);
      assertThat(network.outputs()).isEqualTo(actual[0].length);
    }
    for (int i = 0; i < images.size(); i++) {
      Blob in = Plain.image(images.get(i), WIDTH, HEIGHT, TinyModel.SCALER);
      double[] values = expected.apply(in).flat();
      double largest = Arrays.stream(values).map(Math::abs).max().orElseThrow();
      assertThat(doubles(actual[i]))
          .hasSameSizeAs(values)
          .containsExactly(values, within(RELATIVE_ERROR * largest));
    }
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
