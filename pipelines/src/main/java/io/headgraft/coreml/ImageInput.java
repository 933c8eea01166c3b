package io.headgraft.coreml;

import io.headgraft.HeadgraftException;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.ImageFeatureType;
import io.headgraft.coreml.proto.NeuralNetworkImageScaler;
import io.headgraft.coreml.proto.NeuralNetworkPreprocessing;
import java.util.List;

/**
 * The image that a network takes, and what is done to its pixels before the first layer, as the
 * model's own description has it: {@code channelScale * pixel + bias}, or less a mean image.
 *
 * @param name of the input
 * @param width in pixels
 * @param height in pixels
 * @param channels of the first layer's input, in its order
 * @param scale the factor on every pixel, 0 to 255
 * @param mean what is subtracted, channel by channel and row by row; empty where nothing is
 */
public record ImageInput(
    String name, int width, int height, List<Channel> channels, float scale, List<Float> mean)
    implements NetworkInput {

  /** A largest side that no image network comes near; it keeps sizes within arithmetic. */
  private static final long MAX_SIDE = 16_384;

  /** A colour and what is added to it after scaling. */
  public record Channel(Color color, float bias) {}

  /** The colours that an image is made of. */
  public enum Color {
    BLUE,
    GREEN,
    RED
  }

  static ImageInput of(
      FeatureDescription input, List<NeuralNetworkPreprocessing> preprocessing, String model) {
    ImageFeatureType image = input.getType().getImageType();
    requireSide(image.getWidth(), "width", model);
    requireSide(image.getHeight(), "height", model);
    NeuralNetworkPreprocessing step = step(input.getName(), preprocessing, model);
    NeuralNetworkImageScaler scaler = step.getScaler();
    // Zero is what is on the wire when a scaler, or its factor, is left out.
    float scale = scaler.getChannelScale() == 0 ? 1 : scaler.getChannelScale();
    requireFinite(scale, model);
    List<Channel> channels = channels(image.getColorSpace(), scaler, model);
    channels.forEach(channel -> requireFinite(channel.bias(), model));
    List<Float> mean = step.getMeanImage().getMeanImageList();
    long values = channels.size() * image.getHeight() * image.getWidth();
    if (step.hasMeanImage() && mean.size() != values) {
      throw HeadgraftException.unusable(
          "%s: the mean image has %d values, the image input %d"
              .formatted(model, mean.size(), values));
    }
    mean.forEach(value -> requireFinite(value, model));
    return new ImageInput(
        input.getName(), (int) image.getWidth(), (int) image.getHeight(), channels, scale, mean);
  }

  private static List<Channel> channels(
      ImageFeatureType.ColorSpace space, NeuralNetworkImageScaler scaler, String model) {
    Channel blue = new Channel(Color.BLUE, scaler.getBlueBias());
    Channel green = new Channel(Color.GREEN, scaler.getGreenBias());
    Channel red = new Channel(Color.RED, scaler.getRedBias());
    return switch (space) {
      case BGR -> List.of(blue, green, red);
      case RGB -> List.of(red, green, blue);
      case GRAYSCALE, GRAYSCALE_FLOAT16, INVALID_COLOR_SPACE, UNRECOGNIZED ->
          throw HeadgraftException.unusable(
              model + ": the image input's colour space " + space + " is not supported");
    };
  }

  private static NeuralNetworkPreprocessing step(
      String input, List<NeuralNetworkPreprocessing> preprocessing, String model) {
    List<NeuralNetworkPreprocessing> steps =
        preprocessing.stream()
            .filter(step -> step.getFeatureName().isEmpty() || step.getFeatureName().equals(input))
            .toList();
    if (steps.size() > 1) {
      throw HeadgraftException.unusable(
          "%s: the image input is preprocessed %d times, not once".formatted(model, steps.size()));
    }
    return steps.isEmpty() ? NeuralNetworkPreprocessing.getDefaultInstance() : steps.get(0);
  }

  private static void requireFinite(float value, String model) {
    if (!Float.isFinite(value)) {
      throw HeadgraftException.unusable(
          model + ": preprocessing scales by or adds " + value + ", which is no finite number");
    }
  }

  private static void requireSide(long pixels, String side, String model) {
    if (pixels < 1 || pixels > MAX_SIDE) {
      throw HeadgraftException.unusable(
          "%s: the image input's %s of %d pixels is outside 1 to %d"
              .formatted(model, side, pixels, MAX_SIDE));
    }
  }

  @Override
  public Shape shape() {
    return new Shape(channels.size(), height, width);
  }

  /** Without a mean image where there is none: fingerprints of backbones are made of this text. */
  @Override
  public String toString() {
    String text =
        "ImageInput[name=%s, width=%d, height=%d, channels=%s, scale=%s"
            .formatted(name, width, height, channels, scale);
    return text + (mean.isEmpty() ? "]" : ", mean=" + mean + "]");
  }
}
