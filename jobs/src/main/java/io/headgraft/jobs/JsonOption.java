package io.headgraft.jobs;

import picocli.CommandLine.Option;

/** For commands that print a table. */
final class JsonOption {

  @Option(names = "--json", description = "Machine-readable output.")
  private boolean json;

  boolean json() {
    return json;
  }
}
