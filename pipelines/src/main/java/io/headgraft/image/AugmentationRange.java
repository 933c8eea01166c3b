package io.headgraft.image;

import io.headgraft.image.Augmentation.Step;
import java.util.Random;

/** A kind of augmentation, with the range that its parameters are drawn from. */
public sealed interface AugmentationRange {

  /** Nothing is drawn. */
  record HorizontalFlip() implements AugmentationRange {
    @Override
    public AugmentationKind kind() {
      return AugmentationKind.HORIZONTAL_FLIP;
    }

    @Override
    public String text() {
      return kind().toString();
    }

    @Override
    public Step draw(Random random) {
      return new Augmentation.HorizontalFlip();
    }
  }

  /** Nothing is drawn. */
  record VerticalFlip() implements AugmentationRange {
    @Override
    public AugmentationKind kind() {
      return AugmentationKind.VERTICAL_FLIP;
    }

    @Override
    public String text() {
      return kind().toString();
    }

    @Override
    public Step draw(Random random) {
      return new Augmentation.VerticalFlip();
    }
  }

  /**
   * An even spread of angles.
   *
   * @param maxDegrees in either direction, 0.1 to 180
   */
  record Rotation(double maxDegrees) implements AugmentationRange {
    /** Checks the range. */
    public Rotation {
      Drawing.require("rotation.max-degrees", maxDegrees, 0.1, 180);
    }

    @Override
    public AugmentationKind kind() {
      return AugmentationKind.ROTATION;
    }

    @Override
    public String text() {
      return "%s(max-degrees=%s)".formatted(kind(), AugmentationText.plain(maxDegrees));
    }

    @Override
    public Step draw(Random random) {
      return new Augmentation.Rotation(Drawing.uniform(random, -maxDegrees, maxDegrees));
    }
  }

  /**
   * An even spread of areas, and of places for each.
   *
   * @param minArea the smallest share of the picture's area, 0.25 to 0.99
   */
  record Crop(double minArea) implements AugmentationRange {
    /** Checks the range. */
    public Crop {
      Drawing.require("crop.min-area", minArea, 0.25, 0.99);
    }

    @Override
    public AugmentationKind kind() {
      return AugmentationKind.CROP;
    }

    @Override
    public String text() {
      return "%s(min-area=%s)".formatted(kind(), AugmentationText.plain(minArea));
    }

    @Override
    public Step draw(Random random) {
      return new Augmentation.Crop(
          Drawing.uniform(random, minArea, 1),
          Drawing.uniform(random, 0, 1),
          Drawing.uniform(random, 0, 1));
    }
  }

  /**
   * An even spread of stops.
   *
   * @param maxStops darker and brighter, 0.01 to 4
   */
  record Exposure(double maxStops) implements AugmentationRange {
    /** Checks the range. */
    public Exposure {
      Drawing.require("exposure.max-stops", maxStops, 0.01, 4);
    }

    @Override
    public AugmentationKind kind() {
      return AugmentationKind.EXPOSURE;
    }

    @Override
    public String text() {
      return "%s(max-stops=%s)".formatted(kind(), AugmentationText.plain(maxStops));
    }

    @Override
    public Step draw(Random random) {
      return new Augmentation.Exposure(Drawing.uniform(random, -maxStops, maxStops));
    }
  }

  /**
   * An even spread of hues; of saturations, an even spread of their logarithm, so that twice as
   * much is as likely as half as much.
   *
   * @param maxHue degrees in either direction, 0 to 180
   * @param maxSaturation the largest factor, 1 to 4; the smallest is its inverse
   */
  record ColorShift(double maxHue, double maxSaturation) implements AugmentationRange {
    /** Checks the ranges. */
    public ColorShift {
      Drawing.require("color-shift.max-hue", maxHue, 0, 180);
      Drawing.require("color-shift.max-saturation", maxSaturation, 1, 4);
    }

    @Override
    public AugmentationKind kind() {
      return AugmentationKind.COLOR_SHIFT;
    }

    @Override
    public String text() {
      return "%s(max-hue=%s,max-saturation=%s)"
          .formatted(kind(), AugmentationText.plain(maxHue), AugmentationText.plain(maxSaturation));
    }

    @Override
    public Step draw(Random random) {
      return new Augmentation.ColorShift(
          Drawing.uniform(random, -maxHue, maxHue), Drawing.factor(random, maxSaturation));
    }
  }

  /**
   * An even spread of widths, from none.
   *
   * @param maxSigma share of the shorter side, 0.001 to 0.1
   */
  record Blur(double maxSigma) implements AugmentationRange {
    /** Checks the range. */
    public Blur {
      Drawing.require("blur.max-sigma", maxSigma, 0.001, 0.1);
    }

    @Override
    public AugmentationKind kind() {
      return AugmentationKind.BLUR;
    }

    @Override
    public String text() {
      return "%s(max-sigma=%s)".formatted(kind(), AugmentationText.plain(maxSigma));
    }

    @Override
    public Step draw(Random random) {
      return new Augmentation.Blur(Drawing.uniform(random, 0, maxSigma));
    }
  }

  /**
   * An even spread of strengths, from none.
   *
   * @param maxSd standard deviation, 0.1 to 128
   */
  record Noise(double maxSd) implements AugmentationRange {
    /** Checks the range. */
    public Noise {
      Drawing.require("noise.max-sd", maxSd, 0.1, 128);
    }

    @Override
    public AugmentationKind kind() {
      return AugmentationKind.NOISE;
    }

    @Override
    public String text() {
      return "%s(max-sd=%s)".formatted(kind(), AugmentationText.plain(maxSd));
    }

    @Override
    public Step draw(Random random) {
      double sd = Drawing.uniform(random, 0, maxSd);
      return new Augmentation.Noise(sd, Integer.toUnsignedLong(random.nextInt()));
    }
  }

  /** What is drawn. */
  AugmentationKind kind();

  /** The kind and its range, as a text of its own for each: {@code rotation(max-degrees=15)}. */
  String text();

  /** The next one. */
  Step draw(Random random);
}
