package io.headgraft.run;

import io.headgraft.personalization.DeviceSettings;
import io.headgraft.personalization.HyperParameter;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code personalize.*}: numbers of on-device training, each of which may be the model's. */
final class PersonalizeSettings {

  private static final String MODEL = "model";
  private static final String SHUFFLE = "personalize.shuffle";

  private final Settings settings;

  PersonalizeSettings(Settings settings) {
    this.settings = settings;
  }

  /** What the model allows, the model says: here a number has to be one. */
  DeviceSettings settings() {
    Map<HyperParameter, Number> numbers = new EnumMap<>(HyperParameter.class);
    for (HyperParameter parameter : HyperParameter.values()) {
      String key = parameter.key();
      if (!MODEL.equals(settings.value(key).unwrapped())) {
        numbers.put(parameter, number(key, parameter.isWhole()));
      }
    }
    String shuffle = settings.oneOf(SHUFFLE, List.of(MODEL, "true", "false"));
    return new DeviceSettings(
        numbers, shuffle.equals(MODEL) ? Optional.empty() : Optional.of(Boolean.valueOf(shuffle)));
  }

  private Number number(String key, boolean whole) {
    return whole
        ? (Number) settings.typed(key, Settings::wholeNumber, "model, or a whole number")
        : (Number)
            settings.typed(key, (config, path) -> config.getDouble(path), "model, or a number");
  }
}
