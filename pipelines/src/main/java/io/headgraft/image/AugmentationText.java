package io.headgraft.image;

import io.headgraft.image.Augmentation.Step;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Augmentations as text: {@code kind(name=value,name=value)+kind}. */
final class AugmentationText {

  private static final Pattern STEP = Pattern.compile("([a-z-]+)(?:\\(([^()]*)\\))?");

  private AugmentationText() {}

  /** All digits of a number, without an exponent. */
  static String plain(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  /**
   * Checks a parameter.
   *
   * @return the parameter, which is not -0.0, for that has no text of its own
   */
  static double checked(String name, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException(
          "%s is %s, must be %s to %s".formatted(name, value, plain(min), plain(max)));
    }
    return value + 0.0;
  }

  static Augmentation parse(String text) {
    if (text.equals("none")) {
      return new Augmentation.None();
    }
    List<Step> steps = new ArrayList<>();
    for (String step : text.split("\\+", -1)) {
      steps.add(step(step));
    }
    return Augmentation.of(steps);
  }

  private static Step step(String text) {
    Matcher matcher = STEP.matcher(text);
    AugmentationKind kind = AugmentationKind.of(matcher.matches() ? matcher.group(1) : text);
    try {
      return step(kind, new Parameters(matcher.group(2)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Augmentation '%s' cannot be used: %s".formatted(text, e.getMessage()), e);
    }
  }

  private static Step step(AugmentationKind kind, Parameters parameters) {
    return switch (kind) {
      case HORIZONTAL_FLIP -> parameters.of(p -> new Augmentation.HorizontalFlip());
      case VERTICAL_FLIP -> parameters.of(p -> new Augmentation.VerticalFlip());
      case ROTATION -> parameters.of(p -> new Augmentation.Rotation(p.number(0)), "degrees");
      case CROP ->
          parameters.of(
              p -> new Augmentation.Crop(p.number(0), p.number(1), p.number(2)), "area", "x", "y");
      case EXPOSURE -> parameters.of(p -> new Augmentation.Exposure(p.number(0)), "stops");
      case COLOR_SHIFT ->
          parameters.of(
              p -> new Augmentation.ColorShift(p.number(0), p.number(1)), "hue", "saturation");
      case BLUR -> parameters.of(p -> new Augmentation.Blur(p.number(0)), "sigma");
      case NOISE ->
          parameters.of(
              p -> new Augmentation.Noise(p.number(0), Long.parseLong(p.value(1))), "sd", "seed");
    };
  }

  /** What stands between the parentheses. */
  private static final class Parameters {

    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    Parameters(String text) {
      if (text != null) {
        for (String parameter : text.split(",", -1)) {
          int equals = parameter.indexOf('=');
          names.add(equals < 0 ? parameter : parameter.substring(0, equals));
          values.add(equals < 0 ? "" : parameter.substring(equals + 1));
        }
      }
    }

    Step of(Function<Parameters, Step> step, String... expected) {
      if (!names.equals(List.of(expected))) {
        throw new IllegalArgumentException(
            "its parameters are %s, must be %s".formatted(names, List.of(expected)));
      }
      return step.apply(this);
    }

    double number(int index) {
      return Double.parseDouble(values.get(index));
    }

    String value(int index) {
      return values.get(index);
    }
  }
}
