package io.headgraft.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.headgraft.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class AugmentationSpecTest {

  private static final AugmentationRange FLIP = new AugmentationRange.HorizontalFlip();
  private static final AugmentationRange ROTATION = new AugmentationRange.Rotation(15);
  private static final AugmentationRange EXPOSURE = new AugmentationRange.Exposure(0.7);
  private static final List<AugmentationRange> KINDS =
      List.of(
          new AugmentationRange.Noise(10),
          FLIP,
          ROTATION,
          new AugmentationRange.VerticalFlip(),
          new AugmentationRange.Crop(0.6),
          EXPOSURE,
          new AugmentationRange.ColorShift(15, 1.4),
          new AugmentationRange.Blur(0.01));

  /** What is drawn must never change, or the cache would hold features of something else. */
  @Test
  void drawsTheSameForever() {
    AugmentationSpec spec = new AugmentationSpec.Drawn(2, KINDS, 1, 1);
    assertThat(spec.draw(image(1), 1).name())
        .isEqualTo(
            "horizontal-flip+vertical-flip+rotation(degrees=13.7061)+crop(area=0.819,x=0.242,y=0.6256)"
                + "+exposure(stops=-0.2395)+color-shift(hue=-10.592,saturation=0.9692)"
                + "+blur(sigma=0.0014)+noise(sd=8.7667,seed=1959483944)");
  }

  @Test
  void variantsFollowFromImageNumberAndSeedAlone() {
    AugmentationSpec few = new AugmentationSpec.Drawn(3, KINDS, 0.5, 1);
    AugmentationSpec many = new AugmentationSpec.Drawn(8, KINDS, 0.5, 1);
    List<Augmentation> backwards = new ArrayList<>();
    for (int variant = 3; variant > 0; variant--) {
      many.draw(image(2), variant);
      backwards.add(0, many.draw(image(1), variant));
    }

    assertThat(backwards).isEqualTo(drawn(few, image(1))).doesNotHaveDuplicates();
    assertThat(drawn(few, image(2))).isNotEqualTo(backwards);
    assertThat(drawn(new AugmentationSpec.Drawn(3, KINDS, 0.5, 2), image(1)))
        .isNotEqualTo(backwards);
  }

  @Test
  void parametersFillTheirRanges() {
    AugmentationSpec spec = new AugmentationSpec.Drawn(1000, KINDS, 1, 7);
    List<Double> degrees = new ArrayList<>();
    List<Double> areas = new ArrayList<>();
    List<Double> stops = new ArrayList<>();
    List<Double> saturations = new ArrayList<>();
    List<Double> sigmas = new ArrayList<>();
    List<Double> sds = new ArrayList<>();
    for (Augmentation augmentation : drawn(spec, image(1))) {
      assertThat(Augmentation.parse(augmentation.name())).isEqualTo(augmentation);
      assertThat(augmentation.steps()).hasSize(8);
      degrees.add(((Augmentation.Rotation) augmentation.steps().get(2)).degrees());
      areas.add(((Augmentation.Crop) augmentation.steps().get(3)).area());
      stops.add(((Augmentation.Exposure) augmentation.steps().get(4)).stops());
      saturations.add(((Augmentation.ColorShift) augmentation.steps().get(5)).saturation());
      sigmas.add(((Augmentation.Blur) augmentation.steps().get(6)).sigma());
      sds.add(((Augmentation.Noise) augmentation.steps().get(7)).sd());
    }
    assertSpread(degrees, -15, 15);
    assertSpread(areas, 0.6, 1);
    assertSpread(stops, -0.7, 0.7);
    assertSpread(saturations.stream().map(Math::log).toList(), -Math.log(1.4), Math.log(1.4));
    assertSpread(sigmas, 0, 0.01);
    assertSpread(sds, 0, 10);
  }

  private static void assertSpread(List<Double> values, double from, double to) {
    double width = to - from;
    // Four decimals are kept.
    assertThat(values).allSatisfy(value -> assertThat(value).isBetween(from - 1e-4, to + 1e-4));
    assertThat(values.stream().mapToDouble(Double::doubleValue).min().orElseThrow())
        .isLessThan(from + width / 50);
    assertThat(values.stream().mapToDouble(Double::doubleValue).max().orElseThrow())
        .isGreaterThan(to - width / 50);
    assertThat(values.stream().mapToDouble(Double::doubleValue).average().orElseThrow())
        .isCloseTo((from + to) / 2, within(width / 25));
  }

  @Test
  void eachKindHasItsProbabilityAndOneIsAlwaysThere() {
    List<Augmentation> half = drawn(new AugmentationSpec.Drawn(1000, KINDS, 0.5, 1), image(1));
    List<Augmentation> one = drawn(new AugmentationSpec.Drawn(1000, KINDS, 0, 1), image(1));

    for (AugmentationKind kind : AugmentationKind.values()) {
      assertThat(share(half, kind)).isCloseTo(0.5, within(0.06));
      assertThat(share(one, kind)).isCloseTo(0.125, within(0.04));
    }
    assertThat(half).allSatisfy(augmentation -> assertThat(augmentation.steps()).isNotEmpty());
    assertThat(one).allSatisfy(augmentation -> assertThat(augmentation.steps()).hasSize(1));
  }

  private static double share(List<Augmentation> variants, AugmentationKind kind) {
    return variants.stream()
            .filter(variant -> variant.steps().stream().anyMatch(step -> step.kind() == kind))
            .count()
        / (double) variants.size();
  }

  @Test
  void aListIsFollowed() {
    AugmentationSpec spec =
        listed(List.of(List.of(EXPOSURE, ROTATION), List.of(FLIP), List.of(ROTATION)));

    List<Augmentation> variants = drawn(spec, image(1));

    assertThat(variants)
        .extracting(variant -> variant.steps().stream().map(Augmentation.Step::kind).toList())
        .containsExactly(
            List.of(AugmentationKind.ROTATION, AugmentationKind.EXPOSURE),
            List.of(AugmentationKind.HORIZONTAL_FLIP),
            List.of(AugmentationKind.ROTATION));
    assertThat(variants.get(2)).isNotEqualTo(variants.get(0).steps().get(0));
  }

  @Test
  void theTextIsAllThatDecidesTheVariants() {
    assertThat(listed(List.of()).text()).isEqualTo("[none]");
    assertThat(new AugmentationSpec.Listed(List.of(List.of(FLIP)), 9).text())
        .isEqualTo("[none, horizontal-flip]");
    assertThat(listed(List.of(List.of(EXPOSURE, ROTATION), List.of(FLIP))).text())
        .isEqualTo(
            "[none, rotation(max-degrees=15)+exposure(max-stops=0.7), horizontal-flip] seed 1");
    assertThat(new AugmentationSpec.Drawn(8, KINDS, 0.5, -3).text())
        .isEqualTo(
            "8 of [horizontal-flip, vertical-flip, rotation(max-degrees=15), crop(min-area=0.6),"
                + " exposure(max-stops=0.7), color-shift(max-hue=15,max-saturation=1.4),"
                + " blur(max-sigma=0.01), noise(max-sd=10)] with probability 0.5 seed -3");
  }

  @Test
  void refusesWhatWouldBePointless() {
    refused(
        () -> listed(List.of(List.of(FLIP), List.of(ROTATION), List.of(FLIP))),
        "augment.variants has horizontal-flip twice, must be there once: nothing about it is drawn,"
            + " so both would be the same");
    assertThat(listed(List.of(List.of(ROTATION), List.of(ROTATION))).variants()).isEqualTo(2);
    refused(
        () -> listed(List.of(List.of(ROTATION, FLIP, ROTATION))),
        "augment.variants has horizontal-flip+rotation+rotation, must have one or more kinds, each"
            + " once");
    refused(
        () -> listed(List.of(List.of())),
        "augment.variants has an empty entry, must have one or more kinds, each once");
    refused(
        () -> new AugmentationSpec.Drawn(8, List.of(FLIP), 0.5, 1),
        "augment.variants is 8, but nothing is drawn of augment.kinds [horizontal-flip]: must be a"
            + " list, such as [horizontal-flip]");
    refused(
        () -> new AugmentationSpec.Drawn(0, KINDS, 0.5, 1),
        "augment.variants asks for 0 variants, must be 1 to 1000");
    refused(
        () -> new AugmentationSpec.Drawn(1001, KINDS, 0.5, 1),
        "augment.variants asks for 1001 variants, must be 1 to 1000");
    refused(
        () -> new AugmentationSpec.Drawn(1, KINDS, 1.5, 1),
        "augment.probability is 1.5, must be 0 to 1");
  }

  @Test
  void rangesHaveLimits() {
    refused(
        () -> new AugmentationRange.Rotation(0),
        "augment.rotation.max-degrees is 0.0, must be 0.1 to 180");
    refused(
        () -> new AugmentationRange.Crop(Double.NaN),
        "augment.crop.min-area is NaN, must be 0.25 to 0.99");
    refused(
        () -> new AugmentationRange.Exposure(5),
        "augment.exposure.max-stops is 5.0, must be 0.01 to 4");
    refused(
        () -> new AugmentationRange.ColorShift(181, 1),
        "augment.color-shift.max-hue is 181.0, must be 0 to 180");
    refused(
        () -> new AugmentationRange.ColorShift(1, 0.9),
        "augment.color-shift.max-saturation is 0.9, must be 1 to 4");
    refused(
        () -> new AugmentationRange.Blur(0.2),
        "augment.blur.max-sigma is 0.2, must be 0.001 to 0.1");
    refused(
        () -> new AugmentationRange.Noise(-1), "augment.noise.max-sd is -1.0, must be 0.1 to 128");
  }

  private static void refused(ThrowingCallable what, String message) {
    assertThatIllegalArgumentException().isThrownBy(what).withMessage(message);
  }

  private static AugmentationSpec listed(List<List<AugmentationRange>> compositions) {
    return new AugmentationSpec.Listed(compositions, 1);
  }

  private static List<Augmentation> drawn(AugmentationSpec spec, String imageId) {
    return IntStream.rangeClosed(1, spec.variants())
        .mapToObj(variant -> spec.draw(imageId, variant))
        .toList();
  }

  private static String image(int number) {
    return Sha256.hex(new byte[] {(byte) number});
  }
}
