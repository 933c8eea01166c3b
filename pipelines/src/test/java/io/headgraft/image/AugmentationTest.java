package io.headgraft.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts that the feature cache holds. */
class AugmentationTest {

  private static final Augmentation ALL =
      Augmentation.of(
          List.of(
              new Augmentation.Noise(6.25, 4_294_967_295L),
              new Augmentation.Rotation(-7.31),
              new Augmentation.Crop(0.25, 0, 1),
              new Augmentation.Exposure(0.42),
              new Augmentation.HorizontalFlip(),
              new Augmentation.Blur(0.0005),
              new Augmentation.ColorShift(-12, 1.125),
              new Augmentation.VerticalFlip()));

  @Test
  void isATextWithAllParametersInTheOrderOfTheKinds() {
    assertThat(ALL.name())
        .isEqualTo(
            "horizontal-flip+vertical-flip+rotation(degrees=-7.31)+crop(area=0.25,x=0,y=1)"
                + "+exposure(stops=0.42)+color-shift(hue=-12,saturation=1.125)+blur(sigma=0.0005)"
                + "+noise(sd=6.25,seed=4294967295)");
    assertThat(Augmentation.parse(ALL.name())).isEqualTo(ALL);
    assertThat(ALL.steps())
        .extracting(Augmentation.Step::kind)
        .containsExactly(AugmentationKind.values());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "horizontal-flip",
        "vertical-flip",
        "rotation(degrees=0)",
        "rotation(degrees=-180)",
        "crop(area=1,x=0.5,y=0.3333)",
        "exposure(stops=-4)",
        "color-shift(hue=180,saturation=0)",
        "blur(sigma=0.1)",
        "noise(sd=128,seed=-1)",
        "vertical-flip+noise(sd=0,seed=0)",
        "rotation(degrees=0.30000000000000004)+exposure(stops=0.0000001)"
      })
  void aTextIsReadBack(String text) {
    assertThat(Augmentation.parse(text).name()).isEqualTo(text);
  }

  @Test
  void everyNumberIsReadBackToItsLastBit() {
    for (double degrees : new double[] {1.0 / 3, -Math.PI, Double.MIN_VALUE, -0.0, 1e-300}) {
      Augmentation rotation = new Augmentation.Rotation(degrees);
      assertThat(Augmentation.parse(rotation.name())).isEqualTo(rotation);
    }
  }

  @Test
  void fewStepsAreNoComposition() {
    Augmentation.HorizontalFlip flip = new Augmentation.HorizontalFlip();
    assertThat(Augmentation.of(List.of())).isEqualTo(new Augmentation.None());
    assertThat(Augmentation.of(List.of(flip))).isEqualTo(flip);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Augmentation.Composition(List.of(flip)))
        .withMessage("A composition of [HorizontalFlip[]]: two are needed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sepia | Augmentation 'sepia' is unknown, allowed are horizontal-flip, vertical-flip, "
            + "rotation, crop, exposure, color-shift, blur, noise",
        "rotation(degrees=1 | Augmentation 'rotation(degrees=1' is unknown, allowed are "
            + "horizontal-flip, vertical-flip, rotation, crop, exposure, color-shift, blur, noise",
        "horizontal-flip+none | Augmentation 'none' is unknown, allowed are horizontal-flip, "
            + "vertical-flip, rotation, crop, exposure, color-shift, blur, noise",
        "rotation | Augmentation 'rotation' cannot be used: its parameters are [], must be "
            + "[degrees]",
        "horizontal-flip(x=1) | Augmentation 'horizontal-flip(x=1)' cannot be used: its "
            + "parameters are [x], must be []",
        "crop(area=1,y=1,x=1) | Augmentation 'crop(area=1,y=1,x=1)' cannot be used: its "
            + "parameters are [area, y, x], must be [area, x, y]",
        "rotation(degrees=181) | Augmentation 'rotation(degrees=181)' cannot be used: degrees is "
            + "181.0, must be -180 to 180",
        "exposure(stops=NaN) | Augmentation 'exposure(stops=NaN)' cannot be used: stops is NaN, "
            + "must be -4 to 4",
        "blur(sigma=big) | Augmentation 'blur(sigma=big)' cannot be used: For input string: "
            + "\"big\"",
        "noise(sd=1,seed=x) | Augmentation 'noise(sd=1,seed=x)' cannot be used: For input string: "
            + "\"x\"",
        "horizontal-flip+horizontal-flip | Augmentation 'horizontal-flip+horizontal-flip' has "
            + "horizontal-flip before horizontal-flip: each kind stands there once, in the order "
            + "of the kinds",
      })
  void refusesOtherTexts(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Augmentation.parse(text))
        .withMessage(message);
  }
}
