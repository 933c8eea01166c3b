package io.headgraft.features;

import io.headgraft.Sha256;
import io.headgraft.backbone.Backbone;
import io.headgraft.coreml.NetworkEngine;
import io.headgraft.image.Augmentation;
import io.headgraft.image.AugmentationSpec;
import io.headgraft.image.ImageOptions;
import io.headgraft.image.ImageTransform;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * All that decides an image's features: the backbone, how a photo comes to its input, and the
 * variants of it.
 *
 * @param engine that runs the network on the processor
 * @param batchSize images that a task runs together; no feature depends on it
 * @param augmentations which variants there are besides variant 0, the image itself
 */
public record FeaturePipeline(
    Backbone backbone,
    NetworkEngine engine,
    int batchSize,
    ImageOptions image,
    AugmentationSpec augmentations) {

  /** Raised whenever the same settings come to give other features. */
  private static final int REVISION = 2;

  private static final int FINGERPRINT_BYTES = 16;

  /** The number of variants of an image, variant 0 among them. */
  public int variantCount() {
    return 1 + augmentations.variants();
  }

  /** What is done to an image in each of its variants, beginning with variant 0. */
  public List<Augmentation> variants(String imageId) {
    List<Augmentation> variants = new ArrayList<>();
    for (int variant = 0; variant < variantCount(); variant++) {
      variants.add(variant(imageId, variant));
    }
    return variants;
  }

  /** What is done to an image in one of its variants, 0 to less than {@link #variantCount()}. */
  Augmentation variant(String imageId, int variant) {
    return variant == 0 ? new Augmentation.None() : augmentations.draw(imageId, variant);
  }

  /** Turns a file into inputs of the backbone. */
  public ImageTransform transform() {
    return new ImageTransform(
        image, backbone.features().image().width(), backbone.features().image().height());
  }

  /** The name under which the features are cached: 32 hexadecimal digits of a SHA-256. */
  public String fingerprint() {
    String specification =
        String.join(
            "\n",
            "revision " + REVISION,
            "backbone " + backbone.fingerprint(),
            "engine " + engine,
            "crop " + image.crop(),
            "variants " + augmentations.text());
    return HexFormat.of().formatHex(Sha256.of(specification), 0, FINGERPRINT_BYTES);
  }
}
