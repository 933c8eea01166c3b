package io.headgraft.backbone;

import io.headgraft.HeadgraftException;
import io.headgraft.Sha256;
import io.headgraft.coreml.CompiledNetwork;
import io.headgraft.coreml.ModelFile;
import io.headgraft.coreml.NetworkEngine;
import io.headgraft.coreml.NetworkGraph;
import io.headgraft.coreml.proto.Model;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The frozen network: the Core ML model whose layers turn an image into features. The same layers
 * are run on the cluster and shipped in the emitted models.
 *
 * @param name what to call it in messages and reports
 * @param model the whole Core ML model
 * @param features its layers up to the feature layer
 * @param featureLayer the layer whose output is the features
 * @param trained false for {@link SqueezeNet#untrained} weights, which recognize nothing
 */
public record Backbone(
    String name, Model model, NetworkGraph features, String featureLayer, boolean trained) {

  /** A Caffe release begins with field 1, the network's name, a text; no Core ML model does. */
  private static final byte CAFFE_FIRST_TAG = 0x0A;

  /**
   * Reads a backbone, from a Core ML file or the official Caffe release.
   *
   * @param name the file's name
   * @throws HeadgraftException if it is neither, lacks the feature layer, or has a layer that
   *     cannot be run
   */
  public static Backbone read(byte[] bytes, String name, String featureLayer) {
    Model model =
        bytes.length > 0 && bytes[0] == CAFFE_FIRST_TAG
            ? CaffeModel.convert(bytes, name)
            : ModelFile.parse(bytes, name);
    boolean trained =
        !model.getDescription().getMetadata().containsUserDefined(SqueezeNet.UNTRAINED);
    NetworkGraph features = NetworkGraph.of(model, name).cutAt(featureLayer);
    CompiledNetwork.requireRunnable(features);
    return new Backbone(name, model, features, featureLayer, trained);
  }

  /** Compiles the layers up to the features, for the processor. */
  public CompiledNetwork compile(int batchSize, NetworkEngine engine) {
    return CompiledNetwork.load(features, batchSize, engine);
  }

  /** SHA-256 of all that decides a feature: the image input and the layers, weights included. */
  public String fingerprint() {
    MessageDigest digest = Sha256.begin();
    digest.update(features.image().toString().getBytes(StandardCharsets.UTF_8));
    features.layers().forEach(layer -> digest.update(layer.toByteArray()));
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Refuses a backbone whose input is not of the size that the photos are meant for.
   *
   * @throws HeadgraftException naming both sizes
   */
  public void requireInputSize(int side) {
    int width = features.image().width();
    int height = features.image().height();
    if (width != side || height != side) {
      throw HeadgraftException.unusable(
          "%s takes images of %d × %d pixels, but image.size asks for %d: give another backbone, or set image.size = auto"
              .formatted(name, width, height, side));
    }
  }
}
