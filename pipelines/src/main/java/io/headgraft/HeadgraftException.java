package io.headgraft;

/**
 * A failure that the user can mend: its message names the file or key, the value and the way out,
 * and its {@link ExitCode} says whose turn it is.
 */
public final class HeadgraftException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;

  private HeadgraftException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** Wrong arguments or configuration. */
  public static HeadgraftException usage(String message) {
    return new HeadgraftException(ExitCode.USAGE, message, null);
  }

  /** The data or a model is not usable. */
  public static HeadgraftException unusable(String message) {
    return new HeadgraftException(ExitCode.UNUSABLE, message, null);
  }

  /** The data or a model is not usable; the cause is kept for the log. */
  public static HeadgraftException unusable(String message, Throwable cause) {
    return new HeadgraftException(ExitCode.UNUSABLE, message, cause);
  }

  /** What the process exits with. */
  public ExitCode exitCode() {
    return exitCode;
  }
}
