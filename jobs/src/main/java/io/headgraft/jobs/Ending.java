package io.headgraft.jobs;

import io.headgraft.ExitCode;
import io.headgraft.HeadgraftException;

/**
 * How a command that failed ends.
 *
 * @param exitCode of the process, 0 to 255
 * @param error what made it fail
 */
record Ending(int exitCode, String error) {

  /** Whatever a signal breaks off fails in its own way, and that is not why. */
  static Ending of(Exception failure) {
    HeadgraftException known = Main.known(failure);
    return Termination.bySignal()
        .orElseGet(
            () ->
                new Ending(
                    (known == null ? ExitCode.UNEXPECTED : known.exitCode()).code(),
                    String.valueOf(failure.getMessage())));
  }
}
