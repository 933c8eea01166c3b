package io.headgraft.backbone;

import io.headgraft.backbone.SqueezeNetLayer.WeightShape;
import io.headgraft.backbone.SqueezeNetLayer.WeightSource;
import io.headgraft.backbone.SqueezeNetLayer.Weights;
import io.headgraft.coreml.proto.DictionaryFeatureType;
import io.headgraft.coreml.proto.FeatureDescription;
import io.headgraft.coreml.proto.FeatureType;
import io.headgraft.coreml.proto.ImageFeatureType;
import io.headgraft.coreml.proto.ImageFeatureType.ColorSpace;
import io.headgraft.coreml.proto.Metadata;
import io.headgraft.coreml.proto.Model;
import io.headgraft.coreml.proto.ModelDescription;
import io.headgraft.coreml.proto.NeuralNetworkClassifier;
import io.headgraft.coreml.proto.NeuralNetworkImageScaler;
import io.headgraft.coreml.proto.NeuralNetworkPreprocessing;
import io.headgraft.coreml.proto.StringFeatureType;
import io.headgraft.coreml.proto.StringVector;
import io.headgraft.coreml.proto.WeightParams;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * SqueezeNet v1.1 as a Core ML classifier: an image of 227×227 pixels in, 1000 values out of {@code
 * pool10} (the features) and their softmax. Forrest N. Iandola et al., "SqueezeNet: AlexNet-level
 * accuracy with 50x fewer parameters and &lt;0.5MB model size", arXiv:1602.07360.
 */
public final class SqueezeNet {

  /** The entry of the user-defined metadata that only a model without training has: its seed. */
  static final String UNTRAINED = "io.headgraft.untrained";

  /** What the description of every model says first. */
  private static final String TITLE = "SqueezeNet v1.1";

  private static final String LABEL = "classLabel";
  private static final int SIZE = 227;

  /**
   * SqueezeNet with weights that have seen no image: Kaiming-normal (standard deviation √(2 /
   * fan-in), which keeps the activations' scale from layer to layer), no bias. The same seed gives
   * the same model, to the bit. Kaiming He et al., "Delving Deep into Rectifiers",
   * arXiv:1502.01852.
   */
  public static Model untrained(long seed) {
    Model.Builder model =
        model(
            "untrained: Kaiming-normal weights, seed " + seed,
            (layer, shape) -> kaimingNormal(generator(seed, layer), shape))
            .toBuilder();
    model
        .getDescriptionBuilder()
        .getMetadataBuilder()
        .putUserDefined(UNTRAINED, Long.toString(seed));
    return model.build();
  }

  /**
   * The model with the given weights; {@code origin} says in its description where they are from.
   */
  static Model model(String origin, WeightSource weights) {
    return Model.newBuilder()
        .setSpecificationVersion(1)
        .setDescription(description(TITLE + ", " + origin))
        .setNeuralNetworkClassifier(classifier(weights))
        .build();
  }

  private static NeuralNetworkClassifier classifier(WeightSource weights) {
    NeuralNetworkClassifier.Builder classifier =
        NeuralNetworkClassifier.newBuilder()
            .addPreprocessing(preprocessing())
            .setStringClassLabels(StringVector.newBuilder().addAllVector(labels()))
            .setLabelProbabilityLayerName(SqueezeNetLayout.PROBABILITIES);
    SqueezeNetLayout.layers().forEach(layer -> classifier.addLayers(layer.toCoreMl(weights)));
    return classifier.build();
  }

  /** The mean colour of ImageNet as the network was trained with it, subtracted. */
  private static NeuralNetworkPreprocessing preprocessing() {
    NeuralNetworkImageScaler.Builder scaler =
        NeuralNetworkImageScaler.newBuilder()
            .setChannelScale(1)
            .setBlueBias(-104)
            .setGreenBias(-117)
            .setRedBias(-123);
    return NeuralNetworkPreprocessing.newBuilder()
        .setFeatureName(SqueezeNetLayout.IMAGE)
        .setScaler(scaler)
        .build();
  }

  /** ImageNet's classes by number: their names are no part of the released weights. */
  private static List<String> labels() {
    return IntStream.range(0, SqueezeNetLayout.CLASSES).mapToObj(Integer::toString).toList();
  }

  private static ModelDescription description(String text) {
    Metadata.Builder metadata =
        Metadata.newBuilder()
            .setShortDescription(text)
            .setAuthor(
                "Forrest N. Iandola, Song Han, Matthew W. Moskewicz, Khalid Ashraf, "
                    + "William J. Dally, Kurt Keutzer")
            .setLicense("BSD. See arXiv:1602.07360");
    return ModelDescription.newBuilder()
        .addInput(feature(SqueezeNetLayout.IMAGE, "Input image to be classified", imageType()))
        .addOutput(
            feature(
                SqueezeNetLayout.PROBABILITIES,
                "Probability of each category",
                probabilitiesType()))
        .addOutput(feature(LABEL, "Most likely image category", labelType()))
        .setPredictedFeatureName(LABEL)
        .setPredictedProbabilitiesName(SqueezeNetLayout.PROBABILITIES)
        .setMetadata(metadata)
        .build();
  }

  private static FeatureDescription feature(String name, String text, FeatureType.Builder type) {
    return FeatureDescription.newBuilder()
        .setName(name)
        .setShortDescription(text)
        .setType(type)
        .build();
  }

  private static FeatureType.Builder imageType() {
    return FeatureType.newBuilder()
        .setImageType(
            ImageFeatureType.newBuilder()
                .setWidth(SIZE)
                .setHeight(SIZE)
                .setColorSpace(ColorSpace.BGR));
  }

  private static FeatureType.Builder probabilitiesType() {
    return FeatureType.newBuilder()
        .setDictionaryType(
            DictionaryFeatureType.newBuilder()
                .setStringKeyType(StringFeatureType.getDefaultInstance()));
  }

  private static FeatureType.Builder labelType() {
    return FeatureType.newBuilder().setStringType(StringFeatureType.getDefaultInstance());
  }

  /**
   * A generator of the layer's own, so that no layer's weights depend on another's. The digest
   * keeps neighbouring seeds from giving related numbers; {@link Random} is used because its normal
   * numbers are specified to the bit.
   */
  private static Random generator(long seed, String layer) {
    byte[] key = (seed + "/" + layer).getBytes(StandardCharsets.UTF_8);
    return new Random(UUID.nameUUIDFromBytes(key).getMostSignificantBits());
  }

  private static Weights kaimingNormal(Random random, WeightShape shape) {
    double deviation = Math.sqrt(2.0 / shape.fanIn());
    WeightParams.Builder kernel = WeightParams.newBuilder();
    for (int i = 0; i < shape.count(); i++) {
      kernel.addFloatValue((float) (deviation * random.nextGaussian()));
    }
    WeightParams.Builder bias = WeightParams.newBuilder();
    for (int i = 0; i < shape.outputChannels(); i++) {
      bias.addFloatValue(0);
    }
    return new Weights(kernel.build(), bias.build());
  }
}
