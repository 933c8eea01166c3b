package io.headgraft.jobs;

import picocli.CommandLine.Option;

/** For commands that print JSON and nothing else, so that --json may stand with any command. */
final class JsonAlways {

  @Option(names = "--json", description = "What is printed anyway.")
  boolean json;
}
