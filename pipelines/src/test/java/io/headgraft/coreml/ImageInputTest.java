package io.headgraft.coreml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.coreml.proto.FlattenLayerParams.FlattenOrder;
import io.headgraft.coreml.proto.ImageFeatureType.ColorSpace;
import io.headgraft.coreml.proto.NeuralNetworkImageScaler;
import io.headgraft.coreml.proto.NeuralNetworkMeanImage;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is done to pixels before the first layer. */
class ImageInputTest {

  /** Two pixels: blue, green, red. */
  private static final byte[] PIXELS = {0, 10, 100, (byte) 200, (byte) 128, (byte) 255};

  @ParameterizedTest
  @CsvSource({"1, 0, 0, 0", "1, -104, -117, -123", "0.5, 1, 2, 3", "1e-4, 0.25, 0.5, 0.75"})
  void scalesThenAddsABiasToEachColour(float scale, float blue, float green, float red) {
    NeuralNetworkImageScaler scaler =
        NeuralNetworkImageScaler.newBuilder()
            .setChannelScale(scale)
            .setBlueBias(blue)
            .setGreenBias(green)
            .setRedBias(red)
            .build();

    assertThat(run(ColorSpace.BGR, scaler))
        .containsExactly(
            new float[] {
              blue,
              scale * 200 + blue,
              scale * 10 + green,
              scale * 128 + green,
              scale * 100 + red,
              scale * 255 + red
            },
            within(1e-5f));
    assertThat(run(ColorSpace.RGB, scaler))
        .containsExactly(
            new float[] {
              scale * 100 + red,
              scale * 255 + red,
              scale * 10 + green,
              scale * 128 + green,
              blue,
              scale * 200 + blue
            },
            within(1e-5f));
  }

  @Test
  void leavesPixelsAsTheyAreWithoutPreprocessing() {
    TinyModel model = model(ColorSpace.BGR);
    model.network.clearPreprocessing();

    assertThat(run(model)).containsExactly(0, 200, 10, 128, 100, 255);
  }

  /** In the format, a factor of zero is one that was left out. */
  @Test
  void takesAScaleOfZeroForOne() {
    NeuralNetworkImageScaler scaler = NeuralNetworkImageScaler.newBuilder().setRedBias(1).build();

    assertThat(run(ColorSpace.BGR, scaler)).containsExactly(0, 200, 10, 128, 101, 256);
  }

  @Test
  void preprocessingThatNamesNoInputIsMeantForTheImage() {
    TinyModel model =
        model(ColorSpace.BGR)
            .preprocessing(
                step ->
                    step.clearFeatureName()
                        .setScaler(NeuralNetworkImageScaler.newBuilder().setBlueBias(1)));

    assertThat(run(model)).containsExactly(1, 201, 10, 128, 100, 255);
  }

  @Test
  void preprocessingOfAnotherInputIsNotMeantForTheImage() {
    TinyModel model =
        model(ColorSpace.BGR)
            .preprocessing(
                step ->
                    step.setFeatureName("other")
                        .setScaler(NeuralNetworkImageScaler.newBuilder().setBlueBias(1)));

    assertThat(run(model)).containsExactly(0, 200, 10, 128, 100, 255);
  }

  /** Channel by channel, in the order of the network's channels. */
  @Test
  void subtractsAMeanImage() {
    NeuralNetworkMeanImage mean =
        NeuralNetworkMeanImage.newBuilder()
            .addAllMeanImage(List.of(1f, 2f, 3f, 4f, 5.5f, -6f))
            .build();

    assertThat(run(model(ColorSpace.BGR).preprocessing(step -> step.setMeanImage(mean))))
        .containsExactly(-1, 198, 7, 124, 94.5f, 261);
    assertThat(run(model(ColorSpace.RGB).preprocessing(step -> step.setMeanImage(mean))))
        .containsExactly(99, 253, 7, 124, -5.5f, 206);
  }

  private static float[] run(ColorSpace space, NeuralNetworkImageScaler scaler) {
    return run(model(space).preprocessing(step -> step.setScaler(scaler)));
  }

  /** Both engines make the same of the pixels, to the last bit. */
  private static float[] run(TinyModel model) {
    float[] values = run(model, NetworkEngine.PYTORCH);
    assertThat(run(model, NetworkEngine.ONNXRUNTIME)).containsExactly(values);
    return values;
  }

  private static float[] run(TinyModel model, NetworkEngine engine) {
    NetworkGraph graph = NetworkGraph.of(model.build(), TinyModel.NAME);
    try (CompiledNetwork network = CompiledNetwork.load(graph, 1, engine)) {
      return network.run(List.of(PIXELS))[0];
    }
  }

  private static TinyModel model(ColorSpace space) {
    TinyModel model = TinyModel.ofImage(2, 1);
    model.description.setInput(0, TinyModel.image(2, 1, space));
    return model.flatten("flat", TinyModel.IMAGE, FlattenOrder.CHANNEL_FIRST);
  }
}
