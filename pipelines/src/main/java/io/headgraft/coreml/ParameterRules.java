package io.headgraft.coreml;

import io.headgraft.coreml.proto.DoubleParameter;
import io.headgraft.coreml.proto.Int64Parameter;
import io.headgraft.coreml.proto.Int64Range;
import java.util.Optional;

/** What the default of a hyper-parameter meets, and the values that an app may choose from. */
final class ParameterRules {

  private ParameterRules() {}

  /**
   * What is wrong with a whole number: the default has to be among the allowed ones; if it has to
   * be positive, so have both ends of a range, and those values of a set that stand before the
   * default.
   */
  static Optional<String> flaw(Int64Parameter parameter, boolean positive) {
    long value = parameter.getDefaultValue();
    if (positive && value <= 0) {
      return Optional.of("its default %d is not positive".formatted(value));
    }
    return switch (parameter.getAllowedValuesCase()) {
      case SET -> inSet(parameter, positive);
      case RANGE -> inRange(value, parameter.getRange(), positive);
      case ALLOWEDVALUES_NOT_SET -> Optional.empty();
    };
  }

  private static Optional<String> inSet(Int64Parameter parameter, boolean positive) {
    for (long allowed : parameter.getSet().getValuesList()) {
      if (allowed == parameter.getDefaultValue()) {
        return Optional.empty();
      }
      if (positive && allowed <= 0) {
        return Optional.of("its allowed values hold %d, which is not positive".formatted(allowed));
      }
    }
    return Optional.of(
        "its default %d is not among its %d allowed values"
            .formatted(parameter.getDefaultValue(), parameter.getSet().getValuesCount()));
  }

  private static Optional<String> inRange(long value, Int64Range range, boolean positive) {
    long least = range.getMinValue();
    long most = range.getMaxValue();
    if (positive && (least <= 0 || most <= 0)) {
      return Optional.of(
          "its range from %d to %d is not all positive; begin it at 1".formatted(least, most));
    }
    return value < least || value > most
        ? Optional.of(
            "its default %d lies outside its range from %d to %d".formatted(value, least, most))
        : Optional.empty();
  }

  /** What is wrong with a real number: with a range, the default lies in it. */
  static Optional<String> flaw(DoubleParameter parameter) {
    double value = parameter.getDefaultValue();
    double least = parameter.getRange().getMinValue();
    double most = parameter.getRange().getMaxValue();
    // Core ML compares like this too, and so lets through what is not a number.
    return parameter.hasRange() && (value < least || value > most)
        ? Optional.of(
            "its default %s lies outside its range from %s to %s".formatted(value, least, most))
        : Optional.empty();
  }
}
