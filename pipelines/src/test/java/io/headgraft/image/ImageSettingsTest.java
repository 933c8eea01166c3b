package io.headgraft.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The texts that configuration and cache hold, and the ranges of the limits. */
class ImageSettingsTest {

  @ParameterizedTest
  @EnumSource
  void cropsHaveTexts(Crop crop) {
    assertThat(Crop.of(crop.toString())).isEqualTo(crop);
  }

  @Test
  void unknownCrop() {
    assertThat(Crop.of("center-crop")).isEqualTo(Crop.CENTER_CROP);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Crop.of("letterbox"))
        .withMessage("image.crop is 'letterbox', allowed are scale-fill, center-crop");
  }

  @Test
  void limitsHaveRanges() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ImageOptions(0, 1, Crop.SCALE_FILL))
        .withMessage("image.max-pixels is 0, must be 1 to 1073741824, which is OpenCV's own limit");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ImageOptions((1L << 30) + 1, 1, Crop.SCALE_FILL))
        .withMessageStartingWith("image.max-pixels is 1073741825, must be");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ImageOptions(1, -1, Crop.SCALE_FILL))
        .withMessage("image.max-bytes is -1, must be positive");
  }

  @Test
  void eachReasonHasItsOwnExplanation() {
    assertThat(Arrays.stream(Rejection.values()).map(Rejection::description))
        .doesNotHaveDuplicates()
        .allSatisfy(text -> assertThat(text).isNotBlank().doesNotContain("\n"));
  }
}
