package io.headgraft.jobs;

import io.headgraft.dataset.DatasetFiles;
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
      paramLabel = "URI",
      description =
          "Configuration (HOCON); names only what differs from conf/headgraft.conf, where each key"
              + " is explained. A path, a URI, or the name of a file that spark-submit --files"
              + " brings along.")
  private String config;

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
    if (config == null) {
      return Settings.load(Optional.empty(), overrides);
    }
    String uri = SubmittedFiles.locate(config);
    return DatasetFiles.isUri(uri)
        ? Settings.load(Sources.text(uri, "configuration file"), uri, overrides)
        : Settings.load(Optional.of(Path.of(uri)), overrides);
  }
}
