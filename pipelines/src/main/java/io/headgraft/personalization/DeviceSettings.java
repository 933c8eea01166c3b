package io.headgraft.personalization;

import java.util.Map;
import java.util.Optional;

/**
 * What an app sets of on-device training; what it does not has the model's default.
 *
 * @param numbers that are set: a {@link Long} where whole, else a {@link Double}
 * @param shuffle if that is set
 */
public record DeviceSettings(Map<HyperParameter, Number> numbers, Optional<Boolean> shuffle) {

  /** The model's defaults. */
  public static final DeviceSettings DEFAULTS = new DeviceSettings(Map.of(), Optional.empty());

  /** Copies the map. */
  public DeviceSettings {
    numbers = Map.copyOf(numbers);
    numbers.forEach(
        (parameter, number) -> {
          if (!(number instanceof Long) == parameter.isWhole()) {
            throw new IllegalArgumentException(parameter + " is " + number.getClass());
          }
        });
  }
}
