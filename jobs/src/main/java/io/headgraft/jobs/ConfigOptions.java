package io.headgraft.jobs;

import io.headgraft.run.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The configuration. */
final class ConfigOptions {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Configuration (HOCON); names only what differs from conf/headgraft.conf, where each key"
              + " is explained.")
  private Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Changes one configuration key; may be repeated.")
  private List<String> overrides = new ArrayList<>();

  /** Whether the user gives any of it. */
  boolean isGiven() {
    return config != null || !overrides.isEmpty();
  }

  Settings settings() {
    return Settings.load(Optional.ofNullable(config), overrides);
  }
}
